"""Checks of a property that needs no reference: shape, dtype, finiteness, a bound on a metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from autograder.checks.base import Crowd, Named, Observation, Ruling, each, find_array, first_index
from autograder.core.evidence import Array, Evidence
from autograder.core.text import ABOVE, BELOW, DTYPE, NO_METRIC, NOT_A_PICTURE, NOT_FINITE, SHAPE, Text

PNG = b"\x89PNG\r\n\x1a\n"
Dimension = int | str | None  # a number; the name of a setting or of an input's length; or anything


@dataclass(frozen=True, slots=True)
class Shape(Named):
    """The array has this shape; a dimension may be a setting's name (``"steps"``) or None for any length."""

    shape: Sequence[Dimension]

    reads_source: ClassVar[bool] = False

    def judge(self, seen: Observation) -> Ruling:
        array = find_array(seen.evidence, self.name)
        if isinstance(array, Text):
            return Ruling(False, array)
        expected = [seen.inputs[size] if isinstance(size, str) else size for size in self.shape]
        fits = len(expected) == array.ndim and all(
            want is None or want == got for want, got in zip(expected, array.shape, strict=True)
        )
        wanted = f"({', '.join('*' if size is None else str(size) for size in expected)})"
        return (
            Ruling(fits)
            if fits
            else Ruling(False, SHAPE.format(name=self.name, got=array.shape, expected=wanted))
        )

    def alike(self, crowd: Crowd) -> Sequence[bool]:
        return [True] * len(crowd)  # the shape is the model's

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        mine, theirs = find_array(seen.evidence, self.name), find_array(other, self.name)
        return not isinstance(mine, Text) and not isinstance(theirs, Text) and mine.shape == theirs.shape


@dataclass(frozen=True, slots=True)
class Dtype(Named):
    """The array's dtype is one of these names, for instance ``("float32", "float64")``."""

    allowed: Sequence[str]

    reads_source: ClassVar[bool] = False

    def judge(self, seen: Observation) -> Ruling:
        array = find_array(seen.evidence, self.name)
        if isinstance(array, Text):
            return Ruling(False, array)
        if array.dtype.name in self.allowed:
            return Ruling(True)
        return Ruling(
            False, DTYPE.format(name=self.name, got=array.dtype.name, allowed=", ".join(self.allowed))
        )

    def alike(self, crowd: Crowd) -> Sequence[bool]:
        return [True] * len(crowd)  # the dtype is the model's

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        mine, theirs = find_array(seen.evidence, self.name), find_array(other, self.name)
        return not isinstance(mine, Text) and not isinstance(theirs, Text) and mine.dtype == theirs.dtype


@dataclass(frozen=True, slots=True)
class Finite(Named):
    """No element is NaN or infinite."""

    reads_source: ClassVar[bool] = False

    def judge(self, seen: Observation) -> Ruling:
        array = find_array(seen.evidence, self.name)
        if isinstance(array, Text):
            return Ruling(False, array)
        bad = ~np.isfinite(array)
        if not bad.any():
            return Ruling(True)
        count, index = int(bad.sum()), first_index(bad)
        return Ruling(False, NOT_FINITE.format(name=self.name, count=count, total=array.size, index=index))

    def alike(self, crowd: Crowd) -> Array:
        return each(np.isfinite(crowd.stack(self.name)))

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        mine, theirs = find_array(seen.evidence, self.name), find_array(other, self.name)
        if isinstance(mine, Text) or isinstance(theirs, Text):
            return False
        return mine.shape == theirs.shape and bool((np.isfinite(mine) == np.isfinite(theirs)).all())


@dataclass(frozen=True, slots=True)
class Picture(Named):
    """The array holds the bytes of a PNG picture of 50 to 4,000 pixels a side, made by figures.picture."""

    reads_source: ClassVar[bool] = False

    def judge(self, seen: Observation) -> Ruling:
        array = find_array(seen.evidence, self.name)
        if isinstance(array, Text):
            return Ruling(False, array)
        head = array[:24].tobytes() if array.dtype == np.uint8 and array.ndim == 1 else b""
        sides: Array | list[int] = (
            np.frombuffer(head[16:24], ">u4") if head[:8] == PNG and head[12:16] == b"IHDR" else []
        )
        fits = len(sides) == 2 and all(50 <= side <= 4000 for side in sides)
        return Ruling(True) if fits else Ruling(False, NOT_A_PICTURE.format(name=self.name))


@dataclass(frozen=True, slots=True)
class _Bounded(Named):
    """A metric that the trusted side computes, for instance accuracy from submitted softmax and labels.

    ``metric`` returns a float, or a Text that says why it cannot be computed from this evidence.
    """

    metric: Callable[[Observation], float | Text]
    bound: float

    def value(self, seen: Observation) -> float | Text:
        """Return the metric; on arrays whose shapes it cannot take, a sentence with the error."""
        try:
            with np.errstate(all="ignore"):
                return self.metric(seen)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            return NO_METRIC.format(name=self.name, error=error)


@dataclass(frozen=True, slots=True)
class AtLeast(_Bounded):
    """The metric is at least the bound."""

    def judge(self, seen: Observation) -> Ruling:
        value = self.value(seen)
        if isinstance(value, Text):
            return Ruling(False, value)
        if value >= self.bound:  # false for NaN
            return Ruling(True)
        return Ruling(False, BELOW.format(name=self.name, got=value, bound=self.bound))


@dataclass(frozen=True, slots=True)
class AtMost(_Bounded):
    """The metric is at most the bound."""

    def judge(self, seen: Observation) -> Ruling:
        value = self.value(seen)
        if isinstance(value, Text):
            return Ruling(False, value)
        if value <= self.bound:
            return Ruling(True)
        return Ruling(False, ABOVE.format(name=self.name, got=value, bound=self.bound))
