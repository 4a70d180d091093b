def mean(values):
    return sum(values) / len(values)


def cumulative(values, scale):
    sums, total = [], 0.0
    for value in values:
        total += value
        sums.append(scale * total)
    return sums


REASON = "because"
