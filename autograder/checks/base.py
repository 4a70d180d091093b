"""The base of all kinds of checks: a name, points, and methods that make findings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from autograder.core.check import Likeness, Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.text import ABSENT, NOT_NUMBERS, Text
from autograder.core.verdict import Finding, finding_of, right


@dataclass(frozen=True, slots=True)
class Named(ABC):
    """A check with the name of the array or fact that it reads, and points.

    ``open`` says whether a release may show students how it judges; None lets the check's kind decide.
    A kind that reads only evidence and inputs sets ``reads_source`` to False: equal evidence is then
    judged once.
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
        """Whether it needs no reference; True unless a subclass says otherwise."""
        return True

    @abstractmethod
    def judge(self, seen: Observation) -> Finding: ...

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        """Return how both compare in what this check reads; silent unless a subclass says otherwise."""
        return Likeness.SILENT

    def passes(self) -> Finding:
        """Return the passed finding."""
        return right(self.label)

    def fails(self, template: Text, **fields: Any) -> Finding:
        """Return a failed finding with the filled template as its message."""
        return finding_of(self.label, template, **fields)

    def lacks(self, evidence: Evidence, name: str) -> Finding:
        """Return a failed finding: the evidence has no array of this name."""
        if name in evidence.facts:
            return self.fails(NOT_NUMBERS, name=name, got=type(evidence.facts[name]).__name__)
        return self.fails(ABSENT, name=name)


def first_index(values: Array) -> tuple[int, ...]:
    """Return the index of the maximum, the first of several; in a boolean array, of the first True."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))
