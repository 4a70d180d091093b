from __future__ import annotations


def answer(values):
    """Return 1 plus three times the sums of the first 1, 2, ... numbers."""
    raise NotImplementedError


def classify(values):
    """Return for each number 1 if it is positive, else 0."""
    raise NotImplementedError
