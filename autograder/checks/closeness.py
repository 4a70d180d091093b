"""Checks that compare arrays: with a reference, or with each other through an equation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import lru_cache
from inspect import signature
from typing import Any, ClassVar

import numpy as np

from autograder.checks.axes import Axis, where
from autograder.checks.base import Named, first_index
from autograder.core.check import AbsentReferenceError, Likeness, Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.text import (
    DIFFERS,
    EMPTY,
    EXPECTED_VALUE,
    NAN_DIFFERS,
    OF_SHAPES,
    ONE_DIFFERS,
    RELATION,
    SHAPE,
    VALUE_OF,
    Text,
    join,
)
from autograder.core.verdict import NO_LABEL, Finding, finding_of

Tolerance = float | Mapping[str, float] | None  # one number, one per device kind, or the dtype's default

# (rtol, atol) by dtype, as torch.testing.assert_close has them
DEFAULT_TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
}


def tolerances(rtol: Tolerance, atol: Tolerance, device: str, arrays: Sequence[Array]) -> tuple[float, float]:
    """Return (rtol, atol): those given for the kind of device, else the coarsest dtype's default.

    The last array is what is expected: unless it is in half precision, that of the others widens nothing.
    """
    if isinstance(rtol, int | float) and isinstance(atol, int | float):
        return rtol, atol
    kind = device.split(":")[0]
    chosen = [value.get(kind) if isinstance(value, Mapping) else value for value in (rtol, atol)]
    for index, value in enumerate(chosen):
        if value is None:
            names = [array.dtype.name for array in arrays]
            if names[-1] != "float16":
                names = ["float32" if name == "float16" else name for name in names]
            defaults = [DEFAULT_TOLERANCES.get(name, (0.0, 0.0)) for name in names]
            chosen[index] = max(default[index] for default in defaults)
    return chosen[0], chosen[1]  # type: ignore[return-value]


def _gap(got: Array, expected: Array, rtol: float, atol: float) -> tuple[Array, Array, Array, Array]:
    """Return both arrays in double precision, |got - expected| and its tolerance, element by element."""
    wide = np.complex128 if "c" in (got.dtype.kind, expected.dtype.kind) else np.float64
    left, right = got.astype(wide, copy=False), expected.astype(wide, copy=False)
    with np.errstate(invalid="ignore", over="ignore"):
        return left, right, np.abs(left - right), atol + rtol * np.abs(right)


def agree(got: Array, expected: Array, rtol: float, atol: float) -> bool:
    """Return whether :func:`compare` gives None; it is faster, as it does not locate a difference."""
    if got.shape != expected.shape:
        return False
    _, _, difference, allowed = _gap(got, expected, rtol, atol)
    if (difference < allowed).all():
        return True
    # A larger difference surely fails; compare decides on NaN, infinities and the tolerance itself.
    return not (difference > allowed).any() and compare("", got, expected, rtol, atol) is None


def likeness(
    name: str, seen: Observation, other: Evidence, rtol: Tolerance = None, atol: Tolerance = None
) -> Likeness:
    """Return how two arrays of a name compare: silent where no finite number but the reference's agrees."""
    mine, theirs = seen.evidence.arrays.get(name), other.arrays.get(name)
    if mine is None or theirs is None:
        return Likeness.SILENT if mine is theirs else Likeness.DIFFERENT
    rtol, atol = tolerances(rtol, atol, seen.device, [mine, theirs])
    if not agree(mine, theirs, rtol, atol):
        return Likeness.DIFFERENT
    telling = np.isfinite(theirs)
    reference = None if seen.reference is None else seen.reference.arrays.get(name)
    if reference is not None and reference.shape == theirs.shape:
        _, _, difference, allowed = _gap(theirs, reference, rtol, atol)
        telling &= ~(difference <= allowed)
    elif reference is not None and theirs.size == 0:
        return Likeness.SAME  # nothing where there should be something
    return Likeness.SAME if telling.any() else Likeness.SILENT


def together(found: Iterable[Likeness]) -> Likeness:
    """Return the likeness of several values: different if one is, the same if one is and none differs."""
    both = set(found)
    if Likeness.DIFFERENT in both:
        return Likeness.DIFFERENT
    return Likeness.SAME if Likeness.SAME in both else Likeness.SILENT


def compare(
    check: str,
    got: Array,
    expected: Array,
    rtol: float,
    atol: float,
    *,
    axes: Sequence[Axis | None] = (),
    reveal: bool = True,
) -> Finding | None:
    """Compare element by element: |got - expected| <= atol + rtol * |expected|, NaN only where expected.

    Args:
        check: the check's name, for the finding.
        got, expected: of any shape and numeric dtype.
        rtol, atol: relative and absolute tolerance.
        axes: what the axes are, for the message.
        reveal: whether the message states the expected value where the difference is largest.

    Returns:
        None if they agree, else a finding with how many differ and where the largest difference is.
    """
    if got.shape != expected.shape:
        return finding_of(check, SHAPE, got=got.shape, expected=expected.shape)
    left, right, difference, allowed = _gap(got, expected, rtol, atol)
    if (difference < allowed).all():
        return None
    if not np.isfinite(difference).all():
        nan_differs = np.isnan(left) != np.isnan(right)
        if nan_differs.any():
            count, index = int(nan_differs.sum()), first_index(nan_differs)
            return finding_of(check, NAN_DIFFERS, count=count, where=where(index, axes))
        allowed = atol + rtol * np.abs(np.where(np.isfinite(right), right, 0))
        same = (left == right) | np.isnan(left)
        difference = np.where(same, 0, np.where(np.isnan(difference), np.inf, difference))
    bad = difference > allowed
    if not bad.any():
        return None
    at = first_index(np.where(bad, difference - allowed, -np.inf))
    value: dict[str, Any] = {"expected": Text("", "")}
    if reveal:
        number = float(right[at].real if np.isrealobj(right) else abs(right[at]))
        value = {"expected": EXPECTED_VALUE.format(value=number), "value": number}
    return finding_of(
        check,
        DIFFERS if got.size > 1 else ONE_DIFFERS,
        count=int(bad.sum()),
        total=got.size,
        where=where(at, axes),
        difference=float(difference[at]),
        allowed=float(allowed[at]),
        got=float(left[at].real if np.isrealobj(left) else abs(left[at])),
        **value,
    )


@dataclass(frozen=True, slots=True)
class _OfArrays(Named):
    """A check of arrays, with tolerances and, for what is said of a difference, what their axes are."""

    _: KW_ONLY
    rtol: Tolerance = None
    atol: Tolerance = None
    axes: Sequence[Axis | None] = ()

    reads_source: ClassVar[bool] = False

    def shares(self, name: str, seen: Observation, other: Evidence) -> Likeness:
        """Return how the arrays of this name compare within the tolerance."""
        return likeness(name, seen, other, self.rtol, self.atol)


@dataclass(frozen=True, slots=True)
class Close(_OfArrays):
    """The array is close to the reference's array of the same name; NaN where the reference is NaN."""

    about: ClassVar[Text] = VALUE_OF

    @property
    def public(self) -> bool:
        return False

    def judge(self, seen: Observation) -> Finding:
        if (array := seen.evidence.arrays.get(self.name)) is None:
            return self.lacks(seen, self.name)
        expected = None if seen.reference is None else seen.reference.arrays.get(self.name)
        if expected is None:
            raise AbsentReferenceError(f"{self.id}: the reference has no array of this name")
        rtol, atol = tolerances(self.rtol, self.atol, seen.device, [array, expected])
        return compare(self.id, array, expected, rtol, atol, axes=self.axes) or self.passes()

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        return self.shares(self.name, seen, other)


@dataclass(frozen=True, slots=True)
class Relation(_OfArrays):
    """An equation between arrays, judged on the student's own values, so that no reference is needed.

    Attributes:
        name: of the equation.
        arrays: the names of the arrays of the evidence in the equation. Without them the equation's own
            parameters name what it is given: inputs and settings, else arrays of the evidence; a parameter
            ``inputs`` is all inputs.
        equation: ``(evidence, inputs) -> (left side, right side)``, or by the names of its parameters;
            called only if all arrays are there.
        statement: the equation in words, for the student who broke it.
    """

    _: KW_ONLY
    arrays: Sequence[str] = ()
    equation: Callable[..., tuple[Array, Array]]
    statement: Text = EMPTY

    sentence: ClassVar[str] = "statement"

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(self.arrays) or _parameters(self.equation)

    def arrays_in(self, inputs: Evidence) -> list[str]:
        """Return the names of the arrays of the evidence that the equation is about."""
        return [name for name in self.reads if self.arrays or (name not in inputs and name != "inputs")]

    def sides(self, evidence: Evidence, inputs: Evidence) -> tuple[Array, Array]:
        """Return both sides of the equation; raises what the equation raises."""
        if self.arrays:
            return self.equation(evidence, inputs)
        own = self.arrays_in(inputs)
        values = {"inputs": inputs, **inputs.facts, **inputs.arrays, **{n: evidence.arrays[n] for n in own}}
        return self.equation(**{name: values[name] for name in self.reads})

    def judge(self, seen: Observation) -> Finding:
        arrays = self.arrays_in(seen.inputs)
        for name in arrays:
            if name not in seen.evidence.arrays:
                return self.lacks(seen, name)
        try:
            with np.errstate(all="ignore"):
                left, right = self.sides(seen.evidence, seen.inputs)
        except (
            ValueError,
            IndexError,
            TypeError,
            AttributeError,  # a fact stands where an array should
            ArithmeticError,
        ):
            shapes = ", ".join(f"{name} {seen.evidence.arrays[name].shape}" for name in arrays)
            return self.fails(RELATION, statement=self.statement, detail=OF_SHAPES.format(shapes=shapes))
        rtol, atol = tolerances(self.rtol, self.atol, seen.device, [left, right])
        found = compare(self.id, left, right, rtol, atol, axes=self.axes, reveal=False)
        if found is None:
            found = self._unexpected_nan(seen, left)
        if found is None:
            return self.passes()
        # That a truth value is 0 and not 1 tells nothing which the statement does not.
        told = EMPTY if left.dtype == bool and self.statement else found.message
        return replace(found, message=join([self.statement, told]))

    def _unexpected_nan(self, seen: Observation, left: Array) -> Finding | None:
        """Return a finding where both sides are NaN and those of the reference's arrays are not."""
        nan, reference = np.isnan(left), seen.reference
        if reference is None or not nan.any():
            return None
        if any(name not in reference.arrays for name in self.arrays_in(seen.inputs)):
            return None  # a release has sealed references instead
        with np.errstate(all="ignore"):
            expected, _ = self.sides(reference, seen.inputs)
        if expected.shape == left.shape:
            nan &= ~np.isnan(expected)
        if not nan.any():
            return None
        return finding_of(
            self.id, NAN_DIFFERS, count=int(nan.sum()), where=where(first_index(nan), self.axes)
        )

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        return together(self.shares(name, seen, other) for name in self.arrays_in(seen.inputs))


@lru_cache(maxsize=1024)
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(signature(function).parameters)


def relation(
    *,
    label: Text = NO_LABEL,
    statement: Text = EMPTY,
    points: float | None = None,
    rtol: Tolerance = None,
    atol: Tolerance = None,
    axes: Sequence[Axis | None] = (),
    open: bool | None = None,
) -> Callable[[Callable[..., tuple[Array, Array]]], Relation]:
    """Make the check of an equation out of the function below, which returns its two sides.

    The function's parameters name inputs, settings and arrays of the evidence, see :class:`Relation`::

        @relation(label=Text(ko="합", en="sum"), statement=Text(ko="합은 1입니다.", en="They sum to 1."))
        def sums_to_one(softmax):
            return softmax.sum(-1), np.ones(softmax.shape[:-1])

    The label and the statement may stand in the question's feedback instead.
    """

    def make(equation: Callable[..., tuple[Array, Array]]) -> Relation:
        return Relation(
            equation.__name__,
            equation=equation,
            statement=statement,
            label=label,
            points=points,
            rtol=rtol,
            atol=atol,
            axes=axes,
            open=open,
        )

    return make
