"""Closes every descriptor."""
# expects: exit

import os


def attack():
    os.closerange(0, 256)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
