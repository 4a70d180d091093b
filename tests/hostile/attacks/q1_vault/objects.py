"""Returns an array of objects, which would have to be unpickled."""
# expects: exception

import os

import numpy as np


class Trap:
    def __reduce__(self):
        return os.system, ("echo BREACH",)


def answer(values):
    return np.array([Trap() for _ in values])


def classify(values):
    return [0 for _ in values]
