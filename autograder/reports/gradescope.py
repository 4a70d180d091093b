"""Gradescope: for each student the results.json that its autograder interface reads, a test for each part.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.core.text import Language
from autograder.core.verdict import Status
from autograder.records.files import write_whole
from autograder.reports.html import file_name
from autograder.reports.material import Material
from autograder.reports.plain import plain_lines, rows_by_student

# Students may hand in again and again until the due date: what a hidden check says would be an oracle until
# then. That their file does not run they see at once.
_AT_ONCE, _LATER = "visible", "after_due_date"


def write_gradescope(
    results: Mapping[str, Any], folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``gradescope/<student>.json`` for every student of whom nothing is ungraded.

    A test without a score would count as zero, and without the file Gradescope says that grading failed.

    Args:
        results: the content of results.json.
        folder: where to write.
        language: of the messages.
        material: not needed.

    Raises:
        RunError: a file cannot be written.
    """
    files = []
    for student, rows in rows_by_student(results).items():
        path = folder / "gradescope" / f"{file_name(student)}.json"
        if any(row["status"] == Status.UNGRADED for row in rows):
            path.unlink(missing_ok=True)  # of an earlier report
            continue
        text = json.dumps(_result(results, rows, language), ensure_ascii=False, indent=1)
        write_whole(path, text.encode(errors="backslashreplace"))
        files.append(path)
    return files


def _result(results: Mapping[str, Any], rows: list[Mapping[str, Any]], language: Language) -> dict[str, Any]:
    return {
        "execution_time": round(sum(row["seconds"] for row in rows), 3),
        "stdout_visibility": "hidden",
        "test_output_format": "text",  # what students wrote is never taken for HTML or Markdown
        "test_name_format": "text",
        "tests": [_test(row, language) for row in rows],
        "extra_data": {name: results[name] for name in ("exam", "profile", "device", "dataset")},
    }


def _test(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    status = Status(row["status"])
    return {
        "name": f"{row['question']} · {row['part']}",
        "score": row["points"],
        "max_score": row["max_points"],
        "output": "\n".join(plain_lines(row, language)),
        "visibility": _AT_ONCE if status is Status.FAULT else _LATER,
    } | ({} if status is Status.MANUAL else {"status": "passed" if status is Status.PASSED else "failed"})
