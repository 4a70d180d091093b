"""Recurses through C until the stack is gone."""
# expects: crash or memory or exception

import sys


class Nested:
    def __repr__(self):
        return f"{self!r}"


def attack():
    sys.setrecursionlimit(1 << 30)
    repr(Nested())


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
