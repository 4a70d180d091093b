# coding: punycode
"""Has an encoding for names of hosts, in which this text means something else."""
# expects: source or missing or exception


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
