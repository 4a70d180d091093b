"""What every check is: the Protocol, what it sees and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from itertools import compress
from typing import ClassVar, Protocol

import numpy as np

from autograder.core.evidence import Array, Evidence, Json
from autograder.core.text import ABSENT, NOT_NUMBERS, PASSED, Text
from autograder.grading.layout import MappedArrays, stacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything a check may look at for one run of one part.

    Attributes:
        evidence: what the worker saw of the student's code. Untrusted: any array or fact may be anything.
        inputs: what the probe was given, with the arrays that were withheld from the worker.
        reference: the solution's evidence for the same inputs; None where a student checks themselves.
        source: the submission's Python text.
        device: ``cpu`` or ``cuda``; tolerances may depend on it.
    """

    evidence: Evidence
    inputs: Evidence
    reference: Evidence | None = None
    source: str = ""
    device: str = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Many submissions' observations for one task, told from the reference's by values only.

    Attributes:
        model: the reference's own observation; with the submission's evidence and source it is theirs.
        arrays: of each member's evidence; they have the names, shapes and dtypes of the model's.
        facts: of each member's evidence.
        sources: of each member, its Python text.
    """

    model: Observation
    arrays: Sequence[MappedArrays]
    facts: Sequence[Mapping[str, Json]]
    sources: Sequence[str]
    _stacks: dict[str, Array] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.arrays)

    def __iter__(self) -> Iterator[Observation]:
        for arrays, facts, source in zip(self.arrays, self.facts, self.sources, strict=True):
            evidence = Evidence(arrays=arrays, facts=facts)
            yield replace(self.model, evidence=evidence, source=source)

    def stack(self, name: str) -> Array:
        """Return the members' arrays of this name as one of shape (members, *shape) and of their dtype."""
        if name not in self._stacks:
            self._stacks[name] = stacked(self.arrays, name)
        return self._stacks[name]

    def fact(self, name: str) -> list[Json]:
        """Return the members' facts of this name, ``...`` where there is none."""
        return [facts.get(name, ...) for facts in self.facts]

    def where(self, chosen: Array) -> Crowd:
        """Return the members for which an array of truth values is true."""
        return Crowd(
            model=self.model,
            arrays=list(compress(self.arrays, chosen)),
            facts=list(compress(self.facts, chosen)),
            sources=list(compress(self.sources, chosen)),
            _stacks={name: stack[chosen] for name, stack in self._stacks.items()},
        )


@dataclass(frozen=True, slots=True)
class Gallery:
    """Evidence that many submissions are compared with, whose arrays are stacked once."""

    evidence: Sequence[Evidence]
    _stacks: dict[str, list[tuple[list[int], Array]]] = field(default_factory=dict, repr=False)

    def stacks(self, name: str) -> list[tuple[list[int], Array]]:
        """Return the arrays of this name by shape and dtype.

        Returns:
            For each shape and dtype the places in ``evidence`` of those that have it, n of them, and their
            arrays as one of shape (n, *shape).
        """
        if name not in self._stacks:
            forms: dict[object, dict[int, Array]] = {}
            for number, evidence in enumerate(self.evidence):
                if (array := evidence.arrays.get(name)) is not None:
                    forms.setdefault((array.shape, array.dtype), {})[number] = array
            stacks = [(list(same), np.array(list(same.values()))) for same in forms.values()]
            self._stacks[name] = stacks
        return self._stacks[name]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A check's answer. ``manual``: passed so far, and a person gives the points."""

    passed: bool
    message: Text = PASSED
    manual: bool = False


class Check(Protocol):
    """A check; implementations are frozen dataclasses."""

    @property
    def points(self) -> float | None:
        """Points earned by passing; None for a required check."""

    @property
    def label(self) -> str:
        """The name shown in findings."""

    @property
    def public(self) -> bool:
        """Whether it can be judged without a reference, so that students can check themselves."""

    @property
    def open(self) -> bool | None:
        """Whether students may see how it is judged; None where its kind decides."""

    reads_source: ClassVar[bool]
    """Whether it may look at a submission's own text, not at evidence and inputs alone."""

    def judge(self, seen: Observation) -> Ruling:
        """Decide; must not raise, whatever the evidence holds."""

    def alike(self, crowd: Crowd) -> Sequence[bool] | Array:
        """Tell of each member whether it plainly gets the ruling that the model gets, which passes.

        Where this is false, nothing is said: ``judge`` decides.
        """

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        """Whether what this check looks at is the same in ``seen.evidence`` and in ``other``."""

    def resembling(self, seen: Observation, others: Gallery) -> list[bool]:
        """Tell of each in ``others.evidence`` whether it ``resembles``."""


@dataclass(frozen=True, slots=True)
class Named(ABC):
    """What the checks of this package share: the name of what they look at, and their points.

    ``open`` says whether a release may show students how it is judged; None lets the check's kind decide.
    A kind that looks at nothing but evidence and inputs says so by ``reads_source``: it is then judged once
    for all who have the same evidence.
    """

    reads_source: ClassVar[bool] = True

    name: str
    _: KW_ONLY
    points: float | None = None
    open: bool | None = None

    @property
    def label(self) -> str:
        """The name shown in findings."""
        return f"{type(self).__name__}({self.name})"

    @property
    def public(self) -> bool:
        """Judged without a reference unless a subclass says otherwise."""
        return True

    @abstractmethod
    def judge(self, seen: Observation) -> Ruling: ...

    def alike(self, crowd: Crowd) -> Sequence[bool] | Array:
        """Judge one after another, where there is no quicker way."""
        ruling = self.judge(crowd.model)
        return [self.judge(seen) == ruling for seen in crowd]

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        """Whether a mistake can be told by what this check looks at; by default it cannot."""
        return False

    def resembling(self, seen: Observation, others: Gallery) -> list[bool]:
        """Look at one after another, where there is no quicker way."""
        return [self.resembles(seen, other) for other in others.evidence]


def find_array(evidence: Evidence, name: str) -> Array | Text:
    """Return the array, or the sentence that says why there is none."""
    if name in evidence.arrays:
        return evidence.arrays[name]
    if name in evidence.facts:
        return NOT_NUMBERS.format(name=name, got=type(evidence.facts[name]).__name__)
    return ABSENT.format(name=name)


def each(true: Array) -> Array:
    """Return for each member, of which there is one along the first axis, whether all its values are true."""
    return np.asarray(true.all(axis=tuple(range(1, true.ndim))))


def first_index(values: Array) -> tuple[int, ...]:
    """Return the index of the first of the greatest values: in a boolean array, of the first true one."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))
