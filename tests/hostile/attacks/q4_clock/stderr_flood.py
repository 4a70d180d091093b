"""Writes to standard error without end, below Python."""
# expects: time

import os


def attack():
    while True:
        os.write(2, b"x" * 4_096)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
