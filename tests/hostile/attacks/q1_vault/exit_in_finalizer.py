"""Raises SystemExit in a finalizer."""
# expects: finding Close(answer)


class Leaving:
    def __del__(self):
        raise SystemExit(0)


def attack():
    Leaving()


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
