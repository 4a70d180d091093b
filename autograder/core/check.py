"""The Check protocol and what a check may read. The kinds of checks are in ``autograder.checks``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar, Protocol

from autograder.core.evidence import Evidence
from autograder.core.outcome import Fault
from autograder.core.text import Text
from autograder.core.verdict import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything a check may read of one run of one part.

    Attributes:
        evidence: what the probe returned for the student's code. Untrusted: any value may be anything.
        inputs: the probe's arrays and settings, and the arrays withheld from the worker.
        reference: the solution's evidence for the same inputs; None in a student's self-check.
        source: the submission's Python text.
        modules: the names of the student's own modules whose text is part of it.
        device: ``cpu`` or ``cuda``; tolerances may depend on it.
        missing: by name, why what should have been observed is not in the evidence.
    """

    evidence: Evidence
    inputs: Evidence
    reference: Evidence | None = None
    source: str = ""
    modules: tuple[str, ...] = ()
    device: str = "cpu"
    missing: Mapping[str, Fault] = field(default_factory=dict)


class AbsentReferenceError(LookupError):
    """The reference lacks what the declaration promises: the author's or our failure, never a student's."""


class Likeness(Enum):
    """How what a check reads compares in two pieces of evidence."""

    DIFFERENT = auto()
    SILENT = auto()  # it does not differ, but shows nothing that tells a mistake from others
    SAME = auto()  # wrong in the same way


class Check(Protocol):
    """A check; implementations are frozen dataclasses."""

    @property
    def points(self) -> float | None:
        """Points earned by passing; None for a required check."""

    @property
    def id(self) -> str:
        """The check's name in results.json."""

    @property
    def label(self) -> Text:
        """What it is about, for students."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The names that it reads of the evidence."""

    reads_facts: ClassVar[bool]
    """Whether what it reads are facts; otherwise arrays."""

    @property
    def public(self) -> bool:
        """Whether it needs no reference, so that students can run it themselves."""

    @property
    def open(self) -> bool | None:
        """Whether students may see how it judges; None lets the kind of check decide."""

    reads_source: ClassVar[bool]
    """Whether it reads the submission's source besides evidence and inputs."""

    def judge(self, seen: Observation) -> Finding:
        """Return the finding, with 0 points: grading adds the points.

        Raises:
            AbsentReferenceError: the reference lacks what the declaration promises.
            Exception: whatever an author's function raises on this evidence.
        """

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        """Return how the values that this check reads compare in ``seen.evidence`` and ``other``.

        Values that are NaN, or those of the reference, are silent.
        """
