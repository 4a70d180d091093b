"""Feedback: one self-contained page per student, in Korean and English, with the student's own figures."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder.reports.material import Pictures
from autograder.reports.names import STATUS_NAMES
from autograder.store import write_whole
from autograder.text import Language
from autograder.verdict import Status


def write_feedback(
    results: Mapping[str, Any], folder: Path, language: Language, pictures: Pictures
) -> list[Path]:
    """Write ``feedback/<student>.html`` for every student.

    Args:
        results: the content of results.json.
        folder: where to write.
        language: the one shown first.
        pictures: gives a part's figures.

    Raises:
        RunError: a file cannot be written.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("autograder.reports"), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("feedback.html")
    files = []
    for total in results["totals"]:
        student = total["student"]
        rows = [row for row in results["results"] if row["student"] == student]
        parts = [
            {
                **row,
                "name": STATUS_NAMES[Status(row["status"])],
                "pictures": [
                    f"data:image/png;base64,{base64.b64encode(data).decode()}"
                    for data in pictures(student, row["question"], row["part"]).values()
                ],
            }
            for row in rows
        ]
        html = template.render(results=results, total=total, parts=parts, language=language)
        path = folder / "feedback" / f"{_file_name(student)}.html"
        write_whole(path, html.encode(errors="xmlcharrefreplace"))
        files.append(path)
    return files


def _file_name(student: str) -> str:
    """A name that is safe in every file system and differs for different students."""
    return student if re.fullmatch(r"[\w-]+", student) else quote(student, safe=" ")
