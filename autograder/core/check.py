"""What a check is, and what it may look at. The kinds of checks are in ``autograder.checks``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from autograder.core.evidence import Evidence
from autograder.core.verdict import Finding


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

    def judge(self, seen: Observation) -> Finding:
        """Return what was found, without points, which grading adds.

        Raises:
            LookupError: the reference or an input lacks what the declaration promises. Nothing else is
                raised, whatever the evidence holds.
        """

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        """Return whether what this check looks at is the same in ``seen.evidence`` and in ``other``."""
