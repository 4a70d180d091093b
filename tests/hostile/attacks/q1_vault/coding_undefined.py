# coding: undefined
"""Has an encoding whose only purpose is to raise."""
# expects: source


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
