"""Raises errors and uses names whose text cannot be encoded."""
# expects: exception

HALVES = "\ud800" * 1_000


class Unprintable(Exception):
    def __str__(self):
        return HALVES


Unprintable.__name__ = "\ud800"


def answer(values):
    raise Unprintable


def classify(values):
    raise NameError(HALVES, name=HALVES)


raise Unprintable
