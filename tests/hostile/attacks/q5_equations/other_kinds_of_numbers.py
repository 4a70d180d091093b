"""Gives truth values and complex numbers, infinite in both parts, where an equation adds and takes roots."""
# expects: exception


def steps(values):
    return [complex(float("inf"), float("nan")) for _ in values]


def sums(values):
    return [True for _ in values]
