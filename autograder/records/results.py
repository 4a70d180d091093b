"""results.json: written and read a student at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field, structs

from autograder.core.exam import Profile
from autograder.core.outcome import PUBLIC
from autograder.core.text import Text
from autograder.core.verdict import RIGHT, Finding, Result, Status, StudentResults, Verdict, by_student, told
from autograder.course.catalog import question_number
from autograder.probing.arrays import CUBLAS, DETERMINISTIC
from autograder.records.manifest import Manifest
from autograder.records.rows import RowError, line_of, write_by_line

LISTS = ("results", "questions", "totals")
_KNOWN = 512  # findings whose lines are kept
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


@dataclass(frozen=True, slots=True)
class ClassResults:
    """What a class got.

    Attributes:
        header: of the run.
        read: returns the results, each student's together; a large class is read from its file each time.
    """

    header: Header
    read: Callable[[], Iterable[Result]]

    def __iter__(self) -> Iterator[Result]:
        return iter(self.read())

    def students(self) -> Iterator[StudentResults]:
        """Yield what each student got, one at a time."""
        return by_student(self)

    def in_memory(self) -> ClassResults:
        """Return the same, not read again each time: for what needs the whole class many times."""
        return results_in_memory(self.header, self)

    def has_ungraded(self) -> bool:
        """Return whether some part is ungraded."""
        return any(verdict.status is Status.UNGRADED for result in self for verdict in result.verdicts)


def results_in_memory(header: Header, found: Iterable[Result]) -> ClassResults:
    """Return results that stand in no file."""
    kept = list(found)
    return ClassResults(header, lambda: kept)


def header_of(manifest: Manifest) -> Header:
    """Return what results.json says of a run."""
    versions: dict[str, str] = {}
    datasets: dict[str, str] = {}
    for question in manifest.questions.values():
        versions |= question.versions
        datasets |= question.datasets
    return Header(
        exam=manifest.exam,
        profile=manifest.profile,
        device=manifest.device,
        isolation=manifest.isolation,
        settings={**DETERMINISTIC, **CUBLAS},
        versions=versions,
        dataset=datasets,
        submitted=manifest.submitted,
    )


def in_order(result: Result) -> tuple[str, int]:
    """Return what results are sorted by: the student, then the question's number."""
    return result.student, question_number(result.question)


# -- writing ------------------------------------------------------------------------------------------------


def write_json(file: IO[bytes], results: ClassResults, spool: Path | None = None, **before: Any) -> None:
    """Write results as JSON, of which one student's are in memory at a time.

    Args:
        file: where to.
        results: what to write.
        spool: a folder for temporary files; the system's by default.
        before: what stands before the header.

    Raises:
        OSError: it cannot be written.
    """
    entries = {**before, **structs.asdict(results.header)}
    write_by_line(file, entries, LISTS, _Encoder().lines(results.students()), spool)


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


class _Encoder:
    """Makes lines of results; findings that many verdicts share are encoded once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[Finding, ...], bytes]] = {}

    def lines(self, students: Iterable[StudentResults]) -> Iterator[tuple[str, bytes]]:
        """Yield (list, line): parts, questions and totals, student by student."""
        for student in students:
            for result in student.results:
                for verdict in result.verdicts:
                    yield "results", self._part(result, verdict)
                row = QuestionRow(
                    student=student.student,
                    question=result.question,
                    notes=result.notes,
                    **asdict(result.totals),
                )
                yield "questions", line_of(row)
            yield "totals", line_of(TotalRow(student=student.student, **asdict(student.totals)))

    def _part(self, result: Result, verdict: Verdict) -> bytes:
        line = line_of(part_row(result, verdict, ()))
        return line.removesuffix(b"[]}") + self._findings(verdict.findings) + b"}"

    def _findings(self, findings: tuple[Finding, ...]) -> bytes:
        if (known := self._known.get(id(findings))) is None:
            if len(self._known) == _KNOWN:
                self._known.clear()
            # With the findings themselves, so that no others get their id.
            known = self._known[id(findings)] = findings, line_of([finding_row(one) for one in findings])
        return known[1]


# -- reading ------------------------------------------------------------------------------------------------


def results_of(
    header: Header, parts: Iterable[PartRow], questions: Iterable[QuestionRow], path: Path
) -> ClassResults:
    """Return the results that stand in a file's rows.

    Raises:
        RowError: when they are read: the rows of ``path`` are not in their order.
    """
    return ClassResults(header, lambda: _joined(parts, questions, path))


def _joined(parts: Iterable[PartRow], questions: Iterable[QuestionRow], path: Path) -> Iterator[Result]:
    rows, last = iter(parts), ""
    row = next(rows, None)
    for question in questions:
        verdicts = []
        while row and (row.student, row.question) == (question.student, question.question):
            verdicts.append(_verdict(row))
            row = next(rows, None)
        if question.student < last:
            raise _out_of_place(path, question)
        last = question.student
        yield Result(student=last, question=question.question, verdicts=tuple(verdicts), notes=question.notes)
    if row:
        raise _out_of_place(path, row)


def _out_of_place(path: Path, row: PartRow | QuestionRow) -> RowError:
    return RowError(
        f"{path}: what {row.student!r} has for {row.question!r} is not in its place; run autograder rescore"
    )


def _verdict(row: PartRow) -> Verdict:
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
