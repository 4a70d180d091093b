"""Returns one number, for a comparison that broadcasts."""
# expects: finding Shape(answer)


def answer(values):
    return 1.0


def classify(values):
    return 1
