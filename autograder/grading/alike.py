"""Tells whether two students' evidence is the same in what the failed checks of a part read."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np

from autograder.checks import AtLeast, AtMost, Close, Forbids, Operators, Relation, Uses
from autograder.checks.closeness import agree, tolerances
from autograder.core.evidence import OPERATORS, Array, Evidence, Json
from autograder.core.exam import Part

SOURCE = Operators, Uses, Forbids  # their findings name what was used: the evidence says no more
_BOUNDS = AtLeast, AtMost
_OF_TRAINED = 1e-3  # of the largest value: what a bound of a metric lets two results differ
_SAMPLED = 32  # elements of an array that are looked at first
_SLACK = 128  # times what is allowed: a coarser dtype may allow so much more

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """What failed checks read of the evidence of a part, and how much of it may differ.

    ``names`` are None if all of it is read; ``checks`` are those with tolerances, by the name they read.
    """

    names: tuple[str, ...] | None
    checks: Mapping[str, Sequence[Close | Relation]]
    device: str

    @classmethod
    def of(cls, part: Part, failed: Collection[str], device: str) -> Reading:
        """Return what the checks of these names read."""
        judging = [check for check in part.checks if check.id in failed and not isinstance(check, SOURCE)]
        checks: dict[str, list[Close | Relation]] = {}
        for check in judging:
            if isinstance(check, Close | Relation):
                for name in check.reads:
                    checks.setdefault(name, []).append(check)
        everything = any(isinstance(check, _BOUNDS) for check in judging)
        names = tuple(sorted({name for check in judging for name in check.reads}))
        return cls(None if everything else names, checks, device)

    def _has(self, name: str) -> bool:
        return name != OPERATORS if self.names is None else name in self.names

    def arrays(self, evidence: Evidence) -> list[tuple[str, Array]]:
        """Return what is compared within tolerance, sorted by name."""
        return [(name, array) for name, array in sorted(evidence.arrays.items()) if self._has(name)]

    def form(self, evidence: Evidence) -> str:
        """Return what must be equal exactly: facts, and the shapes of arrays."""
        facts = {name: _normalised(fact) for name, fact in evidence.facts.items() if self._has(name)}
        shapes = [(name, array.shape) for name, array in self.arrays(evidence)]
        return json.dumps([facts, shapes], sort_keys=True, ensure_ascii=False)

    def allowed(self, name: str, mine: Array, other: Array) -> tuple[float, float]:
        """Return (rtol, atol) between two members: of the checks the largest, else the dtype's default."""
        if self.names is None and name not in self.checks:
            finite = np.abs(other[np.isfinite(other)])
            return 0.0, _OF_TRAINED * float(finite.max(initial=0))
        tried = [(check.rtol, check.atol) for check in self.checks.get(name, ())] or [(None, None)]
        found = [tolerances(rtol, atol, self.device, [mine, other]) for rtol, atol in tried]
        return max(rtol for rtol, _ in found), max(atol for _, atol in found)

    def agree(self, mine: Evidence, other: Evidence) -> bool:
        """Return whether evidence of one form differs by less than is allowed."""
        return all(
            agree(array, other.arrays[name], *self.allowed(name, array, other.arrays[name]))
            for name, array in self.arrays(mine)
        )

    def sketch(self, evidence: Evidence) -> tuple[Array, Array]:
        """Return some of the numbers, NaN and infinities as 0, and by how much each may differ."""
        numbers, allowed = [np.zeros(0)], [np.zeros(0)]
        for name, array in self.arrays(evidence):
            flat = array.reshape(-1)[_places(array.size)]
            rtol, atol = self.allowed(name, array, array)
            some = np.abs(flat).astype(np.float64) if flat.dtype.kind == "c" else flat.astype(np.float64)
            some = np.where(np.isfinite(some), some, 0.0)
            numbers.append(some)
            allowed.append((atol + rtol * np.abs(some)) * _SLACK)
        return np.concatenate(numbers), np.concatenate(allowed)


@lru_cache(maxsize=1024)
def _places(size: int) -> Array:
    """Return where elements are sampled, evenly over an array of this size."""
    return np.linspace(0, max(0, size - 1), min(size, _SAMPLED)).astype(int)


def _normalised(fact: Json) -> Json:
    if isinstance(fact, str):
        return " ".join(fact.split())
    if isinstance(fact, list):
        return [_normalised(one) for one in fact]
    if isinstance(fact, dict):
        return {name: _normalised(one) for name, one in fact.items()}
    return fact


@dataclass(slots=True)
class Alike(Generic[T]):
    """What was seen of evidence of one form, each with a value; found by a few of its numbers first."""

    reading: Reading
    seen: list[tuple[T, Callable[[], Evidence]]] = field(default_factory=list)
    numbers: Array = field(default_factory=lambda: np.zeros((0, 0)))
    allowed: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def find(self, evidence: Evidence) -> T | None:
        """Return the value of the first that agrees with this evidence."""
        if not self.seen:
            return None
        numbers, _ = self.reading.sketch(evidence)
        near = (np.abs(self.numbers - numbers) <= self.allowed).all(axis=1)
        for index in np.flatnonzero(near):
            value, published = self.seen[index]
            if self.reading.agree(evidence, published()):
                return value
        return None

    def add(self, value: T, published: Callable[[], Evidence]) -> None:
        """Add evidence, which is asked for again when it is compared."""
        numbers, allowed = self.reading.sketch(published())
        before = (self.numbers, self.allowed) if self.seen else (np.zeros((0, numbers.size)),) * 2
        self.numbers, self.allowed = np.vstack([before[0], numbers]), np.vstack([before[1], allowed])
        self.seen.append((value, published))
