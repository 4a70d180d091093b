"""Checks of a property that needs no reference: shape, dtype, finiteness, a bound on a metric."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import ge, le
from typing import Any, ClassVar

import numpy as np

from autograder.checks.axes import where
from autograder.checks.base import Named, first_index
from autograder.checks.closeness import likeness, together
from autograder.core.check import Likeness, Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.outcome import EVERYTHING
from autograder.core.text import (
    ABOVE,
    BELOW,
    DTYPE,
    DTYPE_OF,
    FINITE_VALUES_OF,
    NO_METRIC,
    NOT_A_PICTURE,
    NOT_FINITE,
    PICTURE_OF,
    SHAPE,
    SHAPE_OF,
    Text,
)
from autograder.core.verdict import Finding

PNG = b"\x89PNG\r\n\x1a\n"
_SAME_TRAINING = 1e-3  # of the greatest value; another seed or rate moves what was trained much farther
Dimension = int | str | None  # a number; the name of a setting or of an input's length; or anything


def _as_a_whole(
    name: str, seen: Observation, other: Evidence, alike: Callable[[Array, Array], bool]
) -> Likeness:
    """Return how two arrays compare of which a property is wrong: their values may tell, it alone not."""
    mine, theirs = seen.evidence.arrays.get(name), other.arrays.get(name)
    if mine is None or theirs is None:
        return Likeness.SILENT if mine is theirs else Likeness.DIFFERENT
    if not alike(mine, theirs):
        return Likeness.DIFFERENT
    same = likeness(name, seen, other) is Likeness.SAME
    return Likeness.SAME if same else Likeness.SILENT


@dataclass(frozen=True, slots=True)
class Shape(Named):
    """The array has this shape; a dimension may be a setting's name (``"steps"``) or None for any length."""

    shape: Sequence[Dimension]

    reads_source: ClassVar[bool] = False
    about: ClassVar[Text] = SHAPE_OF

    def judge(self, seen: Observation) -> Finding:
        if (array := seen.evidence.arrays.get(self.name)) is None:
            return self.lacks(seen, self.name)
        expected = [seen.inputs[size] if isinstance(size, str) else size for size in self.shape]
        fits = len(expected) == array.ndim and all(
            want is None or want == got for want, got in zip(expected, array.shape, strict=True)
        )
        if fits:
            return self.passes()
        wanted = f"({', '.join('*' if size is None else str(size) for size in expected)})"
        return self.fails(SHAPE, got=array.shape, expected=wanted)

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        return _as_a_whole(self.name, seen, other, lambda mine, theirs: mine.shape == theirs.shape)


@dataclass(frozen=True, slots=True)
class Dtype(Named):
    """The array's dtype is one of these names, for instance ``("float32", "float64")``."""

    allowed: Sequence[str]

    reads_source: ClassVar[bool] = False
    about: ClassVar[Text] = DTYPE_OF

    def judge(self, seen: Observation) -> Finding:
        if (array := seen.evidence.arrays.get(self.name)) is None:
            return self.lacks(seen, self.name)
        if array.dtype.name in self.allowed:
            return self.passes()
        allowed = ", ".join(self.allowed)
        return self.fails(DTYPE, got=array.dtype.name, allowed=allowed)

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        return _as_a_whole(self.name, seen, other, lambda mine, theirs: mine.dtype == theirs.dtype)


@dataclass(frozen=True, slots=True)
class Finite(Named):
    """No element is NaN or infinite."""

    reads_source: ClassVar[bool] = False
    about: ClassVar[Text] = FINITE_VALUES_OF

    def judge(self, seen: Observation) -> Finding:
        if (array := seen.evidence.arrays.get(self.name)) is None:
            return self.lacks(seen, self.name)
        bad = ~np.isfinite(array)
        if not bad.any():
            return self.passes()
        found = {"count": int(bad.sum()), "total": array.size, "where": where(first_index(bad))}
        return self.fails(NOT_FINITE, **found)

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        return _as_a_whole(
            self.name,
            seen,
            other,
            lambda mine, theirs: np.array_equal(np.isfinite(mine), np.isfinite(theirs)),
        )


@dataclass(frozen=True, slots=True)
class Picture(Named):
    """The array holds the bytes of a PNG picture of 50 to 4,000 pixels a side, made by figures.picture."""

    reads_source: ClassVar[bool] = False
    about: ClassVar[Text] = PICTURE_OF

    def judge(self, seen: Observation) -> Finding:
        if (array := seen.evidence.arrays.get(self.name)) is None:
            return self.lacks(seen, self.name)
        head = array[:24].tobytes() if array.dtype == np.uint8 and array.ndim == 1 else b""
        sides: Array | list[int] = (
            np.frombuffer(head[16:24], ">u4") if head[:8] == PNG and head[12:16] == b"IHDR" else []
        )
        fits = len(sides) == 2 and all(50 <= side <= 4000 for side in sides)
        return self.passes() if fits else self.fails(NOT_A_PICTURE)


@dataclass(frozen=True, slots=True)
class _Bounded(Named):
    """A metric computed outside the sandbox, for instance accuracy from submitted softmax and labels.

    ``metric`` returns a float, or a Text that says why it cannot be computed from this evidence.
    """

    metric: Callable[[Observation], float | Text]
    bound: float

    @property
    def reads(self) -> tuple[str, ...]:
        return ()  # what the metric reads is its own affair

    def bounded(self, seen: Observation, holds: Callable[[Any, Any], bool], told: Text) -> Finding:
        """Judge whether ``holds(metric, bound)``; a metric that raises on this evidence fails.

        What was not observed is told as by any other check.
        """
        try:
            with np.errstate(all="ignore"):
                value = self.metric(seen)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            if isinstance(error, KeyError) and seen.missing.keys() & {*error.args, EVERYTHING}:
                return self.lacks(seen, *error.args)
            return self.fails(NO_METRIC, error=error)
        if isinstance(value, Text):
            return Finding(check=self.id, passed=False, message=value, kind="no_metric", label=self.label)
        if holds(value, self.bound):  # false for NaN
            return self.passes()
        return self.fails(told, got=value, bound=self.bound)

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        """Compare everything that the metric reads; one number that agrees would be too little."""
        read: set[str] = set()
        mine = Evidence(
            arrays=_Watched(seen.evidence.arrays, read), facts=_Watched(seen.evidence.facts, read)
        )
        errors = ValueError, LookupError, TypeError, AttributeError, ArithmeticError
        with suppress(*errors), np.errstate(all="ignore"):
            self.metric(replace(seen, evidence=mine))
        return together(_both(name, seen, other) for name in sorted(read))


class _Watched(Mapping[str, Any]):
    """Arrays or facts that note which of them are read."""

    def __init__(self, values: Mapping[str, Any], read: set[str]) -> None:
        self._values, self._read = values, read

    def __getitem__(self, name: str) -> Any:
        value = self._values[name]
        self._read.add(name)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _both(name: str, seen: Observation, other: Evidence) -> Likeness:
    """Compare what a metric reads: facts and arrays of one value throughout never tell."""
    if (array := other.arrays.get(name)) is None:
        same = seen.evidence.facts.get(name, ...) == other.facts.get(name, ...)
        return Likeness.SILENT if same and name not in seen.evidence.arrays else Likeness.DIFFERENT
    finite = array[np.isfinite(array)]
    scale = float(np.abs(finite).max(initial=0))
    found = likeness(name, seen, other, rtol=0.0, atol=_SAME_TRAINING * scale)
    constant = array.size > 1 and finite.size > 0 and bool((finite == finite[0]).all())
    return Likeness.SILENT if constant and found is Likeness.SAME else found


@dataclass(frozen=True, slots=True)
class AtLeast(_Bounded):
    """The metric is at least the bound."""

    def judge(self, seen: Observation) -> Finding:
        return self.bounded(seen, ge, BELOW)


@dataclass(frozen=True, slots=True)
class AtMost(_Bounded):
    """The metric is at most the bound."""

    def judge(self, seen: Observation) -> Finding:
        return self.bounded(seen, le, ABOVE)
