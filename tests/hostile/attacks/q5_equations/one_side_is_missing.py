"""Gives nothing of what an equation asks for without having said so: a KeyError of ours, graded as ours?"""
# expects: finding Relation(products)


def steps(values):
    raise ValueError("no steps")


def sums(values):
    return [0.0 for _ in values]
