"""Raises groups of exceptions in one another, twenty thousand deep."""
# expects: exception or crash


def attack():
    error = ValueError("innermost")
    for _ in range(20_000):
        error = ExceptionGroup("group", [error])
    raise error


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
