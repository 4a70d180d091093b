"""The forms of results.json and live.json on disk, and what they are made from."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from autograder.core.framework import Profile
from autograder.core.outcome import PUBLIC
from autograder.core.text import Text
from autograder.core.verdict import NO_LABEL, RIGHT, Finding, Result, Status, Verdict, told
from autograder.records.manifest import Manifest

_MAX = 10**9
# An integer stays an integer when it is read back.
Number = Annotated[int, Meta(ge=-_MAX, le=_MAX)] | Annotated[float, Meta(ge=-_MAX, le=_MAX)]


class Header(Struct, frozen=True, kw_only=True):
    """The fields of results.json that describe the run.

    Attributes:
        exam, profile, device, isolation: what was graded and how.
        settings: torch's settings for repeatable results on a GPU.
        versions: library versions by name.
        dataset: dataset fingerprints by name.
        submitted: the time of each student's submission, in ISO 8601.
        absent: who handed in no answer to any question.
    """

    exam: str
    profile: Profile
    device: str
    isolation: str
    settings: dict[str, str | bool] = field(default_factory=dict)
    versions: dict[str, str]
    dataset: dict[str, str]
    submitted: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


class FindingRow(Struct, frozen=True, kw_only=True):
    """A finding in results.json; ``message`` is the text shown, ``reason`` the same without the mistake."""

    check: str
    passed: bool
    message: Text
    mistake: str | None
    points: Number
    max_points: Number
    kind: str = ""
    variant: str = PUBLIC
    numbers: dict[str, int | float] = field(default_factory=dict)
    explanation: Text | UnsetType = UNSET
    reason: Text | UnsetType = UNSET
    manual: bool | UnsetType = UNSET
    traceback: str | UnsetType = UNSET
    label: Text | UnsetType = UNSET


class PartRow(Struct, frozen=True, kw_only=True):
    """The row in results.json of one student's verdict on one part."""

    student: str
    question: str
    part: str
    status: Status
    points: Number
    max_points: Number
    manual: Number
    seconds: Number
    memory_mb: Annotated[int, Meta(ge=0, le=_MAX)] | Annotated[float, Meta(ge=0, le=_MAX)] | None = None
    findings: tuple[FindingRow, ...]


class TotalRow(Struct, frozen=True, kw_only=True):
    """The row in results.json of one student's totals."""

    student: str
    points: Number
    max_points: Number
    manual: Number
    ungraded: Number


class QuestionRow(Struct, frozen=True, kw_only=True):
    """The row in results.json of one student's totals and notes for one question."""

    student: str
    question: str
    points: Number
    max_points: Number
    manual: Number
    ungraded: Number
    notes: tuple[Text, ...]


class ResultsFile(Header, frozen=True, kw_only=True):
    """The content of results.json."""

    results: tuple[PartRow, ...]
    questions: tuple[QuestionRow, ...]
    totals: tuple[TotalRow, ...]


class LiveFile(ResultsFile, frozen=True, kw_only=True):
    """The content of live.json: the results known so far.

    ``done`` of ``total`` submissions are judged; ``manifest`` is the future content of run.json.
    """

    done: Annotated[int, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0)]
    manifest: Manifest


def part_row(result: Result, verdict: Verdict, findings: tuple[FindingRow, ...]) -> PartRow:
    """Return the row of one verdict."""
    return PartRow(
        student=result.student,
        question=result.question,
        part=verdict.part,
        status=verdict.status,
        points=verdict.points,
        max_points=verdict.max_points,
        manual=verdict.manual,
        seconds=round(verdict.seconds, 3),
        memory_mb=None if verdict.memory_mb is None else round(verdict.memory_mb, 1),
        findings=findings,
    )


def part_rows(result: Result) -> list[PartRow]:
    """Return the rows of a result, one per part."""
    return [
        part_row(result, verdict, tuple(map(finding_row, verdict.findings))) for verdict in result.verdicts
    ]


def finding_row(finding: Finding) -> FindingRow:
    """Return the row of one finding."""
    return FindingRow(
        check=finding.check,
        passed=finding.passed,
        message=told(finding),
        mistake=finding.mistake,
        points=finding.points,
        max_points=finding.max_points,
        kind=finding.kind,
        variant=finding.variant,
        numbers=dict(finding.numbers),
        explanation=finding.explanation or UNSET,
        reason=finding.message if finding.explanation else UNSET,
        manual=finding.manual or UNSET,
        traceback=finding.traceback or UNSET,
        label=finding.label if finding.label != NO_LABEL else UNSET,
    )


def verdict_of_row(row: PartRow) -> Verdict:
    """Read :func:`part_row` back; what was rounded stays so."""
    return Verdict(
        part=row.part,
        status=row.status,
        points=row.points,
        max_points=row.max_points,
        findings=tuple(map(finding_of_row, row.findings)),
        manual=row.manual,
        seconds=row.seconds,
        memory_mb=row.memory_mb,
    )


def finding_of_row(row: FindingRow) -> Finding:
    """Return the finding that :func:`finding_row` was given."""
    return Finding(
        check=row.check,
        passed=row.passed,
        message=row.reason or row.message,
        kind=row.kind or (RIGHT if row.passed else ""),  # older files have no kind
        variant=row.variant,
        numbers=row.numbers,
        mistake=row.mistake,
        explanation=row.explanation or None,
        manual=bool(row.manual),
        points=row.points,
        max_points=row.max_points,
        traceback=row.traceback or "",
        label=row.label or NO_LABEL,
    )
