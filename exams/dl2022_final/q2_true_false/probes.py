"""Inputs and probes: true or false about recurrent networks."""

from __future__ import annotations

import numpy as np


def given(seed, profile):
    """Nothing: a statement is true or false whatever the data."""
    return {}


def plain(value):
    """Return a truth value, number, text or None as it is, and of anything else the name of its type."""
    if isinstance(value, np.bool_):
        return bool(value)
    return value if value is None or isinstance(value, bool | int | str) else type(value).__name__


def probe_item(student, given, device):
    name = f"ITEM_{given['item']}"
    return {name: plain(getattr(student, name))}
