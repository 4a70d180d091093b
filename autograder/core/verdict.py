"""Verdicts: what was decided about a part, in the form of results.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from numbers import Integral, Real
from typing import Any

from autograder.core.errors import UserError
from autograder.core.outcome import PUBLIC
from autograder.core.text import KINDS, KNOWN_MISTAKE, PASSED, Text

RIGHT = KINDS[PASSED]  # the kind of a finding that says nothing but that all is right


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
    """What one check found in a part.

    Attributes:
        check: the check's label.
        passed: whether it holds on every variant that was judged.
        message: what was found, in one sentence; the mistake's explanation is not part of it.
        kind: what sort of finding it is, for instance ``shape`` or ``differs``; the same for every message
            that is made from one template.
        variant: the name of the variant that it was found on.
        numbers: what the message says in numbers, by the template's names; empty for hidden data.
        mistake: the name of the declared mistake that explains it, if one does.
        explanation: that mistake's explanation.
        manual: whether it waits for a person.
        points: what it earns; 0 for a required check.
        max_points: the most that it can earn; 0 for a required check.
        traceback: the student's own lines of an exception, if there was one.
    """

    check: str
    passed: bool
    message: Text
    kind: str = ""
    variant: str = PUBLIC
    numbers: Mapping[str, float] = field(default_factory=dict, hash=False)
    mistake: str | None = None
    explanation: Text | None = None
    manual: bool = False
    points: float = 0.0
    max_points: float = 0.0
    traceback: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as it stands in results.json, where ``message`` is what people are told."""
        record: dict[str, Any] = {
            "check": self.check,
            "passed": self.passed,
            "message": told(self).to_json(),
            "mistake": self.mistake,
            "points": self.points,
            "max_points": self.max_points,
            "kind": self.kind,
            "variant": self.variant,
            "numbers": dict(self.numbers),
        }
        if self.explanation is not None:
            record |= {"explanation": self.explanation.to_json(), "reason": self.message.to_json()}
        if self.manual:
            record["manual"] = True
        return record | ({"traceback": self.traceback} if self.traceback else {})

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Finding:
        """Read :meth:`to_json` back."""
        texts = {"message": Text(**record.get("reason", record["message"]))}
        if "explanation" in record:
            texts["explanation"] = Text(**record["explanation"])
        return cls(**{name: value for name, value in record.items() if name != "reason"} | texts)


def finding_of(
    check: str, template: Text, /, *, passed: bool = False, manual: bool = False, **fields: Any
) -> Finding:
    """Return a finding whose message is a filled template.

    Args:
        check: the check's label.
        template: one of :mod:`autograder.core.text`; its name in lower case is the finding's kind.
        passed, manual: as of :class:`Finding`.
        fields: of the template; those that are finite numbers become the finding's ``numbers``.
    """
    return Finding(
        check=check,
        passed=passed,
        message=template.format(**fields) if fields else template,
        kind=KINDS[template],
        numbers={
            name: int(value) if isinstance(value, Integral) else float(value)
            for name, value in fields.items()
            if isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)
        },
        manual=manual,
    )


def told(finding: Finding) -> Text:
    """Return the sentence that people read: the message, with the mistake that explains it."""
    if finding.explanation is None:
        return finding.message
    return KNOWN_MISTAKE.format(
        message=finding.message, name=finding.mistake, explanation=finding.explanation
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One student's result on one part; ``manual`` are the points that wait for a person.

    ``seconds`` and ``memory_mb`` (MiB; None if unknown) say what running it took.
    """

    part: str
    status: Status
    points: float
    max_points: float
    findings: tuple[Finding, ...]
    manual: float = 0.0
    seconds: float = 0.0
    memory_mb: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as it stands in results.json, but for whose it is."""
        seconds, memory_mb = self.took()
        findings = [finding.to_json() for finding in self.findings]
        return {**self.judged(), "seconds": seconds, "memory_mb": memory_mb, "findings": findings}

    def judged(self) -> dict[str, Any]:
        """Return what stands in results.json of the points."""
        return {
            "part": self.part,
            "status": self.status.value,
            "points": self.points,
            "max_points": self.max_points,
            "manual": self.manual,
        }

    def took(self) -> tuple[float, float | None]:
        """Return seconds and MiB as they stand in results.json."""
        return round(self.seconds, 3), None if self.memory_mb is None else round(self.memory_mb, 1)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Verdict:
        """Read :meth:`to_json` back."""
        return cls(
            part=row["part"],
            status=Status(row["status"]),
            points=row["points"],
            max_points=row["max_points"],
            findings=tuple(Finding.from_json(finding) for finding in row["findings"]),
            manual=row["manual"],
            seconds=row["seconds"],
            memory_mb=row.get("memory_mb"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One student's result on one question: a verdict for each part, and notes that cost nothing."""

    student: str
    question: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[Text, ...] = ()

    @property
    def whose(self) -> dict[str, str]:
        """Return what each row in results.json begins with."""
        return {"student": self.student, "question": self.question}

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each part, as they stand in results.json."""
        return [self.whose | verdict.to_json() for verdict in self.verdicts]

    def summary(self) -> dict[str, Any]:
        """Return the question's row, as it stands in results.json."""
        notes = [note.to_json() for note in self.notes]
        return {**self.whose, **_sums(self.verdicts), "notes": notes}


def _sums(verdicts: Iterable[Verdict]) -> dict[str, float]:
    """Sum points; ``manual`` and ``ungraded`` wait for a person and for a repaired grader."""
    sums: dict[str, float] = {"points": 0, "max_points": 0, "manual": 0, "ungraded": 0}
    for verdict in verdicts:
        sums["points"] += verdict.points
        sums["max_points"] += verdict.max_points
        sums["manual"] += verdict.manual
        if verdict.status is Status.UNGRADED:
            sums["ungraded"] += verdict.max_points
    return sums


def totals(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Sum the points of each student, in the order of first appearance."""
    by_student: dict[str, list[Verdict]] = {}
    for result in results:
        by_student.setdefault(result.student, []).extend(result.verdicts)
    return [{"student": student, **_sums(verdicts)} for student, verdicts in by_student.items()]


def results_of(content: Mapping[str, Any]) -> Iterator[Result]:
    """Read the results back from the content of results.json, one at a time.

    Raises:
        UserError: its parts do not stand in the order of its questions.
    """
    rows = iter(content["results"])
    row = next(rows, None)
    for question in content["questions"]:
        verdicts = []
        while row and (row["student"], row["question"]) == (question["student"], question["question"]):
            verdicts.append(Verdict.from_json(row))
            row = next(rows, None)
        yield Result(
            student=question["student"],
            question=question["question"],
            verdicts=tuple(verdicts),
            notes=tuple(Text(**note) for note in question["notes"]),
        )
    if row:
        raise UserError(
            f"results.json: what {row['student']!r} has for {row['question']!r} is not in its place; "
            "run autograder rescore"
        )
