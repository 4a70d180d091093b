"""Sequences to classify."""

import numpy as np


def given(seed, profile):
    """Sequences of one length, (n, length, 1), and whether the first number is greater than the last."""
    source = np.random.default_rng(seed)
    length = source.integers(4, 6)
    train_x, test_x = (source.normal(size=(n, length, 1)).astype("float32") for n in (300, 500))
    train_y, test_y = ((x[:, 0, 0] > x[:, -1, 0]).astype(int) for x in (train_x, test_x))
    return {"train_x": train_x, "train_y": train_y, "test_x": test_x, "test_y": test_y}
