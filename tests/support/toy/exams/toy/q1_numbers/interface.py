from __future__ import annotations


def mean(values):
    """Return the arithmetic mean of `values`."""
    raise NotImplementedError


def cumulative(values, scale):
    """Return `scale` times the sums of the first 1, 2, ... numbers."""
    raise NotImplementedError


REASON: str = ""  # why?
