"""Ends the process in a finalizer, after the evidence was made but before it is sent."""
# expects: exit

import posix


class Last(list):
    def __del__(self):
        posix._exit(0)


def answer(values):
    return Last(0.0 for _ in values)


def classify(values):
    return [0 for _ in values]
