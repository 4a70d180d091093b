"""CSV files with a row per student, per question and per part, readable in Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from autograder.core.text import Language
from autograder.core.verdict import Finding, Result, StudentResults, Verdict, labelled
from autograder.records.files import whole
from autograder.records.results import ClassResults
from autograder.reports.material import Material
from autograder.reports.standing import Standing

# In Excel, LibreOffice or Google Sheets a text that starts so may be a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_ENCODING = "utf-8-sig"  # without a byte-order mark Excel does not recognise UTF-8


_TOTALS = ("student", "points", "max_points", "manual", "ungraded")
_POLICY = ("policy", "final")
_PERSON = ("name", "email", "section", "group")
_QUESTIONS = ("student", "question", "points", "max_points", "manual", "ungraded")
_PARTS = ("student", "question", "part", "status", "points", "max_points", "manual", "seconds")


def write_csv(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write ``totals.csv``, ``questions.csv`` and ``parts.csv``; a Renderer."""
    return [write_table(folder / f"{sheet.name}.csv", sheet) for sheet in sheets(results, language, material)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a class: its name, header and rows."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


def sheets(results: ClassResults, language: Language, material: Material) -> list[Sheet]:
    """Return the tables of totals, questions and parts."""
    standing = material.standing
    more = (*_POLICY, *_PERSON) if standing.matters else ()
    totals = (
        [student.student, *astuple(student.totals), *(_more(student, standing, language) if more else ())]
        for student in results.students()
    )
    questions = (
        [
            result.student,
            result.question,
            *astuple(result.totals),
            " | ".join(note[language] for note in result.notes),
        ]
        for result in results
    )
    parts = (
        [*_part(result, verdict), *_words(verdict.findings, language)]
        for result in results
        for verdict in result.verdicts
    )
    return [
        Sheet("totals", (*_TOTALS, *more), totals),
        Sheet("questions", (*_QUESTIONS, "notes"), questions),
        Sheet("parts", (*_PARTS, "findings", "mistakes"), parts),
    ]


def _more(student: StudentResults, standing: Standing, language: Language) -> list[object]:
    """Return what the policy says of a total, and what the roster says of the student."""
    settled, known = standing.settled(student), standing.student(student.student)
    lines = " | ".join(line.text[language] for line in settled.lines)
    person = [known.name, known.email, known.section, known.group] if known else [""] * len(_PERSON)
    return [lines, settled.total, *person]


def _part(result: Result, verdict: Verdict) -> tuple[object, ...]:
    points = verdict.points, verdict.max_points, verdict.manual
    return result.student, result.question, verdict.part, verdict.status.value, *points, verdict.seconds


def _words(findings: Iterable[Finding], language: Language) -> tuple[str, str]:
    failed = [finding for finding in findings if not finding.passed]
    mistakes = dict.fromkeys(finding.mistake for finding in failed if finding.mistake)
    return " | ".join(labelled(finding)[language] for finding in failed), ", ".join(mistakes)


def write_table(path: Path, sheet: Sheet) -> Path:
    """Write a table as CSV and return its path.

    Raises:
        RunError: it cannot be written.
    """
    with whole(path) as file:
        text = io.TextIOWrapper(file, _ENCODING, errors="backslashreplace", newline="")
        writer = csv.writer(text)
        writer.writerow(sheet.header)
        writer.writerows([safe(value) for value in row] for row in sheet.rows)
        text.detach()  # flushes; ``whole`` closes the file
    return path


def safe(value: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS) else value
