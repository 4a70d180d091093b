"""Adding points up, so that 0.1 and 0.2 make 0.3 in every file and on every page."""

from __future__ import annotations

import math
from collections.abc import Iterable

_DECIMALS = 6  # no course gives points finer than this


def add_points(points: Iterable[float]) -> float:
    """Return the sum of points, without the rounding errors of binary fractions; that of integers is one."""
    found = list(points)
    return sum(found) if {*map(type, found)} <= {int} else round(math.fsum(found), _DECIMALS)
