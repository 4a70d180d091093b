"""What the kinds of checks share: a name and points, and how they say what they found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from autograder.core.check import Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.text import ABSENT, NOT_NUMBERS, Text
from autograder.core.verdict import Finding, finding_of, right


@dataclass(frozen=True, slots=True)
class Named(ABC):
    """What the checks of this package share: the name of what they look at, and their points.

    ``open`` says whether a release may show students how it is judged; None lets the check's kind decide.
    A kind that looks at nothing but evidence and inputs sets ``reads_source`` to False: those who have the
    same evidence are then judged once.
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
    def judge(self, seen: Observation) -> Finding: ...

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        """Return whether a mistake can be told by what this check looks at; by default it cannot."""
        return False

    def passes(self) -> Finding:
        """Return the finding that all is right."""
        return right(self.label)

    def fails(self, template: Text, **fields: Any) -> Finding:
        """Return a finding that did not pass, with the filled template as its message."""
        return finding_of(self.label, template, **fields)

    def lacks(self, evidence: Evidence, name: str) -> Finding:
        """Return the finding that the evidence has no array of this name."""
        if name in evidence.facts:
            return self.fails(NOT_NUMBERS, name=name, got=type(evidence.facts[name]).__name__)
        return self.fails(ABSENT, name=name)


def first_index(values: Array) -> tuple[int, ...]:
    """Return the index of the first of the largest values: in a boolean array, of the first true one."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))
