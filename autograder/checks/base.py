"""The base of all kinds of checks: a name, points, and methods that make findings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from autograder.core.check import Likeness, Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.outcome import EVERYTHING
from autograder.core.text import ABSENT, EMPTY, NOT_NUMBERS, Text
from autograder.core.verdict import NO_LABEL, Finding, finding_of, right


@dataclass(frozen=True, slots=True)
class Named(ABC):
    """A check with the name of the array or fact that it reads, and points.

    ``open`` says whether a release may show students how it judges; None lets the check's kind decide.
    A kind that reads only evidence and inputs sets ``reads_source`` to False: equal evidence is then
    judged once.
    """

    reads_source: ClassVar[bool] = True
    reads_facts: ClassVar[bool] = False
    about: ClassVar[Text] = Text("{name}", "{name}")  # the label of a check that declares none
    sentence: ClassVar[str] = ""  # the field with what its kind says to people besides the label

    name: str
    _: KW_ONLY
    points: float | None = None
    open: bool | None = None
    label: Text = NO_LABEL

    def __post_init__(self) -> None:
        if self.label == NO_LABEL:
            object.__setattr__(self, "label", self.about.format(name=self.name))

    @property
    def labelled(self) -> bool:
        """Whether it has another label than that of its kind."""
        return self.label != self.about.format(name=self.name)

    @property
    def lacking(self) -> str:
        """The field of the words that people need and that it lacks; empty if it has them."""
        if self.about is Named.about and not self.labelled:
            return "label"
        return self.sentence if self.sentence and getattr(self, self.sentence) == EMPTY else ""

    @property
    def id(self) -> str:
        """The check's name in results.json."""
        return f"{type(self).__name__}({self.name})"

    @property
    def public(self) -> bool:
        """Whether it needs no reference; True unless a subclass says otherwise."""
        return True

    @property
    def reads(self) -> tuple[str, ...]:
        """The names that it reads of the evidence; its own unless a subclass says otherwise."""
        return (self.name,)

    @abstractmethod
    def judge(self, seen: Observation) -> Finding: ...

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        """Return how both compare in what this check reads; silent unless a subclass says otherwise."""
        return Likeness.SILENT

    def worth(self, points: float) -> Self:
        """Return the check with points."""
        return replace(self, points=points)

    def passes(self) -> Finding:
        """Return the passed finding."""
        return right(self.id, self.label)

    def fails(self, template: Text, **fields: Any) -> Finding:
        """Return a failed finding with the filled template as its message."""
        return finding_of(self.id, template, **fields)

    def lacks(self, seen: Observation, name: str) -> Finding:
        """Return a failed finding: the evidence has no array of this name; it says why, if that is known."""
        if name in seen.evidence.facts:
            return self.fails(NOT_NUMBERS, got=type(seen.evidence.facts[name]).__name__)
        if (fault := seen.missing.get(name, seen.missing.get(EVERYTHING))) is not None:
            return Finding(
                check=self.id,
                passed=False,
                message=fault.message,
                kind=fault.kind.value,
                traceback=fault.traceback,
                label=self.label,
            )
        return self.fails(ABSENT)


def first_index(values: Array) -> tuple[int, ...]:
    """Return the index of the maximum, the first of several; in a boolean array, of the first True."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(values)), values.shape))
