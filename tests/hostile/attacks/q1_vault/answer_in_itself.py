"""Returns a list that is in itself."""
# expects: exception or memory or finding Shape(answer)


def answer(values):
    found = [0.0]
    found.append(found)
    return found


def classify(values):
    return [int(value <= 0) for value in values]
