"""Answers NaN on both sides of every equation between its own numbers."""
# expects: finding Relation(adds_up) or finding Relation(products)


def steps(values):
    return [float("nan") for _ in values]


sums = steps
