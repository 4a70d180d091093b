# coding: zlib_codec
"""Says that its text is compressed."""
# expects: source


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
