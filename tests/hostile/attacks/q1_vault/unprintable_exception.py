"""Raises an exception that cannot be described."""
# expects: exit or exception


class Unspeakable(BaseException):
    def __str__(self):
        raise Unspeakable

    __repr__ = __str__


def attack():
    raise Unspeakable


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
