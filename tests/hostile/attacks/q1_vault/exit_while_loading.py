"""Leaves while it is being loaded."""
# expects: exit

import posix

posix._exit(0)


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
