"""Dashboard: one self-contained page for an instructor, which works offline and with 500 students."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.core.text import Language
from autograder.core.verdict import Status
from autograder.course.template import template as exam_template
from autograder.grading.similarity import Likeness, likeness
from autograder.grading.statistics import distribution, items
from autograder.records.files import write_whole
from autograder.records.results import in_memory
from autograder.reports.html import (
    anchor,
    content_hash,
    data_island,
    feedback_address,
    page_bytes,
    source_of,
    template,
)
from autograder.reports.material import Material
from autograder.reports.names import STATUS_NAMES, STATUS_SIGNS

MOST_PAIRS = 100  # that are listed for a question
_STATUSES = list(Status)


def write_dashboard(
    results: Mapping[str, Any], folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``dashboard.html``, whose links lead to the pages under ``feedback/`` beside it.

    Args:
        results: the content of results.json.
        folder: where to write.
        language: the one shown first.
        material: gives titles and the submissions' text.

    Raises:
        RunError: the file cannot be written.
    """
    path = folder / "dashboard.html"
    write_whole(path, page_bytes(dashboard_page(results, language, material)))
    return [path]


def dashboard_page(results: Mapping[str, Any], language: Language, material: Material) -> str:
    """Return the page as text; see :func:`write_dashboard` for the arguments."""
    results = in_memory(results)
    script, totals = source_of("dashboard.js"), results["totals"]
    points = [row["points"] for row in totals] or [0]
    return template("dashboard.html").render(
        results=results,
        title=material.exam.exam.title if material.exam else None,
        language=language,
        style=source_of("page.css"),
        script=script,
        content_hash=content_hash(script),
        data=data_island(_table(results)),
        mean=float(np.mean(points)),
        median=float(np.median(points)),
        most=max((row["max_points"] for row in totals), default=0),
        manual=sum(row["manual"] for row in totals),
        ungraded=sum(row["ungraded"] for row in totals),
        bins=distribution(results),
        items=items(results),
        titles=_titles(results, material),
        waiting=_waiting(results),
        failures=_failures(results),
        alike=_alike(results, material),
        most_pairs=MOST_PAIRS,
        names=STATUS_NAMES,
        signs=STATUS_SIGNS,
        address=feedback_address,
        anchor=anchor,
    )


def _table(results: Mapping[str, Any]) -> dict[str, Any]:
    """The heat map's data: parts, and for each student the state of each part, or null."""
    columns = list(dict.fromkeys((row["question"], row["part"]) for row in results["results"]))
    most = {(row["question"], row["part"]): row["max_points"] for row in results["results"]}
    place = {column: index for index, column in enumerate(columns)}
    cells: dict[str, list[list[float | None] | None]] = {}
    for row in results["results"]:
        of_student = cells.setdefault(row["student"], [None] * len(columns))
        state = [_STATUSES.index(Status(row["status"])), row["points"], row["seconds"], row.get("memory_mb")]
        of_student[place[row["question"], row["part"]]] = state
    return {
        "columns": [
            {"question": q, "part": p, "most": most[q, p], "anchor": anchor(q, p)} for q, p in columns
        ],
        "statuses": [
            {"key": status, "sign": STATUS_SIGNS[status], **STATUS_NAMES[status].to_json()}
            for status in _STATUSES
        ],
        "students": [
            {
                "name": total["student"],
                "address": feedback_address(total["student"]),
                "points": total["points"],
                "most": total["max_points"],
                "cells": cells.get(total["student"], [None] * len(columns)),
            }
            for total in results["totals"]
        ],
    }


def _titles(results: Mapping[str, Any], material: Material) -> dict[str, Any]:
    names = dict.fromkeys(row["question"] for row in results["results"])
    entries = {name: material.question(name) for name in names}
    return {name: entry.question.title for name, entry in entries.items() if entry}


def _waiting(results: Mapping[str, Any]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """The rows that wait for a person, by part."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in results["results"]:
        if row["status"] == Status.MANUAL:
            found.setdefault((row["question"], row["part"]), []).append(row)
    return found


def _failures(results: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """The ungraded rows, by the reason in English."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in results["results"]:
        if row["status"] == Status.UNGRADED:
            why = " ".join(finding["message"]["en"] for finding in row["findings"] if not finding["passed"])
            found.setdefault(why, []).append(row)
    return found


def _alike(results: Mapping[str, Any], material: Material) -> list[tuple[str, Likeness]]:
    """What resembles what, by question; without the exam there is no template to leave out."""
    return [(question, found) for question, found in _likeness(results, material) if _any(found)]


def _any(found: Likeness) -> bool:
    return bool(found.identical or found.pairs)


def _likeness(results: Mapping[str, Any], material: Material) -> Iterator[tuple[str, Likeness]]:
    students: Sequence[str] = [row["student"] for row in results["totals"]]
    for question in dict.fromkeys(row["question"] for row in results["results"]):
        if (entry := material.question(question)) is None:
            continue
        sources = {name: material.source(name, question) for name in students}
        written = {name: source for name, source in sources.items() if source.strip()}
        yield question, likeness(written, exam_template(entry))
