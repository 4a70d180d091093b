"""CSV: a file with a row per student, one per question, one per part; Excel shows their Korean."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.reports.material import Material
from autograder.store import write_whole
from autograder.text import Language

# What Excel, LibreOffice or Google Sheets may take for a formula's beginning, full-width forms included
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the system's encoding


_TOTALS = ("student", "points", "max_points", "manual", "ungraded")
_QUESTIONS = ("student", "question", "points", "max_points", "manual", "ungraded")
_PARTS = ("student", "question", "part", "status", "points", "max_points", "manual", "seconds")


def write_csv(results: Mapping[str, Any], folder: Path, language: Language, material: Material) -> list[Path]:
    """Write ``totals.csv``, ``questions.csv`` and ``parts.csv``.

    Args:
        results: the content of results.json.
        folder: where to write.
        language: of the messages.
        material: not shown in a table.

    Raises:
        RunError: a file cannot be written.
    """
    totals = [[row[name] for name in _TOTALS] for row in results["totals"]]
    questions = [
        [*(row[name] for name in _QUESTIONS), " | ".join(note[language] for note in row["notes"])]
        for row in results["questions"]
    ]
    parts = [
        [*(row[name] for name in _PARTS), *_words(row["findings"], language)] for row in results["results"]
    ]
    files = {
        folder / "totals.csv": _csv(_TOTALS, totals),
        folder / "questions.csv": _csv((*_QUESTIONS, "notes"), questions),
        folder / "parts.csv": _csv((*_PARTS, "findings", "mistakes"), parts),
    }
    for path, data in files.items():
        write_whole(path, data)
    return list(files)


def _words(findings: Iterable[Mapping[str, Any]], language: Language) -> tuple[str, str]:
    failed = [finding for finding in findings if not finding["passed"]]
    mistakes = dict.fromkeys(finding["mistake"] for finding in failed if finding["mistake"])
    return " | ".join(finding["message"][language] for finding in failed), ", ".join(mistakes)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return (_BYTE_ORDER_MARK + text.getvalue()).encode(errors="backslashreplace")


def _safe(value: object) -> object:
    """A text that a spreadsheet would take for a formula is made plain by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS) else value
