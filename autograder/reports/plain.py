"""Verdicts as plain text."""

from __future__ import annotations

from autograder.core.text import Language
from autograder.core.verdict import Verdict, labelled
from autograder.reports.names import STATUS_NAMES


def headline(verdict: Verdict, language: Language) -> str:
    """Return the status and the points of a part."""
    return f"{STATUS_NAMES[verdict.status][language]}: {verdict.points:g}/{verdict.max_points:g}"


def plain_lines(verdict: Verdict, language: Language) -> list[str]:
    """Return the headline, then each finding with the student's traceback."""
    lines = [headline(verdict, language)]
    for finding in verdict.findings:
        lines.append(f"{'✓' if finding.passed else '✗'} {labelled(finding)[language]}")
        lines += finding.traceback.splitlines()
    return lines
