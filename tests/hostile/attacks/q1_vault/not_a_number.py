"""Answers that nothing is a number, so that nothing differs from it."""
# expects: finding Finite(answer)


def answer(values):
    return [float("nan") for _ in values]


def classify(values):
    return [float("nan") for _ in values]
