"""Feedback: a self-contained page per student, in Korean and English, with pictures of what they did."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.core.errors import UserError
from autograder.core.exam import Part
from autograder.core.outcome import Attempt
from autograder.core.text import Language, Text
from autograder.core.verdict import RIGHT, Status
from autograder.pictures.render import Gallery, Rendered
from autograder.records.files import write_whole
from autograder.records.run_folder import Run
from autograder.reports.html import anchor, file_name, page_bytes, source_of, template
from autograder.reports.material import Material, figures, material_of
from autograder.reports.names import STATUS_NAMES, STATUS_SIGNS
from autograder.sandbox.processes import in_processes

if TYPE_CHECKING:
    from jinja2 import Template

_FEW = 20  # students, up to whom it takes longer to start processes than to do without
_HEADING = ("exam", "profile", "device", "dataset")  # of results.json, stand on every page
_OWN_FIGURE = Text(ko="제출한 코드가 그린 그림", en="What your code drew")


_Student = tuple[Mapping[str, Any], Mapping[str, Any], list[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What one process writes pages with."""

    material: Material
    gallery: Gallery = field(default_factory=Gallery)
    page: Template = field(default_factory=partial(template, "feedback.html"))


def write_feedback(
    results: Mapping[str, Any], folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``feedback/<student>.html`` for every student, for many in as many processes as there are cores.

    Args:
        results: the content of results.json.
        folder: where to write.
        language: the one shown first.
        material: gives titles, statements, figures and pictures.

    Raises:
        RunError: a file cannot be written.
        UserError: a process was killed.
    """
    write = partial(_write, {name: results[name] for name in _HEADING}, folder, language)
    if len(results["totals"]) <= _FEW:
        desk = _Desk(material=material)
        return [write(desk, student) for student in _by_student(results)]
    course = material.exam.course if material.exam else None
    return in_processes(partial(_write_there, write, material.run, course), _by_student(results))


def _write_there(write: partial[Path], run: Run, course: Path | None, student: _Student) -> Path:
    return write(_desk(run, course), student)


@lru_cache(maxsize=1)  # a process writes the pages of one run only
def _desk(run: Run, course: Path | None) -> _Desk:
    return _Desk(material=material_of(run, course))


def _write(
    heading: Mapping[str, Any], folder: Path, language: Language, desk: _Desk, student: _Student
) -> Path:
    total, notes, rows = student
    questions = [
        {**question, "notes": notes.get(question["name"], [])}
        for question in _questions(total["student"], rows, desk.material, desk.gallery)
    ]
    html = desk.page.render(
        results=heading,
        total=total,
        questions=questions,
        language=language,
        style=source_of("page.css"),
        title=desk.material.exam.exam.title if desk.material.exam else None,
    )
    path = folder / "feedback" / f"{file_name(total['student'])}.html"
    write_whole(path, page_bytes(html))
    return path


def _by_student(results: Mapping[str, Any]) -> Iterator[_Student]:
    """Yield each student's total, notes by question, and rows; one student's are in memory at a time."""
    totals, by_student = iter(results["totals"]), itemgetter("student")
    questions = groupby(results["questions"], by_student)
    for student, rows in groupby(results["results"], by_student):
        total, (asked, summaries) = next(totals, None), next(questions, (None, iter(())))
        if total is None or not total["student"] == asked == student:
            raise UserError(
                f"results.json: the totals of {student!r} are not in their place; run autograder rescore"
            )
        yield total, {row["question"]: row["notes"] for row in summaries}, list(rows)


def _questions(
    student: str, rows: list[Mapping[str, Any]], material: Material, gallery: Gallery
) -> list[dict[str, Any]]:
    found = []
    for name, of_question in groupby(rows, key=lambda row: row["question"]):
        entry, attempt = material.question(name), material.attempt(student, name)
        declared = {part.name: part for part in entry.question.parts} if entry else {}
        found.append(
            {
                "name": name,
                "title": entry.question.title if entry else None,
                "parts": [
                    _part(row, declared.get(row["part"]), attempt, material, gallery) for row in of_question
                ],
            }
        )
    return found


def _part(
    row: Mapping[str, Any],
    declared: Part | None,
    attempt: Attempt | None,
    material: Material,
    gallery: Gallery,
) -> dict[str, Any]:
    findings = [_finding(finding) for finding in row["findings"]]
    mistakes = {
        finding["mistake"]: finding["explanation"] for finding in findings if "explanation" in finding
    }
    return {
        **row,
        "mistakes": mistakes,
        "anchor": anchor(row["question"], row["part"]),
        "status_name": STATUS_NAMES[Status(row["status"])],
        "sign": STATUS_SIGNS[Status(row["status"])],
        "statement": declared.statement if declared else None,
        "failed": [finding for finding in findings if not finding["passed"]],
        "remarks": [finding for finding in findings if finding["passed"] and finding["kind"] != RIGHT],
        "passed": [finding for finding in findings if finding["passed"] and finding["kind"] == RIGHT],
        "pictures": _pictures(row, declared, attempt, material, gallery),
        "figures": _figures(attempt, row["part"]),
    }


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows: the check's own sentence, since a mistake's explanation stands apart."""
    message = finding.get("reason", finding["message"])
    return {"traceback": "", "kind": RIGHT, **finding, "message": message}


def _pictures(
    row: Mapping[str, Any],
    declared: Part | None,
    attempt: Attempt | None,
    material: Material,
    gallery: Gallery,
) -> list[Rendered]:
    if declared is None or attempt is None or not declared.pictures:
        return []
    seen = material.observe(attempt, declared, row["question"])
    return gallery.show(declared.pictures, seen) if seen else []


def _figures(attempt: Attempt | None, part: str) -> list[Rendered]:
    return [
        Rendered(caption=_OWN_FIGURE, uri=f"data:image/png;base64,{base64.b64encode(data).decode()}")
        for data in (figures(attempt, part).values() if attempt else ())
    ]
