"""What ``autograder calibrate`` measured of a question: what rounding needs, and which tolerance follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from msgspec import MsgspecError, Struct, json

from autograder.checks import Close, Relation
from autograder.checks.closeness import Tolerance
from autograder.core.check import Check
from autograder.core.exam import Question
from autograder.core.framework import Profile
from autograder.course.modules import CatalogError


class _Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A struct that refuses unknown fields."""


class Distance(_Strict, frozen=True, kw_only=True):
    """How far apart two arrays are; None where their shapes differ or NaN stands in other places.

    Attributes:
        absolute: the maximum of |got - expected|.
        relative: the maximum of |got - expected| / |expected|, where that is not 0.
        allowed: the maximum of |got - expected| over the tolerance; beyond 1 the check fails.
    """

    absolute: float | None
    relative: float | None
    allowed: float | None


class Nearest(_Strict, frozen=True, kw_only=True):
    """The declared mistake that is nearest to the tolerance, from beyond what rounding needs."""

    name: str
    distance: Distance


class Quantity(_Strict, frozen=True, kw_only=True):
    """What a check compares: an array, or the two sides of an equation.

    Attributes:
        part: the part's name.
        check: the check's id.
        rounding: how far each other way to compute the same is from the solution, by its name.
        uncounted: those of them that are no measure of rounding, each with the reason.
        needed_by: the one that needs the largest tolerance.
        nearest: the nearest mistake; None if no mistake changes this quantity.
        rtol, atol: the tolerance that follows.
        by_hand: the tolerance that the declaration has instead, as (rtol, atol).
    """

    part: str
    check: str
    rounding: dict[str, Distance]
    uncounted: dict[str, str]
    needed_by: str
    nearest: Nearest | None
    rtol: float
    atol: float
    by_hand: tuple[float, float] | None = None

    @property
    def needed(self) -> Distance | None:
        """The largest distance that rounding makes; None if nothing was measured."""
        return self.rounding.get(self.needed_by)


class Provenance(_Strict, frozen=True, kw_only=True):
    """Where and of what something was measured.

    Attributes:
        date: of the measurement, ISO 8601.
        machine: the processor or GPU.
        versions: of Python, the worker and the framework.
        ways: the other ways in which the same was computed.
        content: a hash of the question, its solutions and its mistakes.
    """

    date: str
    machine: str
    versions: dict[str, str]
    ways: list[str]
    content: str


class Measurement(_Strict, frozen=True, kw_only=True):
    """What was measured on one kind of device in one profile."""

    device: str
    profile: Profile
    provenance: Provenance
    quantities: list[Quantity]


class Measured(_Strict, frozen=True, kw_only=True):
    """A question's file of measurements, at most one for each device and profile."""

    question: str
    measurements: list[Measurement]

    def with_measurement(self, new: Measurement) -> Measured:
        """Return the measurements with a new one in the place of that on the same device and profile."""
        others = [one for one in self.measurements if (one.device, one.profile) != (new.device, new.profile)]
        ordered = sorted([*others, new], key=lambda one: (one.device, one.profile))
        return Measured(question=self.question, measurements=ordered)


def read_measured(path: Path, question: str) -> Measured:
    """Return what was measured; nothing if the file is absent.

    Raises:
        CatalogError: the file is damaged; the message names it and the field.
    """
    try:
        return json.decode(path.read_bytes(), type=Measured)
    except FileNotFoundError:
        return Measured(question=question, measurements=[])
    except (OSError, MsgspecError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}; write it again: autograder calibrate {question}") from None


def with_tolerances(question: Question, measurements: Sequence[Measurement]) -> Question:
    """Return a question whose checks without numbers have the measured tolerances.

    If one kind of device was measured, its tolerances count on all; of several profiles the largest counts.
    """
    return replace(
        question,
        parts=[
            replace(part, checks=[_with_tolerance(part.name, check, measurements) for check in part.checks])
            for part in question.parts
        ],
    )


def of_nothing(question: Question, measurements: Sequence[Measurement]) -> list[str]:
    """Return ``part check`` of every quantity whose check the question does not have any more."""
    known = {(part.name, check.id) for part in question.parts for check in part.checks}
    found = {(one.part, one.check) for measurement in measurements for one in measurement.quantities}
    return [" ".join(names) for names in sorted(found - known)]


def by_hand(check: Close | Relation) -> bool:
    """Return whether a declared check has a tolerance of its own."""
    return check.rtol is not None or check.atol is not None


def _with_tolerance(part: str, check: Check, measurements: Sequence[Measurement]) -> Check:
    if not isinstance(check, Close | Relation) or by_hand(check):
        return check
    found: dict[str, tuple[float, float]] = {}
    for measurement in measurements:
        for quantity in measurement.quantities:
            if (quantity.part, quantity.check) == (part, check.id):
                known = found.get(measurement.device, (0.0, 0.0))
                rtol, atol = max(known[0], quantity.rtol), max(known[1], quantity.atol)
                found[measurement.device] = rtol, atol
    if len(found) < 2:
        return replace(check, rtol=rtol, atol=atol) if found else check
    relative: Tolerance = {device: pair[0] for device, pair in found.items()}
    absolute: Tolerance = {device: pair[1] for device, pair in found.items()}
    return replace(check, rtol=relative, atol=absolute)
