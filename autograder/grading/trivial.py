"""Answers that take no thought, in the shapes of the solution's: they must not earn what proves knowledge."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from autograder.checks import AtLeast, AtMost, Essay
from autograder.core.check import Check
from autograder.core.evidence import Array, Evidence, Json
from autograder.core.exam import Part
from autograder.core.outcome import PUBLIC, Outcome, Task
from autograder.grading.grade import References, grade_part, observe

_Change = Callable[[Evidence, Evidence], Evidence]  # (the solution's evidence, the inputs) -> an answer
EVERYTHING = "everything"  # stands for a check where all points are earned


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What a trivial answer earns: the check that it passes, or EVERYTHING, and the points."""

    answer: str
    check: str
    points: float


def earned_by_trivial_answers(
    part: Part, references: References, device: str, withheld: Collection[str] = ()
) -> list[Earned]:
    """Return what trivial answers earn by checks that compare with the reference or ask for a threshold.

    Arrays are replaced by zeros, ones, NaN, their mean or commonest value, random values of the same spread
    (as an untrained network gives) and inputs of the same shape; facts of several truth values by one of
    them. The rest stays the solution's, and only checks count that fail without what is replaced. Where all
    that is judged is arrays, an answer may pass other checks too, such as equations, but not every check.

    Args:
        part: the declaration.
        references: with the solution's evidence for every variant.
        device: where the solution ran.
        withheld: names of inputs that students do not get.
    """
    trial = _Trial(part, replace(references, mistakes=()), device)
    telling = [check for check in part.checks if not check.public or isinstance(check, AtLeast | AtMost)]
    judging = [check for check in trial.failing(_only()) if not isinstance(check, Essay)]
    found = trial.earned("None", _only(), telling, [])
    reading = trial.failing(_only(facts=lambda fact: True))
    deciding = judging if all(check in reading for check in judging) else []
    for name, change in trial.replacing_arrays(withheld) if reading else ():
        found += trial.earned(name, change, [check for check in telling if check in reading], deciding)
    reading = trial.failing(_only(True, lambda fact: not _truths(fact)))
    for truth in (True, False) if reading else ():
        found += trial.earned(f"{truth} throughout", _saying(truth), reading, [])
    return found


@dataclass(frozen=True, slots=True)
class _Trial:
    part: Part
    references: References
    device: str

    @property
    def solution(self) -> Mapping[str, Outcome]:
        """The solution's outcomes by variant."""
        assert self.references.solution is not None
        return self.references.solution.of_part(self.part.name)

    def earned(
        self, name: str, change: _Change, telling: Collection[Check], deciding: Collection[Check]
    ) -> list[Earned]:
        """Return which of the telling checks an answer passes and earns points by; or if it passes all."""
        assert self.references.solution is not None
        outcomes = {
            Task(self.part.name, variant): Outcome(evidence=self._changed(variant, change))
            for variant in self.solution
        }
        attempt = replace(self.references.solution, outcomes=outcomes)
        verdict = grade_part(self.part, attempt, self.references, self.device)
        if verdict.points <= 0:
            return []
        judged = list(zip(self.part.checks, verdict.findings, strict=False))
        passed = [check for check, finding in judged if finding.passed and check.points != 0]
        found = [self._worth(name, check.id, [check]) for check in passed if check in telling]
        earning = [check for check in deciding if check.points != 0]
        if not found and earning and all(check in passed for check in earning):
            found.append(self._worth(name, EVERYTHING, earning))
        return found

    def _worth(self, name: str, check: str, checks: Collection[Check]) -> Earned:
        points = sum(check.points or 0 for check in checks) or self.part.points
        return Earned(answer=name, check=check, points=points)

    def failing(self, change: _Change) -> list[Check]:
        """Return the checks that fail after a change."""
        return [check for check in self.part.checks if not self._passes(check, change)]

    def _passes(self, check: Check, change: _Change) -> bool:
        """Return whether a check passes on every variant."""
        attempt, name = self.references.solution, self.part.name
        assert attempt is not None
        for variant in self.solution:
            seen = observe(Task(name, variant), attempt, self.references, self.device)
            if not check.judge(replace(seen, evidence=self._changed(variant, change))).passed:
                return False
        return True

    def _changed(self, variant: str, change: _Change) -> Evidence:
        evidence = self.solution[variant].evidence
        assert evidence is not None
        return change(evidence, self.references.inputs[Task(self.part.name, variant)])

    def replacing_arrays(self, withheld: Collection[str]) -> Iterator[tuple[str, _Change]]:
        """Yield the changes of all arrays, by the name of the answer."""
        for name, fill in _FILLS.items():
            yield name, _filled(fill)
        evidence = self.solution[PUBLIC].evidence or Evidence()
        shapes = {array.shape for array in evidence.arrays.values() if array.size > 1}
        calls = self.part.parsed_calls  # a probe may give any input
        for name, given in sorted(self.references.inputs[Task(self.part.name)].arrays.items()):
            handed = not calls or any(name in call.names for call in calls)
            if handed and given.shape in shapes and name not in withheld:
                yield f"the input {name}", _taken(name)


def _only(arrays: bool = False, facts: Callable[[Json], bool] = lambda fact: False) -> _Change:
    """Return the change that keeps all or no arrays, and these facts."""
    return lambda evidence, inputs: Evidence(
        arrays=evidence.arrays if arrays else {},
        facts={name: fact for name, fact in evidence.facts.items() if facts(fact)},
    )


def _filled(fill: Callable[[Array], Array]) -> _Change:
    def change(evidence: Evidence, inputs: Evidence) -> Evidence:
        return replace(evidence, arrays={name: fill(array) for name, array in evidence.arrays.items()})

    return change


def _taken(name: str) -> _Change:
    """Return the change that puts an input where it has the shape, and zeros elsewhere."""

    def change(evidence: Evidence, inputs: Evidence) -> Evidence:
        given = inputs.arrays[name]
        arrays = {
            other: given.astype(array.dtype) if given.shape == array.shape else np.zeros_like(array)
            for other, array in evidence.arrays.items()
        }
        return replace(evidence, arrays=arrays)

    return change


def _not_a_number(array: Array) -> Array:
    return np.full(array.shape, np.nan, array.dtype if array.dtype.kind in "fc" else np.float64)


def _constant(array: Array) -> Array:
    """Return the mean of several floats, else the commonest of several values; zero for a single one."""
    if array.size < 2:
        return np.zeros_like(array)
    if array.dtype.kind in "fc":
        finite = array[np.isfinite(array)]
        return np.full_like(array, finite.mean() if finite.size else 0)
    values, counts = np.unique(array, return_counts=True)
    return np.full_like(array, values[counts.argmax()])


def _random(array: Array) -> Array:
    """Return values in another order, floats of the same mean and spread, or rows of probabilities."""
    rng = np.random.default_rng(array.size)
    if array.size < 2:
        return np.zeros_like(array)
    if array.dtype.kind not in "fc":
        return np.asarray(rng.permutation(array.ravel()).reshape(array.shape))
    drawn = rng.normal(size=array.shape)
    if array.ndim > 1 and bool((array >= 0).all()) and np.allclose(array.sum(-1), 1, atol=1e-3):
        drawn = np.exp(drawn) / np.exp(drawn).sum(-1, keepdims=True)
    elif (finite := array[np.isfinite(array)]).size:
        drawn = finite.mean() + finite.std() * drawn
    return np.asarray(drawn.astype(array.dtype))


_FILLS: Mapping[str, Callable[[Array], Array]] = {
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "NaN": _not_a_number,
    "a constant": _constant,
    "random values": _random,
}


def _truths(fact: Json) -> bool:
    """Return whether a fact is a list or a mapping of several truth values."""
    items = list(fact.values() if isinstance(fact, dict) else fact if isinstance(fact, list) else ())
    return len(items) > 1 and all(isinstance(item, bool) for item in items)


def _saying(truth: bool) -> _Change:
    """Return the change that says the same in every fact of several truth values."""

    def said(fact: Json) -> Json:
        if not _truths(fact):
            return fact
        return dict.fromkeys(fact, truth) if isinstance(fact, dict) else [truth] * len(fact)

    def change(evidence: Evidence, inputs: Evidence) -> Evidence:
        return replace(evidence, facts={name: said(fact) for name, fact in evidence.facts.items()})

    return change
