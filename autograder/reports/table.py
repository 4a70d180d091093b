"""Tables for the terminal, with rich."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from autograder.core.text import Language, Text
from autograder.core.verdict import Status
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


def class_table(results: Mapping[str, Any], language: Language) -> Table:
    """Return students × parts: points and status in each cell; of many students a summary."""
    if len(results["totals"]) > MOST_STUDENTS:
        return _summary(results, language)
    cells = {
        (row["student"], row["question"], row["part"]): _cell(row, language) for row in results["results"]
    }
    columns = list(dict.fromkeys(place[1:] for place in cells))
    table = Table(title=f"{results['exam']} ({results['profile']}, {results['device']})")
    table.add_column(_STUDENT[language], overflow="fold")
    for question, part in columns:
        table.add_column(f"{question.split('_')[0]}\n" + part.replace("_", "\n"), justify="right")
    table.add_column(_TOTAL[language], justify="right")
    table.add_column(_WAITING[language], justify="right")
    for total in results["totals"]:
        mine = [cells.get((total["student"], *column), "") for column in columns]
        points = f"{total['points']:g}/{total['max_points']:g}"
        table.add_row(escape(total["student"]), *mine, points, f"{total['manual']:g}")
    return table


def _summary(results: Mapping[str, Any], language: Language) -> Table:
    """Return a row for each part: how many students have each status, and the mean of the points."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    points: Counter[tuple[str, str]] = Counter()
    for row in results["results"]:
        place = row["question"], row["part"]
        counts.setdefault(place, Counter())[row["status"]] += 1
        points[place] += row["points"]
    title = f"{results['exam']} ({results['profile']}, {results['device']}), {len(results['totals']):,}"
    table = Table(title=f"{title} {_STUDENTS[language]}", caption=_MANY[language])
    for heading in (_QUESTION, _PART, _MEAN, *STATUS_NAMES.values()):
        table.add_column(heading[language], justify="left" if heading in (_QUESTION, _PART) else "right")
    for place, found in counts.items():
        mean = f"{points[place] / found.total():.2f}"
        table.add_row(*place, mean, *(f"{found[status]:,}" for status in STATUS_NAMES))
    return table


def _cell(row: Mapping[str, Any], language: Language) -> str:
    status = Status(row["status"])
    return f"[{STYLES[status]}]{row['points']:g}\n{STATUS_NAMES[status][language]}[/]"


def catalog_table(rows: Sequence[Mapping[str, Any]], language: Language) -> Table:
    """Return the exams' parts, one row each, and whether their question can be run here."""
    table = Table()
    for name in ("exam", "question", "part"):
        table.add_column(name, overflow="fold")
    table.add_column("points", justify="right")
    for name in ("framework", "runnable", "official data"):
        table.add_column(name)
    for row in rows:
        runnable = f"[red]{', '.join(row['missing'])} missing[/]" if row["missing"] else "[green]yes[/]"
        table.add_row(
            row["exam"],
            row["question"],
            row["title"][language],
            f"{row['points']:g}",
            row["framework"],
            runnable,
            ", ".join(f"{name} {'here' if here else 'absent'}" for name, here in row["datasets"].items()),
        )
        for part in row["parts"]:
            table.add_row("", "", part["part"], f"{part['points']:g}")
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


def data_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return the datasets: what is embedded, and whether the official one is there."""
    table = Table(title="datasets")
    for heading in ("dataset", "official", "licence", "here", "embedded (mini)", "licence"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        mini = row["mini"]
        table.add_row(
            row["dataset"], row["title"], row["licence"], row["full"], mini["title"], mini["licence"]
        )
    return table
