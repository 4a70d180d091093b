"""Gives another array each time it is asked for one, at last one of NaN."""
# expects: finding Finite(answer)

import numpy as np


class Chameleon:
    asked = 0

    def __array__(self, *args, **options):
        Chameleon.asked += 1
        return np.full(12, np.nan)


def answer(values):
    return Chameleon()


def classify(values):
    return Chameleon()
