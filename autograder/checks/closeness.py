"""Checks that compare arrays: with a reference, or with each other through an equation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from autograder.checks.base import Crowd, Gallery, Named, Observation, Ruling, each, find_array, first_index
from autograder.core.evidence import Array, Evidence
from autograder.core.text import DIFFERS, EXPECTED_VALUE, NAN_DIFFERS, RELATION, SHAPE, Text

Tolerance = float | Mapping[str, float] | None  # one number, one per device kind, or the dtype's default

_SURELY = 1 - 1e-6  # of a tolerance
_AT_ONCE = 1 << 16  # elements compared with others

# (rtol, atol) by dtype, as torch.testing.assert_close has them
DEFAULT_TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
}


def tolerances(rtol: Tolerance, atol: Tolerance, device: str, arrays: Sequence[Array]) -> tuple[float, float]:
    """Return (rtol, atol): those given for the kind of device, else the coarsest dtype's default."""
    if isinstance(rtol, int | float) and isinstance(atol, int | float):
        return rtol, atol
    kind = device.split(":")[0]
    chosen = [value.get(kind) if isinstance(value, Mapping) else value for value in (rtol, atol)]
    for index, value in enumerate(chosen):
        if value is None:
            defaults = [DEFAULT_TOLERANCES.get(array.dtype.name, (0.0, 0.0)) for array in arrays]
            chosen[index] = max(default[index] for default in defaults)
    return chosen[0], chosen[1]  # type: ignore[return-value]


def _widened(got: Array, expected: Array) -> tuple[Array, Array]:
    wide = np.complex128 if "c" in (got.dtype.kind, expected.dtype.kind) else np.float64
    return got.astype(wide), expected.astype(wide)


def _glance(left: Array, right: Array, rtol: float, atol: float) -> tuple[Array, Array]:
    """Return where |left - right| is below and where above what is allowed: atol + rtol * |right|.

    Neither is true for NaN, some infinities and the limit itself.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        difference, allowed = np.abs(left - right), atol + rtol * np.abs(right)
    return difference < allowed, difference > allowed


def agree(got: Array, others: Array, rtol: float, atol: float) -> list[bool]:
    """Whether :func:`compare` has nothing to say of ``got`` and each of ``others``.

    Quicker, because most answers are plain at a glance at many.

    Args:
        got: an array of any shape and numeric dtype.
        others: n arrays of that shape in one, (n, *shape).
        rtol, atol: as of :func:`compare`.
    """
    found: list[bool] = []
    step = max(1, _AT_ONCE // max(1, got.size))
    for start in range(0, len(others), step):
        some = others[start : start + step]
        below, above = _glance(*_widened(got, some), rtol, atol)
        plain = zip(each(below).tolist(), each(~above).tolist(), some, strict=True)
        found += [
            right or (open_ and compare("", got, other, rtol, atol) is None) for right, open_, other in plain
        ]
    return found


def compare(
    name: str, got: Array, expected: Array, rtol: float, atol: float, *, reveal: bool = True
) -> Text | None:
    """Compare element by element: |got - expected| <= atol + rtol * |expected|, NaN only where expected.

    Returns:
        None where they agree, else a sentence with how many differ and where the greatest difference is.
        With ``reveal`` it also says what was expected there.
    """
    if got.shape != expected.shape:
        return SHAPE.format(name=name, got=got.shape, expected=expected.shape)
    left, right = _widened(got, expected)
    with np.errstate(invalid="ignore", over="ignore"):
        difference, allowed = np.abs(left - right), atol + rtol * np.abs(right)
    if (difference < allowed).all():
        return None
    if not np.isfinite(difference).all():
        nan_differs = np.isnan(left) != np.isnan(right)
        if nan_differs.any():
            return NAN_DIFFERS.format(name=name, count=int(nan_differs.sum()), index=first_index(nan_differs))
        allowed = atol + rtol * np.abs(np.where(np.isfinite(right), right, 0))
        same = (left == right) | np.isnan(left)
        difference = np.where(same, 0, np.where(np.isnan(difference), np.inf, difference))
    bad = difference > allowed
    if not bad.any():
        return None
    at = first_index(np.where(bad, difference - allowed, -np.inf))
    value = right[at].real if np.isrealobj(right) else abs(right[at])
    return DIFFERS.format(
        name=name,
        count=int(bad.sum()),
        total=got.size,
        index=at,
        difference=float(difference[at]),
        allowed=float(allowed[at]),
        got=float(left[at].real if np.isrealobj(left) else abs(left[at])),
        expected=EXPECTED_VALUE.format(value=float(value)) if reveal else Text("", ""),
    )


def _sharing(seen: Observation, others: Gallery, name: str, rtol: Tolerance, atol: Tolerance) -> list[bool]:
    """Tell of each in ``others.evidence`` whether its array of this name is as close as a right one's."""
    mine, found = find_array(seen.evidence, name), [False] * len(others.evidence)
    if isinstance(mine, Text):
        return found
    for numbers, stack in others.stacks(name):
        if stack.shape[1:] == mine.shape:
            limits = tolerances(rtol, atol, seen.device, [mine, stack])
            for number, answer in zip(numbers, agree(mine, stack, *limits), strict=True):
                found[number] = answer
    return found


@dataclass(frozen=True, slots=True)
class Close(Named):
    """The array is close to the reference's array of the same name; NaN where the reference is NaN."""

    _: KW_ONLY
    rtol: Tolerance = None
    atol: Tolerance = None

    reads_source: ClassVar[bool] = False

    @property
    def public(self) -> bool:
        return False

    def judge(self, seen: Observation) -> Ruling:
        array = find_array(seen.evidence, self.name)
        if isinstance(array, Text):
            return Ruling(False, array)
        expected = None if seen.reference is None else find_array(seen.reference, self.name)
        if not isinstance(expected, np.ndarray):
            raise LookupError(f"{self.label}: the reference has no array of this name")
        rtol, atol = tolerances(self.rtol, self.atol, seen.device, [array, expected])
        message = compare(self.name, array, expected, rtol, atol)
        return Ruling(True) if message is None else Ruling(False, message)

    def alike(self, crowd: Crowd) -> Array:
        array, expected = crowd.stack(self.name), crowd.model.evidence.arrays[self.name]
        limits = tolerances(self.rtol, self.atol, crowd.model.device, [array, expected])
        return each(_glance(*_widened(array, expected), *limits)[0])

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        return self.resembling(seen, Gallery([other]))[0]

    def resembling(self, seen: Observation, others: Gallery) -> list[bool]:
        return _sharing(seen, others, self.name, self.rtol, self.atol)


@dataclass(frozen=True, slots=True)
class Relation(Named):
    """An equation between arrays, judged on the student's own values, so that no reference is needed.

    Attributes:
        name: shown in findings.
        arrays: the names in the evidence that the equation is about.
        equation: ``(evidence, inputs) -> (left side, right side)``; called only if all arrays are there.
        statement: the equation in words, for the student who broke it.
        stacks: whether the equation also takes the arrays of many submissions, stacked along a new first
            axis, and gives the sides of all of them (the right one may be the same for all, as it is). A
            class is then scored again many times quicker.
    """

    _: KW_ONLY
    arrays: Sequence[str]
    equation: Callable[[Evidence, Evidence], tuple[Array, Array]]
    statement: Text
    rtol: Tolerance = None
    atol: Tolerance = None
    stacks: bool = False

    reads_source: ClassVar[bool] = False

    def judge(self, seen: Observation) -> Ruling:
        for name in self.arrays:
            if isinstance(found := find_array(seen.evidence, name), Text):
                return Ruling(False, found)
        try:
            with np.errstate(all="ignore"):
                left, right = self.equation(seen.evidence, seen.inputs)
        except (
            ValueError,
            IndexError,
            TypeError,
            AttributeError,  # a fact stands where an array should
            ArithmeticError,
        ):
            shapes = ", ".join(f"{name} {seen.evidence.arrays[name].shape}" for name in self.arrays)
            return Ruling(False, RELATION.format(statement=self.statement, detail=f"({shapes})"))
        rtol, atol = tolerances(self.rtol, self.atol, seen.device, [left, right])
        detail = compare(self.name, left, right, rtol, atol, reveal=False)
        if detail is None:
            return Ruling(True)
        return Ruling(False, RELATION.format(statement=self.statement, detail=detail))

    def alike(self, crowd: Crowd) -> Sequence[bool] | Array:
        if not self.stacks:
            return Named.alike(self, crowd)
        if (sides := self._stacked_sides(crowd)) is None:
            return Named.alike(self, crowd)
        left, right = sides
        rtol, atol = tolerances(self.rtol, self.atol, crowd.model.device, [left, right])
        # Sums of a stack may be rounded differently: what is so near the limit is left to judge.
        return each(_glance(*_widened(left, right), _SURELY * rtol, _SURELY * atol)[0])

    def _stacked_sides(self, crowd: Crowd) -> tuple[Array, Array] | None:
        """Return the sides for a whole crowd; None where the equation turns out not to take a stack."""
        stacked = Evidence(arrays={name: crowd.stack(name) for name in self.arrays})
        try:
            with np.errstate(all="ignore"):
                sides = self.equation(stacked, crowd.model.inputs)
                alone = self.equation(next(iter(crowd)).evidence, crowd.model.inputs)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            return None
        left, right = sides
        if left.shape != (len(crowd), *alone[0].shape) or right.shape not in (left.shape, left.shape[1:]):
            return None
        first = right[0] if right.shape == left.shape else right
        same = np.allclose(left[0], alone[0], equal_nan=True) and np.allclose(first, alone[1], equal_nan=True)
        return sides if same else None

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        return self.resembling(seen, Gallery([other]))[0]

    def resembling(self, seen: Observation, others: Gallery) -> list[bool]:
        found = [_sharing(seen, others, name, self.rtol, self.atol) for name in self.arrays]
        return [all(same) for same in zip([True] * len(others.evidence), *found, strict=True)]
