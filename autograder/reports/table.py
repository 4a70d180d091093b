"""Tables for the terminal, with rich."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rich.console import Console
from rich.table import Table

from autograder.core.text import Language, Text
from autograder.core.verdict import Status, StudentResults, Verdict
from autograder.course.data import EmbeddedDataset
from autograder.records.results import ClassResults
from autograder.reports.heads import head
from autograder.reports.names import STATUS_NAMES, STATUS_SIGNS
from autograder.reports.part import STYLES, escape
from autograder.reports.standing import Standing
from autograder.workflows.drift import Drift
from autograder.workflows.lines import Line, Reason

MAX_STUDENTS = 1_000  # larger classes get a summary

_STUDENT = Text(ko="학생", en="student")
_STUDENTS = Text(ko="명", en="students")
_QUESTION = Text(ko="문항", en="question")
_PART = Text(ko="소문항", en="part")
_MEAN = Text(ko="평균 점수", en="mean points")
_MANY = Text(
    ko="학생별 결과를 보려면: autograder report RUN --format csv",
    en="Each student's results: autograder report RUN --format csv",
)
_WIDER = Text(
    ko="소문항의 수를 상태별로 세었습니다. 소문항별 점수는 --wide로 볼 수 있습니다.",
    en="Parts are counted by their status; --wide shows the points of each.",
)
_WIDEST = 10_000  # columns; no table is wider
_TOTAL = Text(ko="합계", en="total")
_SAME_VERSIONS = Text(ko="같은 버전", en="the same versions")
_MOVED = Text(ko="{versions}: 값 {count}개가 달라졌습니다", en="{versions}: {count} values moved")
_NONE_MOVED = Text(ko="{versions}: 달라진 값이 없습니다", en="{versions}: no values moved")
_POLICY = Text(ko="채점 규정", en="policy")
_AFTER = Text(ko="최종", en="final")
_WAITING = Text(ko="채점 대기", en="waiting")


def class_table(
    results: ClassResults,
    language: Language,
    width: int | None = None,
    standing: Standing | None = None,
) -> Table:
    """Return a table of students and parts with points and statuses; for a large class a summary.

    Where it would be wider than ``width`` columns, each student's parts are counted by their status. What the
    policy of ``standing`` adds and takes is in the last columns.
    """
    students = list(islice(results.students(), MAX_STUDENTS + 1))
    if len(students) > MAX_STUDENTS:
        return _summary(results, language)
    columns = dict.fromkeys(
        (question, verdict.part) for student in students for question, verdict in student.verdicts
    )
    policy = _policy_cells(students, standing or Standing(), language)
    wide = _wide_table(results, students, list(columns), policy, language)
    if width is None or Console(width=_WIDEST).measure(wide).minimum <= width:
        return wide
    return _narrow_table(results, students, policy, language)


def _wide_table(
    results: ClassResults,
    students: Sequence[StudentResults],
    columns: Sequence[tuple[str, str]],
    policy: Sequence[tuple[str, str]],
    language: Language,
) -> Table:
    table = Table(title=_title(results))
    table.add_column(_STUDENT[language], overflow="fold")
    for question, part in columns:
        heading = f"{question.split('_')[0]}\n" + part.replace("_", "\n")
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(_TOTAL[language], justify="right", no_wrap=True)
    table.add_column(_WAITING[language], justify="right", no_wrap=True)
    _add_policy_columns(table, policy, language)
    for number, student in enumerate(students):
        cells = {(question, one.part): _cell(one, language) for question, one in student.verdicts}
        total = student.totals
        points = f"{total.points:g}/{total.max_points:g}"
        mine = [cells.get(column, "") for column in columns]
        after = policy[number] if policy else ()
        table.add_row(escape(student.student), *mine, points, f"{total.manual:g}", *after)
    return table


def _narrow_table(
    results: ClassResults,
    students: Sequence[StudentResults],
    policy: Sequence[tuple[str, str]],
    language: Language,
) -> Table:
    """Return a table with a row for each student: points, and how many parts have each status."""
    table = Table(title=_title(results), caption=_WIDER[language])
    table.add_column(_STUDENT[language], overflow="fold")
    table.add_column(_TOTAL[language], justify="right", no_wrap=True)
    counted = [Counter(verdict.status for _, verdict in student.verdicts) for student in students]
    there = [status for status in STATUS_NAMES if any(counts[status] for counts in counted)]
    for status in there:
        name = STATUS_NAMES[status][language]
        table.add_column(f"[{STYLES[status]}]{STATUS_SIGNS[status]}[/] {name}", justify="right")
    _add_policy_columns(table, policy, language)
    for number, (student, counts) in enumerate(zip(students, counted, strict=True)):
        total = student.totals
        points = f"{total.points:g}/{total.max_points:g}"
        cells = [str(counts[status] or "") for status in there]
        table.add_row(escape(student.student), points, *cells, *(policy[number] if policy else ()))
    return table


def _policy_cells(
    students: Sequence[StudentResults], standing: Standing, language: Language
) -> list[tuple[str, str]]:
    """Return each student's lines of the policy, and the total after them; nothing if nobody has any."""
    settled = [standing.settled(student) for student in students]
    if not any(one.lines for one in settled):
        return []
    return [
        ("\n".join(line.text[language] for line in one.lines), f"{one.total:g}/{one.max_points:g}")
        for one in settled
    ]


def _add_policy_columns(table: Table, policy: Sequence[object], language: Language) -> None:
    if policy:
        table.add_column(_POLICY[language], overflow="fold")
        table.add_column(_AFTER[language], justify="right", no_wrap=True)


def _title(results: ClassResults) -> str:
    header = results.header
    return f"{header.exam} ({header.profile}, {header.device})"


def _summary(results: ClassResults, language: Language) -> Table:
    """Return a table with a row per part: the mean points, and how many students have each status."""
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
    """A question of an exam, and what is needed to run it here.

    Attributes:
        missing: packages that are not installed.
        datasets: whether each official dataset is present.
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
    """Return a table of questions and parts, and whether the questions can be run here."""
    table = Table()
    for name in ("exam", "question", "part"):
        table.add_column(head(name, language), overflow="fold")
    table.add_column(head("points", language), justify="right")
    for name in ("framework", "runnable", "official data"):
        table.add_column(head(name, language))
    for line in lines:
        missing = f"[red]{', '.join(line.missing)} {head('missing', language)}[/]"
        runnable = missing if line.missing else f"[green]{head('yes', language)}[/]"
        states = {there: head("present" if there else "absent", language) for there in (True, False)}
        table.add_row(
            line.exam,
            line.question,
            line.title[language],
            f"{line.points:g}",
            line.framework,
            runnable,
            ", ".join(f"{name} {states[there]}" for name, there in line.datasets.items()),
        )
        for part in line.parts:
            table.add_row("", "", part.part, f"{part.points:g}")
    return table


def verify_table(lines: Sequence[Line], language: Language) -> Table:
    """Return a table of what was verified, with a row per subject."""
    table = Table(title=head("verify", language))
    for name in ("question", "subject", "expected", "got", ""):
        table.add_column(head(name, language), overflow="fold")
    for line in lines:
        reasons = [] if line.holds else [_reason(reason, language) for reason in line.reasons]
        colour, mark = "red", "UNGRADED" if line.ungraded else "FAILS"
        if line.holds:
            colour, mark = "green", "holds"
        table.add_row(
            line.question,
            escape(line.subject[language]),
            escape(line.expected[language]),
            "\n".join(map(escape, ["" if line.got == line.expected else line.got[language], *reasons])),
            f"[{colour}]{head(mark, language)}[/]",
        )
    return table


def _reason(reason: Reason, language: Language) -> str:
    where = " ".join(filter(None, [reason.part, reason.variant, reason.check]))
    return f"- {where}: {reason.message[language]}"


def drift_table(drift: Drift, language: Language) -> Table:
    """Return a table of what moved between two records, with a row per value."""
    versions = ", ".join(drift.versions) or _SAME_VERSIONS[language]
    moved = (_MOVED if drift.moved else _NONE_MOVED).format(versions=versions, count=len(drift.moved))
    table = Table(title=moved[language])
    for name in ("question", "task", "value", "change", "absolute", "relative"):
        table.add_column(head(name, language), overflow="fold")
    for item in drift.moved:
        sizes = ["" if math.isnan(size) else f"{size:.2g}" for size in (item.absolute, item.relative)]
        table.add_row(item.question, item.task, item.name, escape(item.change), *sizes)
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetLine:
    """A dataset: title, licence and addresses of the official one, and the embedded one (``mini``).

    Attributes:
        full: ``official``, ``own:...`` or ``missing``.
        folder: the folder where the official one is expected.
    """

    dataset: str
    title: str
    licence: str
    mini: EmbeddedDataset
    urls: Sequence[str]
    full: str
    folder: str


def data_table(lines: Iterable[DatasetLine], language: Language) -> Table:
    """Return a table of datasets, and whether the official ones are present."""
    table = Table(title=head("datasets", language))
    for heading in ("dataset", "official", "licence", "here", "embedded (mini)", "licence"):
        table.add_column(head(heading, language), overflow="fold")
    for line in lines:
        table.add_row(line.dataset, line.title, line.licence, line.full, line.mini.title, line.mini.licence)
    return table
