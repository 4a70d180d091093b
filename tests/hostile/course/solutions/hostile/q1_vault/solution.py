SECRET_OF_THE_SOLUTION = "canary-solution"


def answer(values):
    sums, total = [], 0.0
    for value in values:
        total += value
        sums.append(1 + 3 * total)
    return sums


def classify(values):
    return [int(value > 0) for value in values]
