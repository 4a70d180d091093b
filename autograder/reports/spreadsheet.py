"""CSV files with a row per student, per question and per part, readable in Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path

from autograder.core.text import Language
from autograder.core.verdict import Finding, Result, Verdict, labelled
from autograder.records.files import whole
from autograder.records.results import ClassResults
from autograder.reports.material import Material

# In Excel, LibreOffice or Google Sheets a text that starts so may be a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_ENCODING = "utf-8-sig"  # without a byte-order mark Excel does not recognise UTF-8


_TOTALS = ("student", "points", "max_points", "manual", "ungraded")
_QUESTIONS = ("student", "question", "points", "max_points", "manual", "ungraded")
_PARTS = ("student", "question", "part", "status", "points", "max_points", "manual", "seconds")


def write_csv(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write ``totals.csv``, ``questions.csv`` and ``parts.csv``; a Renderer."""
    totals = ([student.student, *astuple(student.totals)] for student in results.students())
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
        _write(folder / "totals.csv", _TOTALS, totals),
        _write(folder / "questions.csv", (*_QUESTIONS, "notes"), questions),
        _write(folder / "parts.csv", (*_PARTS, "findings", "mistakes"), parts),
    ]


def _part(result: Result, verdict: Verdict) -> tuple[object, ...]:
    points = verdict.points, verdict.max_points, verdict.manual
    return result.student, result.question, verdict.part, verdict.status.value, *points, verdict.seconds


def _words(findings: Iterable[Finding], language: Language) -> tuple[str, str]:
    failed = [finding for finding in findings if not finding.passed]
    mistakes = dict.fromkeys(finding.mistake for finding in failed if finding.mistake)
    return " | ".join(labelled(finding)[language] for finding in failed), ", ".join(mistakes)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with whole(path) as file:
        text = io.TextIOWrapper(file, _ENCODING, errors="backslashreplace", newline="")
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows([safe(value) for value in row] for row in rows)
        text.detach()  # flushes; ``whole`` closes the file
    return path


def safe(value: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS) else value
