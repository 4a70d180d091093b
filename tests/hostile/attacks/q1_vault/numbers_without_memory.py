"""Returns an array of a trillion numbers that all lie in the same eight bytes."""
# expects: memory or exception

import numpy as np


def answer(values):
    return np.lib.stride_tricks.as_strided(np.zeros(1), shape=(1 << 40,), strides=(0,))


def classify(values):
    return np.broadcast_to(np.zeros(()), (1 << 20, 1 << 20))
