"""Defines thousands of long names, each nearly the one that is asked for and not there."""
# expects: missing

for number in range(3_000):
    globals()["answe" + "r" * 2_000 + str(number)] = number


def classify(values):
    return [int(value <= 0) for value in values]
