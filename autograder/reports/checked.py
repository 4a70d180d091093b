"""What a student's own check tells GitHub: a summary in Markdown, JUnit XML, GitHub Classroom's result."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

from autograder.core.text import Language, Text
from autograder.core.verdict import RIGHT, Result, Verdict, failed_once, labelled
from autograder.records.files import write_whole
from autograder.reports.junit import suites_of
from autograder.reports.part import part_text, status_word, waits

_HEADINGS = (
    Text("파일", "file"),
    Text("소문항", "part"),
    Text("상태", "status"),
    Text("검사 결과", "findings"),
)


def write_checked_junit(results: Sequence[Result], path: Path, language: Language) -> None:
    """Write JUnit XML: a suite for each file, a test case for each part."""
    suites = [(one.student, one.question, one.verdicts) for one in results]
    write_whole(path, suites_of("check", suites, language))


def append_summary(results: Sequence[Result], path: Path, language: Language) -> None:
    """Append a table in Markdown to a file, such as ``$GITHUB_STEP_SUMMARY``."""
    rows = [f"| {' | '.join(heading[language] for heading in _HEADINGS)} |", "|---|---|---|---|"]
    for result in results:
        for verdict in result.verdicts:
            cells = [f"`{Path(result.student).name}`", f"`{verdict.part}`", status_word(verdict)[language]]
            rows.append(f"| {' | '.join([*cells, _found(verdict, language)])} |")
    _append(path, "\n".join(rows) + "\n")


def _found(verdict: Verdict, language: Language) -> str:
    """Return the failed findings, or else all that can be said, as one cell of a table."""
    failed = [labelled(finding)[language] for finding in failed_once(verdict.findings)]
    text = "\n".join(failed) or part_text(verdict, language)
    for letter, written in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "\\`"), ("\n", "<br>")):
        text = text.replace(letter, written)
    return text


def append_classroom(results: Sequence[Result], path: Path, language: Language) -> None:
    """Append ``result=…`` for GitHub Classroom's reporter to a file, such as ``$GITHUB_OUTPUT``.

    A part without a failed check has all its points, if some check of its answer passed; one of which nothing
    can be said before it is graded is left out.
    """
    tests = [
        _test(result, verdict, language)
        for result in results
        for verdict in result.verdicts
        if not waits(verdict)
    ]
    record = {
        "version": 1,
        "status": "pass" if all(test["status"] == "pass" for test in tests) else "fail",
        "max_score": sum(v.max_points for one in results for v in one.verdicts if not waits(v)),
        "tests": tests,
    }
    _append(path, f"result={base64.b64encode(json.dumps(record).encode()).decode()}\n")


def _test(result: Result, verdict: Verdict, language: Language) -> dict[str, str | float]:
    failed = any(not finding.passed for finding in verdict.findings)
    right = not failed and any(finding.kind == RIGHT for finding in verdict.findings)
    return {
        "name": f"{Path(result.student).name}: {verdict.part}",
        "status": "fail" if failed else "pass",
        "score": verdict.max_points if right else verdict.points,
        "message": part_text(verdict, language),
    }


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
