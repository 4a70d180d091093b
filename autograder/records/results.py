"""results.json: written and read a student at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from msgspec import structs

from autograder.core.verdict import Finding, Result, Status, StudentResults, Totals, Verdict, by_student
from autograder.course.question_files import question_number
from autograder.probing.arrays import CUBLAS, DETERMINISTIC
from autograder.records.forms import (
    Header,
    PartRow,
    QuestionRow,
    TotalRow,
    finding_row,
    part_row,
    verdict_of_row,
)
from autograder.records.manifest import Manifest
from autograder.records.rows import RowError, line_of, write_by_line

LISTS = ("results", "questions", "totals")
_KNOWN = 512  # findings whose lines are kept


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
        absent=manifest.absent,
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
    write_lines(file, results.header, Encoder().lines(results.students()), spool, **before)


def write_lines(
    file: IO[bytes],
    header: Header,
    lines: Iterable[tuple[str, bytes]],
    spool: Path | None = None,
    **before: Any,
) -> None:
    """Write results as :func:`write_json` does, from the lines of an :class:`Encoder`."""
    write_by_line(file, {**before, **structs.asdict(header)}, LISTS, lines, spool)


class Encoder:
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
                    **_sums(result.totals),
                )
                yield "questions", line_of(row)
            yield "totals", line_of(TotalRow(student=student.student, **_sums(student.totals)))

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


def _sums(totals: Totals) -> dict[str, float]:
    return {name: getattr(totals, name) for name in totals.__slots__}  # asdict would copy deeply


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
            verdicts.append(verdict_of_row(row))
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
