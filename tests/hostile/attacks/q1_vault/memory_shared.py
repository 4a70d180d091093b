"""Takes a gibibyte that is shared and so not counted as data."""
# expects: memory or exception

import mmap


def attack():
    mmap.mmap(-1, 1 << 30)[:] = bytes(1)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
