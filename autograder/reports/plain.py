"""A verdict in plain lines, where neither colours nor pages can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.core.text import Language
from autograder.core.verdict import Status
from autograder.reports.names import STATUS_NAMES


def headline(row: Mapping[str, Any], language: Language) -> str:
    """Return the status and the points of a row of results.json."""
    return f"{STATUS_NAMES[Status(row['status'])][language]}: {row['points']:g}/{row['max_points']:g}"


def rows_by_student(results: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows of results.json of each student, students in the order of the totals."""
    rows: dict[str, list[Mapping[str, Any]]] = {total["student"]: [] for total in results["totals"]}
    for row in results["results"]:
        rows[row["student"]].append(row)
    return rows


def plain_lines(row: Mapping[str, Any], language: Language) -> list[str]:
    """Return the headline, then each finding with the student's traceback."""
    lines = [headline(row, language)]
    for finding in row["findings"]:
        lines.append(
            f"{'✓' if finding['passed'] else '✗'} {finding['check']}: {finding['message'][language]}"
        )
        lines += finding.get("traceback", "").splitlines()
    return lines
