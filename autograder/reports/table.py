"""Tables for the terminal, with rich."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rich.table import Table

from autograder.core.text import Language, Text
from autograder.core.verdict import Status, Verdict
from autograder.records.results import ClassResults
from autograder.reports.names import STATUS_NAMES
from autograder.reports.part import STYLES, escape
from autograder.workflows.drift import Drift
from autograder.workflows.verify import Line

MOST_STUDENTS = 1_000  # a longer table is of no use on a terminal

_STUDENT = Text(ko="학생", en="student")
_STUDENTS = Text(ko="명", en="students")
_QUESTION = Text(ko="문항", en="question")
_PART = Text(ko="소문항", en="part")
_MEAN = Text(ko="평균 점수", en="mean points")
_MANY = Text(
    ko="학생별 결과는 autograder report RUN --format csv 로 볼 수 있습니다.",
    en="Each student's results: autograder report RUN --format csv",
)
_TOTAL = Text(ko="합계", en="total")
_WAITING = Text(ko="수동 대기", en="waiting")


def class_table(results: ClassResults, language: Language) -> Table:
    """Return students × parts: points and status in each cell; of many students a summary."""
    students = list(islice(results.students(), MOST_STUDENTS + 1))
    if len(students) > MOST_STUDENTS:
        return _summary(results, language)
    columns = dict.fromkeys(
        (question, verdict.part) for student in students for question, verdict in student.verdicts
    )
    table = Table(title=_title(results))
    table.add_column(_STUDENT[language], overflow="fold")
    for question, part in columns:
        table.add_column(f"{question.split('_')[0]}\n" + part.replace("_", "\n"), justify="right")
    table.add_column(_TOTAL[language], justify="right")
    table.add_column(_WAITING[language], justify="right")
    for student in students:
        cells = {(question, one.part): _cell(one, language) for question, one in student.verdicts}
        total = student.totals
        points = f"{total.points:g}/{total.max_points:g}"
        mine = [cells.get(column, "") for column in columns]
        table.add_row(escape(student.student), *mine, points, f"{total.manual:g}")
    return table


def _title(results: ClassResults) -> str:
    header = results.header
    return f"{header.exam} ({header.profile}, {header.device})"


def _summary(results: ClassResults, language: Language) -> Table:
    """Return a row for each part: how many students have each status, and the mean of the points."""
    counts: dict[tuple[str, str], Counter[Status]] = {}
    points: dict[tuple[str, str], float] = {}
    students = 0
    for student in results.students():
        students += 1
        for question, verdict in student.verdicts:
            column = question, verdict.part
            counts.setdefault(column, Counter())[verdict.status] += 1
            points[column] = points.get(column, 0) + verdict.points
    table = Table(title=f"{_title(results)}, {students:,} {_STUDENTS[language]}", caption=_MANY[language])
    for heading in (_QUESTION, _PART, _MEAN, *STATUS_NAMES.values()):
        table.add_column(heading[language], justify="left" if heading in (_QUESTION, _PART) else "right")
    for column, found in counts.items():
        mean = f"{points[column] / found.total():.2f}"
        table.add_row(*column, mean, *(f"{found[status]:,}" for status in STATUS_NAMES))
    return table


def _cell(verdict: Verdict, language: Language) -> str:
    status = verdict.status
    return f"[{STYLES[status]}]{verdict.points:g}\n{STATUS_NAMES[status][language]}[/]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPoints:
    """A part of a question and its points."""

    part: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogLine:
    """A question of an exam, and whether it can be run here.

    Attributes:
        exam, question, title, framework, points, parts: as they are declared.
        missing: packages that are not installed.
        datasets: whether each official dataset is here.
    """

    exam: str
    question: str
    title: Text
    framework: str
    points: float
    parts: Sequence[PartPoints]
    missing: Sequence[str]
    datasets: Mapping[str, bool]


def catalog_table(lines: Iterable[CatalogLine], language: Language) -> Table:
    """Return the exams' parts, one row each, and whether their question can be run here."""
    table = Table()
    for name in ("exam", "question", "part"):
        table.add_column(name, overflow="fold")
    table.add_column("points", justify="right")
    for name in ("framework", "runnable", "official data"):
        table.add_column(name)
    for line in lines:
        runnable = f"[red]{', '.join(line.missing)} missing[/]" if line.missing else "[green]yes[/]"
        table.add_row(
            line.exam,
            line.question,
            line.title[language],
            f"{line.points:g}",
            line.framework,
            runnable,
            ", ".join(f"{name} {'here' if here else 'absent'}" for name, here in line.datasets.items()),
        )
        for part in line.parts:
            table.add_row("", "", part.part, f"{part.points:g}")
    return table


def verify_table(lines: Sequence[Line]) -> Table:
    """Return what was verified, one row a subject; failures stand out."""
    table = Table(title="verify")
    for name in ("question", "subject", "expected", "got", ""):
        table.add_column(name, overflow="fold")
    for line in lines:
        mark = "[green]holds[/]" if line.holds else "[red]FAILS[/]"
        table.add_row(
            line.question,
            line.subject,
            line.expected,
            "" if line.got == line.expected else escape(line.got),
            mark,
        )
    return table


def drift_table(drift: Drift) -> Table:
    """Return what moved between two records, one row a value."""
    versions = ", ".join(drift.versions) or "the same versions"
    table = Table(title=f"{versions}: {len(drift.moved) or 'no'} values moved")
    for name in ("question", "task", "value", "change", "absolute", "relative"):
        table.add_column(name, overflow="fold")
    for item in drift.moved:
        sizes = ["" if math.isnan(size) else f"{size:.2g}" for size in (item.absolute, item.relative)]
        table.add_row(item.question, item.task, item.name, escape(item.change), *sizes)
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetLine:
    """A dataset: the official one and what is embedded of it in the course.

    Attributes:
        dataset: its name.
        title, licence, urls: of the official one.
        mini: title, licence and source of the embedded one.
        full: ``official``, ``own:...`` or ``missing``.
        folder: where the official one is looked for.
    """

    dataset: str
    title: str
    licence: str
    mini: Mapping[str, str | int]
    urls: Sequence[str]
    full: str
    folder: str


def data_table(lines: Iterable[DatasetLine]) -> Table:
    """Return the datasets: what is embedded, and whether the official one is there."""
    table = Table(title="datasets")
    for heading in ("dataset", "official", "licence", "here", "embedded (mini)", "licence"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        mini = line.mini
        table.add_row(
            line.dataset, line.title, line.licence, line.full, str(mini["title"]), str(mini["licence"])
        )
    return table
