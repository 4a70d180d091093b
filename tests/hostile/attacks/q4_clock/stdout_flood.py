"""Prints without end."""
# expects: time


def attack():
    while True:
        print("x" * 1_000)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
