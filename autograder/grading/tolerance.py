"""How far apart arrays are that a check compares, and which tolerance lies between rounding and mistakes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.checks import Close, Relation
from autograder.checks.closeness import DEFAULT_TOLERANCES
from autograder.core.evidence import Array, Evidence
from autograder.core.outcome import PUBLIC

SAFETY = 4  # what rounding may need beyond what was measured, as a factor
ROOM = 10  # a tolerance is at most this many times what is needed, however far the nearest mistake is
_SINGLE = "float32"  # the precision of a framework's numbers, in whatever type they arrive

Comparing = Close | Relation  # a check that compares arrays within a tolerance
Sides = tuple[Array, Array] | None  # what was got and what is expected; None: they cannot be compared


def sides(check: Comparing, evidence: Evidence | None, reference: Evidence, inputs: Evidence) -> Sides:
    """Return the arrays that a check compares in some evidence."""
    if evidence is None:
        return None
    names = [check.name] if isinstance(check, Close) else check.arrays_in(inputs)
    if any(name not in evidence.arrays for name in names):
        return None
    if isinstance(check, Close):
        expected = reference.arrays.get(check.name)
        return None if expected is None else (evidence.arrays[check.name], expected)
    try:
        with np.errstate(all="ignore"):
            left, right = check.sides(evidence, inputs)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return None
    return np.asarray(left), np.asarray(right)


def distance(pair: Sides, rtol: float, atol: float) -> float:
    """Return the maximum of |got - expected| / (atol + rtol |expected|).

    It is infinite if shapes differ, or NaN and infinities stand in other places. Equal elements have distance
    0, also where nothing is allowed.
    """
    if pair is None or pair[0].shape != pair[1].shape:
        return math.inf
    got, expected = (array.astype(np.complex128) for array in pair)
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    with np.errstate(all="ignore"):
        ratio = np.abs(got - expected) / (atol + rtol * np.abs(expected))
    return float(np.max(np.where(same, 0, np.where(np.isnan(ratio), np.inf, ratio)), initial=0))


def relative(pair: Sides) -> float:
    """Return the maximum of |got - expected| / |expected| where what is expected is not zero."""
    if pair is None or pair[0].shape != pair[1].shape:
        return math.inf
    there = pair[1] != 0
    return distance((pair[0][there], pair[1][there]), 1, 0)


def scale_of(expected: Iterable[Array]) -> float:
    """Return the size of a quantity: its root mean square in all variants together; 1 if that is 0.

    In a sum the error of rounding is as large as its terms, not as the sum; so also small values of a
    quantity may be off by what large ones are.
    """
    sizes = []
    for array in expected:
        finite = np.abs(array.astype(np.complex128))
        finite = finite[np.isfinite(finite)]
        sizes.append(float(np.sqrt(np.mean(finite**2))) if finite.size else 0.0)
    return math.hypot(*sizes) / math.sqrt(len(sizes)) or 1.0


def told(by_variant: Mapping[str, float]) -> float:
    """Return the distance at which a mistake is told for every student.

    Each gets the public variant and one of the hidden ones.
    """
    hidden = [found for variant, found in by_variant.items() if variant != PUBLIC]
    return max(by_variant.get(PUBLIC, 0.0), min(hidden, default=0.0))


@dataclass(frozen=True, slots=True)
class Precision:
    """The rounding of one operation, relative to the result, and the framework's own default tolerance."""

    rounding: float
    default: float

    @classmethod
    def of(cls, arrays: Iterable[Array], *, single: bool) -> Precision:
        """Return the coarsest precision of some arrays.

        Args:
            arrays: of any dtype; integers are exact.
            single: whether a float64 may hold a float32, as ``loss.item()`` does.
        """
        kinds = {array.dtype.name for array in arrays if array.dtype.kind in "fc"}
        kinds |= {_SINGLE} if kinds and single else set()
        return cls(
            rounding=max((float(np.finfo(kind).eps) for kind in kinds), default=0.0),
            default=max((DEFAULT_TOLERANCES.get(kind, (0.0, 0.0))[0] for kind in kinds), default=0.0),
        )


def least(needed: float, precision: Precision) -> float:
    """Return the smallest tolerance that is safe, where rounding was seen to need ``needed``."""
    return SAFETY * max(needed, precision.rounding)


def choose(needed: float, nearest: float, precision: Precision) -> float:
    """Return the tolerance, in the unit of its arguments, to two digits.

    It is the geometric mean of the :func:`least` that is safe and the nearest mistake: as many times what is
    needed as the mistake is times the tolerance. However far the mistake is, it is at most ROOM times what is
    needed or the framework's default, because mistakes that nobody declared may be nearer.

    Args:
        needed: by rounding.
        nearest: the distance of the nearest mistake beyond the least; infinite if there is none.
        precision: of the arrays.
    """
    low = least(needed, precision)
    middle = math.sqrt(low * nearest) if low and math.isfinite(nearest) else math.inf
    chosen = max(low, min(middle, ROOM * max(low, precision.default)))
    return float(f"{chosen:.2g}")
