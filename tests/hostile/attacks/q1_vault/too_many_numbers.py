"""Returns a hundred thousand numbers where twelve are asked for, for whatever is quadratic in them."""
# expects: finding Shape(answer)


def answer(values):
    return [0.0] * 100_000


def classify(values):
    return [int(value <= 0) for value in values]
