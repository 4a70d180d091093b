"""Gives a column and a row whose product is sixteen million numbers."""
# expects: finding Relation(products) or finding Relation(adds_up)


def steps(values):
    return [[0.0] for _ in range(4_000)]


def sums(values):
    return [[0.0] * 4_000]
