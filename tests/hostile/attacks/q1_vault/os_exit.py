"""Leaves by posix._exit with the status of success."""
# expects: exit

import posix


def attack():
    posix._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
