"""Measures one quantity: how far rounding and the nearest mistake are from the solution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.checks import Relation
from autograder.checks.closeness import tolerances
from autograder.core.evidence import Array, Evidence
from autograder.core.outcome import Attempt, Task
from autograder.course.measured import Distance, Nearest, Quantity, by_hand
from autograder.grading.tolerance import (
    Comparing,
    Precision,
    Sides,
    choose,
    distance,
    least,
    relative,
    scale_of,
    sides,
    told,
)
from autograder.running.prepared import PreparedQuestion
from autograder.workflows.ways import Way

ALTERNATIVE = "alternative "  # begins the names of right alternatives
_EQUATION = "the solution itself"  # in an equation its own two sides differ by rounding


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """A question with all attempts that are compared with its solution's."""

    ready: PreparedQuestion
    varied: Mapping[Way, Attempt]
    alternatives: Mapping[str, Attempt]

    @cached_property
    def right(self) -> dict[str, Attempt]:
        """Everything right, by its name."""
        return {way.name: found for way, found in self.varied.items()} | {
            ALTERNATIVE + name: found for name, found in self.alternatives.items()
        }

    def pairs(self, part: str, check: Comparing, attempt: Attempt) -> dict[str, Sides]:
        """Return what a check compares in an attempt, by variant."""
        references = self.ready.references
        assert references.solution is not None
        found = {}
        for variant, outcome in attempt.of_part(part).items():
            task = Task(part, variant)
            reference = references.solution.outcomes[task].evidence or Evidence()
            found[variant] = sides(check, outcome.evidence, reference, references.inputs[task])
        return found


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """What a check compares, in everything right and wrong; each by its name and the variant's.

    Attributes:
        own: the solution's.
        right, wrong: of other ways, alternatives and mistakes.
        lost: the ways that gave no evidence, with the reason.
        doubtful: the ways in which random numbers may differ, and then not by rounding.
        single: whether a float64 may hold a float32.
    """

    own: Mapping[str, Sides]
    right: Mapping[str, Mapping[str, Sides]]
    wrong: Mapping[str, Mapping[str, Sides]]
    lost: Mapping[str, str]
    doubtful: Sequence[str]
    single: bool

    @property
    def arrays(self) -> list[Array]:
        """The solution's arrays, got and expected."""
        return [array for pair in self.own.values() if pair is not None for array in pair]

    @cached_property
    def scale(self) -> float:
        """The size of what is expected."""
        return scale_of(pair[1] for pair in self.own.values() if pair is not None)

    @cached_property
    def precision(self) -> Precision:
        """The precision of the arrays."""
        return Precision.of(self.arrays, single=self.single)

    @cached_property
    def far(self) -> dict[str, float]:
        """How far everything right is from the solution, in relative terms of its size."""
        return {
            name: max((distance(pair, 1, self.scale) for pair in pairs.values()), default=math.inf)
            for name, pairs in self.right.items()
        }

    @cached_property
    def mistaken(self) -> dict[str, float]:
        """How far the mistakes are."""
        return {
            name: told({variant: distance(pair, 1, self.scale) for variant, pair in pairs.items()})
            for name, pairs in self.wrong.items()
        }

    def nearest(self, needed: float) -> tuple[str, float]:
        """Return the nearest mistake beyond what rounding needs, and how far it is; infinite if none is."""
        low = least(needed, self.precision)
        beyond = {name: value for name, value in self.mistaken.items() if value > low}
        name = min(beyond, key=beyond.__getitem__, default="")
        return name, beyond.get(name, math.inf)

    @cached_property
    def uncounted(self) -> dict[str, str]:
        """What is no measure of rounding, with the reason."""
        found = dict(self.lost)
        for name, far in self.far.items():
            if name.startswith(ALTERNATIVE) and math.isinf(far):
                found[name] = "it gives nothing to compare, another shape, or NaN"
        certain = [far for name, far in self.far.items() if name not in {*self.doubtful, *found}]
        name, at = self.nearest(max(certain, default=0.0))
        as_far = f"it is as far away as {name}" if name else "it is something else"
        return found | {way: as_far for way in self.doubtful if way not in found and self.far[way] >= at}

    @cached_property
    def needed_by(self) -> str:
        """The name of what needs the largest tolerance; empty if nothing was measured."""
        counted = {name: far for name, far in self.far.items() if name not in self.uncounted}
        return max(counted, key=counted.__getitem__, default="")


def _compared(measuring: Measuring, part: str, check: Comparing) -> _Compared:
    ready, ways_lost = measuring.ready, {}
    assert ready.references.solution is not None
    own = measuring.pairs(part, check, ready.references.solution)
    right = {name: measuring.pairs(part, check, attempt) for name, attempt in measuring.right.items()}
    for way, attempt in measuring.varied.items():
        outcomes = attempt.of_part(part).values()
        lost = [outcome for outcome in outcomes if outcome.evidence is None]
        if lost or not outcomes:
            fault = lost[0].fault if lost else None
            ways_lost[way.name] = fault.message.en.splitlines()[-1] if fault else "it was not run"
    return _Compared(
        own=own,
        right={_EQUATION: own, **right} if isinstance(check, Relation) else right,
        wrong={
            mistake.name: pairs
            for mistake in ready.references.mistakes_in(part)
            if any((pairs := measuring.pairs(part, check, mistake.attempt)).values())
        },
        lost=ways_lost,
        doubtful=[way.name for way in measuring.varied if way.doubtful],
        single=ready.entry.question.framework != "python",
    )


def measure(measuring: Measuring, part: str, check: Comparing) -> Quantity | None:
    """Measure what a check compares; None if the solution does not give it."""
    compared = _compared(measuring, part, check)
    if not compared.arrays:
        return None
    needed = compared.far.get(compared.needed_by, 0.0)
    name, at = compared.nearest(needed)
    rtol = choose(needed, at, compared.precision)
    measured = rtol, float(f"{rtol * compared.scale:.2g}")
    declared = tolerances(check.rtol, check.atol, measuring.ready.environment.device, compared.arrays)
    held = declared if by_hand(check) else measured
    return Quantity(
        part=part,
        check=check.id,
        rounding={
            way: _distance(pairs, held)
            for way, pairs in compared.right.items()
            if way not in compared.uncounted
        },
        uncounted=compared.uncounted,
        needed_by=compared.needed_by,
        nearest=Nearest(name=name, distance=_distance(compared.wrong[name], held, every=True))
        if name
        else None,
        rtol=measured[0],
        atol=measured[1],
        by_hand=declared if by_hand(check) else None,
    )


def _distance(pairs: Mapping[str, Sides], allowed: tuple[float, float], *, every: bool = False) -> Distance:
    """Return the distance over all variants; with ``every``, that at which every student is told."""

    def of(values: Mapping[str, float]) -> float | None:
        found = told(values) if every else max(values.values())
        return float(f"{found:.4g}") if math.isfinite(found) else None

    return Distance(
        absolute=of({variant: distance(pair, 0, 1) for variant, pair in pairs.items()}),
        relative=of({variant: relative(pair) for variant, pair in pairs.items()}),
        allowed=of({variant: distance(pair, *allowed) for variant, pair in pairs.items()}),
    )
