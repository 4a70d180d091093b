"""Verdicts: what was decided about a part, in the form of results.json."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from autograder.text import Text


class Status(StrEnum):
    """The state of a part."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    FAULT = "fault"  # the student's code gave no evidence
    MANUAL = "manual"  # waits for a person
    UNGRADED = "ungraded"  # a failure of ours, never a zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found. ``points`` and ``max_points`` are 0 for a required check."""

    check: str
    passed: bool
    message: Text
    points: float = 0.0
    max_points: float = 0.0
    mistake: str | None = None
    traceback: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as it stands in results.json."""
        record: dict[str, Any] = {
            "check": self.check,
            "passed": self.passed,
            "message": self.message.to_json(),
            "mistake": self.mistake,
            "points": self.points,
            "max_points": self.max_points,
        }
        return record | ({"traceback": self.traceback} if self.traceback else {})

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Finding:
        """Read :meth:`to_json` back."""
        return cls(**(record | {"message": Text(**record["message"])}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One student's result on one part; ``manual`` are the points that wait for a person."""

    part: str
    status: Status
    points: float
    max_points: float
    findings: tuple[Finding, ...]
    manual: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A verdict with whose it is."""

    student: str
    question: str
    verdict: Verdict

    def to_json(self) -> dict[str, Any]:
        """Return the row as it stands in results.json."""
        verdict = self.verdict
        return {
            "student": self.student,
            "question": self.question,
            "part": verdict.part,
            "status": verdict.status.value,
            "points": verdict.points,
            "max_points": verdict.max_points,
            "manual": verdict.manual,
            "seconds": round(verdict.seconds, 3),
            "findings": [finding.to_json() for finding in verdict.findings],
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Result:
        """Read :meth:`to_json` back."""
        verdict = Verdict(
            part=row["part"],
            status=Status(row["status"]),
            points=row["points"],
            max_points=row["max_points"],
            findings=tuple(Finding.from_json(finding) for finding in row["findings"]),
            manual=row["manual"],
            seconds=row["seconds"],
        )
        return cls(student=row["student"], question=row["question"], verdict=verdict)


def totals(results: Iterable[Result], *, by_question: bool = False) -> list[dict[str, Any]]:
    """Sum the points of each student, or of each student's questions, in the order of first appearance.

    ``manual`` and ``ungraded`` are the points that wait for a person and for a repaired grader.
    """
    sums: dict[tuple[str, ...], dict[str, Any]] = {}
    for result in results:
        whose = {"student": result.student} | ({"question": result.question} if by_question else {})
        zero = {"points": 0.0, "max_points": 0.0, "manual": 0.0, "ungraded": 0.0}
        row = sums.setdefault(tuple(whose.values()), {**whose, **zero})
        verdict = result.verdict
        row["points"] += verdict.points
        row["max_points"] += verdict.max_points
        row["manual"] += verdict.manual
        if verdict.status is Status.UNGRADED:
            row["ungraded"] += verdict.max_points
    return list(sums.values())
