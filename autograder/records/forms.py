"""The forms of results.json and live.json on disk, and what they are made from."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from autograder.core.exam import Profile
from autograder.core.outcome import PUBLIC
from autograder.core.text import Text
from autograder.core.verdict import RIGHT, Finding, Result, Status, Verdict, told
from autograder.records.manifest import Manifest

_MOST = 10**9
# A whole number stays one when it is read.
Number = Annotated[int, Meta(ge=-_MOST, le=_MOST)] | Annotated[float, Meta(ge=-_MOST, le=_MOST)]


class Header(Struct, frozen=True, kw_only=True):
    """What results.json says of the run.

    Attributes:
        exam, profile, device, isolation: what was graded and how.
        settings: of torch on a GPU.
        versions: of libraries.
        dataset: fingerprints of datasets.
        submitted: when each student handed in, in ISO 8601.
    """

    exam: str
    profile: Profile
    device: str
    isolation: str
    settings: dict[str, str | bool] = field(default_factory=dict)
    versions: dict[str, str]
    dataset: dict[str, str]
    submitted: dict[str, str] = field(default_factory=dict)


class FindingRow(Struct, frozen=True, kw_only=True):
    """A finding in results.json; ``message`` is what people are told, ``reason`` that without a mistake."""

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


class PartRow(Struct, frozen=True, kw_only=True):
    """One student's verdict on one part, as it stands in results.json."""

    student: str
    question: str
    part: str
    status: Status
    points: Number
    max_points: Number
    manual: Number
    seconds: Number
    memory_mb: Annotated[int, Meta(ge=0, le=_MOST)] | Annotated[float, Meta(ge=0, le=_MOST)] | None = None
    findings: tuple[FindingRow, ...]


class TotalRow(Struct, frozen=True, kw_only=True):
    """One student's sums, as they stand in results.json."""

    student: str
    points: Number
    max_points: Number
    manual: Number
    ungraded: Number


class QuestionRow(Struct, frozen=True, kw_only=True):
    """One student's sums and notes for one question, as they stand in results.json."""

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
    """The content of live.json: what results.json will have, as far as it is known.

    ``done`` of ``total`` submissions are judged; ``manifest`` is what run.json will be.
    """

    done: Annotated[int, Meta(ge=0)]
    total: Annotated[int, Meta(ge=0)]
    manifest: Manifest


def part_row(result: Result, verdict: Verdict, findings: tuple[FindingRow, ...]) -> PartRow:
    """Return a verdict as it stands in results.json."""
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
    """Return a row for each part, as they stand in results.json."""
    return [
        part_row(result, verdict, tuple(map(finding_row, verdict.findings))) for verdict in result.verdicts
    ]


def finding_row(finding: Finding) -> FindingRow:
    """Return a finding as it stands in results.json."""
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
    """Read :func:`finding_row` back."""
    return Finding(
        check=row.check,
        passed=row.passed,
        message=row.reason or row.message,
        kind=row.kind or (RIGHT if row.passed else ""),  # there was none before
        variant=row.variant,
        numbers=row.numbers,
        mistake=row.mistake,
        explanation=row.explanation or None,
        manual=bool(row.manual),
        points=row.points,
        max_points=row.max_points,
        traceback=row.traceback or "",
    )
