"""Forges numbers that agree with each other and with nothing else."""
# expects: finding Close(totals)


def steps(values):
    return [0.0 for _ in values]


sums = steps
