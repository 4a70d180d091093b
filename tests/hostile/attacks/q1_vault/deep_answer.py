"""Returns lists in lists, fifty thousand deep."""
# expects: exception or crash


def answer(values):
    found = 0.0
    for _ in range(50_000):
        found = [found]
    return found


def classify(values):
    return [int(value <= 0) for value in values]
