"""Who changes between two sets of results of a class, and by how much: as lines, a table, JSON and CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import IO

from msgspec import Struct
from rich.table import Table

from autograder.core.text import Language, Text
from autograder.core.verdict import Status
from autograder.grading.comparing import Comparison, PartChange, Standing, StudentChange
from autograder.reports.heads import add_columns
from autograder.reports.names import STATUS_NAMES
from autograder.reports.part import escape
from autograder.reports.spreadsheet import safe

_COLUMNS = ("student", "question", "part")
_STANDING = ("points", "max_points", "manual", "status", "mistakes")
_NOTHING = Text(ko="아무도 달라지지 않습니다.", en="Nobody changes.")
_COUNTED = Text(
    ko="{students}명 가운데 {changed}명이 달라집니다: {gain}명은 점수가 오르고 {lose}명은 내립니다.",
    en="{changed} of {students} students change: {gain} get more points, {lose} fewer.",
)
_HEADINGS = (
    Text(ko="학생", en="student"),
    Text(ko="합계", en="total"),
    Text(ko="차이", en="change"),
    Text(ko="소문항", en="parts"),
)


class PartMove(Struct, frozen=True, kw_only=True):
    """A part of a student that changes, in JSON; None where there is no such part."""

    question: str
    part: str
    points: float
    before: Standing | None
    after: Standing | None


class StudentMove(Struct, frozen=True, kw_only=True):
    """A student who changes, in JSON; ``before`` and ``after`` are the total points."""

    student: str
    points: float
    before: float | None
    after: float | None
    parts: tuple[PartMove, ...]


class Moves(Struct, frozen=True, kw_only=True):
    """Two sets of results, in JSON: how many students there are, get more and get fewer points."""

    students: int
    gain: int
    lose: int
    changes: tuple[StudentMove, ...]


def moves_of(found: Comparison) -> Moves:
    """Return a comparison as JSON has it."""
    return Moves(
        students=found.students, gain=found.gain, lose=found.lose, changes=tuple(map(_student, found.changes))
    )


def _student(change: StudentChange) -> StudentMove:
    return StudentMove(
        student=change.student,
        points=change.points,
        before=change.before.points if change.before else None,
        after=change.after.points if change.after else None,
        parts=tuple(
            PartMove(
                question=one.question, part=one.part, points=one.points, before=one.before, after=one.after
            )
            for one in change.parts
        ),
    )


def counted(found: Comparison) -> Text:
    """Return in one sentence how many change."""
    if not found.changes:
        return _NOTHING
    return _COUNTED.format(
        students=found.students, changed=len(found.changes), gain=found.gain, lose=found.lose
    )


def moves_table(found: Comparison, language: Language) -> Table:
    """Return a table of who changes, those who lose most first."""
    table = Table(title=counted(found)[language], show_lines=True)
    add_columns(table, _HEADINGS, language)
    for change in sorted(found.changes, key=lambda one: (one.points, one.student)):
        totals = " → ".join(f"{one.points:g}" if one else "–" for one in (change.before, change.after))
        lines = "\n".join(_line(part, language) for part in change.parts)
        table.add_row(escape(change.student), totals, f"{change.points:+g}", escape(lines))
    return table


def _line(change: PartChange, language: Language) -> str:
    both = " → ".join(_standing(one, language) for one in (change.before, change.after))
    return f"{change.question} {change.part}: {both}"


def _standing(one: Standing | None, language: Language) -> str:
    if one is None:
        return "–"
    said = f"{one.points:g}/{one.max_points:g}"
    if one.status not in (Status.PASSED, Status.PARTIAL, Status.FAILED) or one.mistakes:
        words = [*one.mistakes] or [STATUS_NAMES[one.status][language]]
        said += f" ({', '.join(words)})"
    return said


def write_moves(file: IO[str], found: Comparison) -> None:
    """Write a row for each part that changes, as CSV."""
    writer = csv.writer(file)
    writer.writerow([*_COLUMNS, *(f"{name}_{when}" for when in ("before", "after") for name in _STANDING)])
    writer.writerows([safe(value) for value in row] for row in _rows(found.changes))


def _rows(changes: Sequence[StudentChange]) -> Iterator[list[object]]:
    for change in changes:
        for part in change.parts:
            yield [part.student, part.question, part.part, *_cells(part.before), *_cells(part.after)]


def _cells(one: Standing | None) -> list[object]:
    if one is None:
        return [""] * len(_STANDING)
    return [one.points, one.max_points, one.manual, one.status.value, ", ".join(one.mistakes)]
