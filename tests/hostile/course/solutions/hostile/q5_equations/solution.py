def steps(values):
    return [3 * value for value in values]


def sums(values):
    found, total = [], 0.0
    for step in steps(values):
        total += step
        found.append(total)
    return found
