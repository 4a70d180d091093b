"""Dashboard: a self-contained page for the instructor; works offline and with 500 students."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from autograder.core.points import add_points
from autograder.core.text import Language, Text
from autograder.core.verdict import Result, Status, StudentResults, Verdict, told
from autograder.course.template import template
from autograder.grading.statistics import distribution, items
from autograder.records.files import write_whole
from autograder.records.results import ClassResults
from autograder.reports.html import (
    anchor,
    content_hash,
    data_island,
    feedback_address,
    page_bytes,
    page_template,
    source_of,
)
from autograder.reports.material import Material
from autograder.reports.names import STATUS_NAMES, STATUS_SIGNS
from autograder.reports.similarity import Likeness, likeness

MAX_PAIRS = 100  # of similar submissions, listed for each question
_STATUSES = list(Status)


def write_dashboard(
    results: ClassResults, folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``dashboard.html``, which links to the pages in ``feedback/``; a Renderer."""
    path = folder / "dashboard.html"
    write_whole(path, page_bytes(dashboard_page(results, language, material)))
    return [path]


def dashboard_page(results: ClassResults, language: Language, material: Material) -> str:
    """Return the HTML of the page; ``language`` is shown first."""
    results = results.in_memory()
    students = list(results.students())
    script, totals = source_of("dashboard.js"), [student.totals for student in students]
    points = [total.points for total in totals] or [0]
    return page_template("dashboard.html").render(
        header=results.header,
        students=len(students),
        title=material.exam.exam.title if material.exam else None,
        language=language,
        style=source_of("page.css"),
        script=script,
        content_hash=content_hash(script),
        data=data_island(_table(students)),
        mean=float(np.mean(points)),
        median=float(np.median(points)),
        max_points=max((total.max_points for total in totals), default=0),
        manual=add_points(total.manual for total in totals),
        ungraded=add_points(total.ungraded for total in totals),
        bins=distribution(totals),
        items=items(results),
        titles=_titles(results, material),
        waiting=_waiting(results),
        failures=_failures(results),
        alike=list(_alike(students, material)),
        max_pairs=MAX_PAIRS,
        names=STATUS_NAMES,
        signs=STATUS_SIGNS,
        address=feedback_address,
        anchor=anchor,
    )


def _table(students: Sequence[StudentResults]) -> dict[str, object]:
    """Return the data of the heat map: the parts, and each student's result in each part or null."""
    max_points = {
        (question, verdict.part): verdict.max_points
        for student in students
        for question, verdict in student.verdicts
    }
    return {
        "columns": [
            {"question": q, "part": p, "max_points": points, "anchor": anchor(q, p)}
            for (q, p), points in max_points.items()
        ],
        "statuses": [
            {"key": status, "sign": STATUS_SIGNS[status], **STATUS_NAMES[status].to_json()}
            for status in _STATUSES
        ],
        "students": [_line(student, list(max_points)) for student in students],
    }


def _line(student: StudentResults, columns: Sequence[tuple[str, str]]) -> dict[str, object]:
    states = {
        (question, one.part): [_STATUSES.index(one.status), one.points, one.seconds, one.memory_mb]
        for question, one in student.verdicts
    }
    total = student.totals
    return {
        "name": student.student,
        "address": feedback_address(student.student),
        "points": total.points,
        "max_points": total.max_points,
        "cells": [states.get(column) for column in columns],
    }


def _titles(results: ClassResults, material: Material) -> dict[str, Text]:
    entries = {result.question: material.question(result.question) for result in results}
    return {name: entry.question.title for name, entry in entries.items() if entry}


def _waiting(results: ClassResults) -> dict[tuple[str, str], list[tuple[Result, Verdict]]]:
    """Return the results and verdicts that wait for a person, by question and part."""
    found: dict[tuple[str, str], list[tuple[Result, Verdict]]] = {}
    for result in results:
        for verdict in result.verdicts:
            if verdict.status is Status.MANUAL:
                found.setdefault((result.question, verdict.part), []).append((result, verdict))
    return found


def _failures(results: ClassResults) -> dict[str, list[tuple[Result, Verdict]]]:
    """Return the ungraded results and verdicts, by the reason in English."""
    found: dict[str, list[tuple[Result, Verdict]]] = {}
    for result in results:
        for verdict in result.verdicts:
            if verdict.status is Status.UNGRADED:
                why = " ".join(told(finding).en for finding in verdict.findings if not finding.passed)
                found.setdefault(why, []).append((result, verdict))
    return found


def _alike(students: Sequence[StudentResults], material: Material) -> Iterator[tuple[str, Likeness]]:
    """Yield the similar submissions of each question of the exam that has any."""
    questions = dict.fromkeys(result.question for student in students for result in student.results)
    for question in questions:
        if (entry := material.question(question)) is None:
            continue
        sources = {one.student: material.source(one.student, question) for one in students}
        written = {name: source for name, source in sources.items() if source.strip()}
        found = likeness(written, template(entry))
        if found.identical or found.pairs or found.too_long:
            yield question, found
