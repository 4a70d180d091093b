from __future__ import annotations


def scaled(values, factor):
    """Return each of the values times the factor."""
    raise NotImplementedError


def spread(values):
    """Return the greatest value less the smallest."""
    raise NotImplementedError


ANSWER: str = ""


def drawn(values):
    """Return a matplotlib figure with the values as a line."""
    raise NotImplementedError
