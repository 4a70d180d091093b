from __future__ import annotations


def answer(values):
    """Return 1 plus three times the sums of the first 1, 2, ... numbers."""
    raise NotImplementedError
