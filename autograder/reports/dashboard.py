"""Dashboard: a self-contained page for the instructor; works offline and with 500 students."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from autograder.core.text import FORGEABLE_PART, Language, Text
from autograder.core.verdict import Result, Status, StudentResults, Verdict, labelled
from autograder.course.template import template
from autograder.grading.statistics import distribution, items, summary
from autograder.records.files import write_whole
from autograder.records.results import ClassResults
from autograder.reports.comparison import comparison_name, comparison_page
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
from autograder.reports.similarity import Likeness, finds_pairs, likeness

MAX_PAIRS = 100  # of similar submissions, listed for each question
COMPARED = 20  # of these, with a page of their own
_STATUSES = list(Status)
# What the template uses whatever the class is.
_ALWAYS: Mapping[str, object] = {
    "max_pairs": MAX_PAIRS,
    "names": STATUS_NAMES,
    "signs": STATUS_SIGNS,
    "address": feedback_address,
    "anchor": anchor,
    "finds_pairs": finds_pairs,
}


def write_dashboard(
    results: ClassResults, folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``dashboard.html``, which links to the pages in ``feedback/``; a Renderer."""
    path = folder / "dashboard.html"
    results = results.in_memory()
    alike = dict(_alike(list(results.students()), material))
    for question, found in alike.items():
        for pair in found.pairs[:COMPARED]:
            page = comparison(question, pair.students, material, language)
            write_whole(folder / comparison_address(question, pair.students), page_bytes(page))
    write_whole(path, page_bytes(dashboard_page(results, language, material, alike=alike)))
    return [path]


def comparison(question: str, students: tuple[str, str], material: Material, language: Language) -> str:
    """Return the HTML of a page with two submissions to a question side by side."""
    entry = material.question(question)
    title = entry.question.title if entry else Text(question, question)
    left, right = (material.source(student, question) for student in students)
    return comparison_page(title, students, (left, right), language)


def comparison_address(question: str, students: tuple[str, str]) -> str:
    """Return the path of the page with two submissions, relative to the dashboard."""
    return f"similar/{question}/{comparison_name(students)}.html"


def dashboard_page(
    results: ClassResults,
    language: Language,
    material: Material,
    *,
    alike: Mapping[str, Likeness] | None = None,
    served: bool = False,
) -> str:
    """Return the HTML of the page.

    Args:
        results: of the class.
        language: the language that is shown first.
        material: what else the page shows.
        alike: the similar submissions to each question, if they are known.
        served: whether it is shown by the server, where points can be given.
    """
    results = results.in_memory()
    students = list(results.students())
    scripts, totals = [source_of("language.js"), source_of("dashboard.js")], [s.totals for s in students]
    return page_template("dashboard.html").render(
        header=results.header,
        students=len(students),
        title=material.exam.exam.title if material.exam else None,
        language=language,
        style=source_of("page.css"),
        scripts=scripts,
        hashes=" ".join(map(content_hash, scripts)),
        data=data_island(_table(students, material)),
        summary=summary(totals, material.pass_mark),
        pass_mark=material.pass_mark,
        bins=distribution(totals),
        **_analysis(results, material),
        numbers={student.student: number for number, student in enumerate(students)},
        served=served,
        alike=dict(_alike(students, material)) if alike is None else alike,
        compared=MAX_PAIRS if served else COMPARED,
        compared_at=lambda question, pair: quote(comparison_address(question, pair.students)),
        **_ALWAYS,
    )


def _analysis(results: ClassResults, material: Material) -> dict[str, object]:
    """Return what the page says of parts and questions, by the names that its template has for it."""
    return {
        "items": items(results),
        "part_titles": _part_titles(results, material),
        "titles": _titles(results, material),
        "waiting": _waiting(results),
        "failures": _failures(results),
        "strangers": material.standing.strangers(student.student for student in results.students()),
    }


def _part_titles(results: Iterable[Result], material: Material) -> dict[tuple[str, str], Text]:
    """Return what each part is called, by question and part; a part that has no title by its name."""
    found: dict[tuple[str, str], Text] = {}
    for result in results:
        entry = material.question(result.question)
        parts = {part.name: part for part in entry.question.parts} if entry else {}
        for verdict in result.verdicts:
            part = parts.get(verdict.part)
            named = part.title if part and part.title else Text(verdict.part, verdict.part)
            named = FORGEABLE_PART.format(title=named) if part and part.forgeable else named
            found.setdefault((result.question, verdict.part), named)
    return found


def _table(students: Sequence[StudentResults], material: Material) -> dict[str, object]:
    """Return the data of the heat map: the parts, and each student's result in each part or null."""
    results = [result for student in students for result in student.results]
    titles = _part_titles(results, material)
    max_points = {
        (question, verdict.part): verdict.max_points
        for student in students
        for question, verdict in student.verdicts
    }
    return {
        "columns": [
            {
                "question": q,
                "part": p,
                "max_points": points,
                "anchor": anchor(q, p),
                **titles[q, p].to_json(),
            }
            for (q, p), points in max_points.items()
        ],
        "statuses": [
            {"key": status, "sign": STATUS_SIGNS[status], **STATUS_NAMES[status].to_json()}
            for status in _STATUSES
        ],
        "students": [_line(student, list(max_points), material) for student in students],
    }


def _line(
    student: StudentResults, columns: Sequence[tuple[str, str]], material: Material
) -> dict[str, object]:
    states = {
        (question, one.part): [_STATUSES.index(one.status), one.points, one.seconds, one.memory_mb]
        for question, one in student.verdicts
    }
    total, settled = student.totals, material.standing.settled(student)
    known = material.standing.student(student.student)
    lines = [line.text.to_json() for line in settled.lines]
    return {
        "name": student.student,
        **({"called": known.name} if known and known.name != known.id else {}),
        "address": feedback_address(student.student),
        "points": total.points,
        "max_points": total.max_points,
        **({"policy": lines, "final": settled.total} if lines else {}),
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
                why = " ".join(labelled(finding).en for finding in verdict.findings if not finding.passed)
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
