"""Raises at a depth of twenty thousand calls, so that a traceback is long."""
# expects: exception or crash or memory

import sys


def deep(depth):
    if depth == 0:
        raise ValueError("deep")
    deep(depth - 1)


def attack():
    sys.setrecursionlimit(1 << 20)
    deep(20_000)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
