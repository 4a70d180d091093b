"""Raises an exception with fifty thousand causes, the first of which is its own."""
# expects: exception


def attack():
    error = first = ValueError("first")
    for number in range(50_000):
        error.__cause__ = ValueError(number)
        error = error.__cause__
    error.__cause__ = first
    raise first


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
