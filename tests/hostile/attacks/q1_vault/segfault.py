"""Reads address zero."""
# expects: crash

import ctypes


def attack():
    ctypes.string_at(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
