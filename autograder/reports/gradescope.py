"""Gradescope: a results.json for each student, with a test for each part.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from autograder.core.text import Language
from autograder.core.text_of_runs import NOTHING_GRADED, STAFF_GRADE_AGAIN
from autograder.core.verdict import Status, StudentResults, Verdict
from autograder.records.files import write_whole
from autograder.records.forms import Header
from autograder.records.results import ClassResults
from autograder.reports.html import file_name
from autograder.reports.material import Material
from autograder.reports.plain import plain_lines

# Until the due date students may hand in again, so the result of a hidden check would help them guess. That
# their file does not run they see at once.
_AT_ONCE, _LATER, _STAFF = "visible", "after_due_date", "hidden"


def write_gradescope(
    results: ClassResults, folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``gradescope/<student>.json`` for every student; a Renderer.

    Where a part is ungraded it says so and has no points: those of the other parts would look like a result.
    """
    files = []
    for student in results.students():
        path = folder / "gradescope" / f"{file_name(student.student)}.json"
        text = json.dumps(_result(results.header, student, language, material), ensure_ascii=False, indent=1)
        write_whole(path, text.encode(errors="backslashreplace"))
        files.append(path)
    return files


def _result(
    header: Header, student: StudentResults, language: Language, material: Material
) -> dict[str, object]:
    ungraded = [(name, verdict) for name, verdict in student.verdicts if verdict.status is Status.UNGRADED]
    if ungraded:
        tests = _nothing(ungraded, language)
    else:
        tests = [_test(question, verdict, language) for question, verdict in student.verdicts]
        tests += [
            {"name": line.text[language], "score": line.points, "max_score": 0, "visibility": _LATER}
            for line in material.standing.settled(student).lines
        ]
    return {
        "execution_time": round(sum(verdict.seconds for _, verdict in student.verdicts), 3),
        "stdout_visibility": "hidden",
        "test_output_format": "text",  # a student's text is never read as HTML or Markdown
        "test_name_format": "text",
        "tests": tests,
        "extra_data": {name: getattr(header, name) for name in ("exam", "profile", "device", "dataset")},
    }


def _nothing(ungraded: Sequence[tuple[str, Verdict]], language: Language) -> list[dict[str, object]]:
    """Return a test without points that tells the student, and one that tells the instructors why."""
    names = [f"{question} · {verdict.part}" for question, verdict in ungraded]
    why = [line for _, verdict in ungraded for line in plain_lines(verdict, language)]
    said = NOTHING_GRADED.format(parts=", ".join(names))
    return [_worthless(said[language], [], _AT_ONCE), _worthless(STAFF_GRADE_AGAIN[language], why, _STAFF)]


def _worthless(name: str, output: list[str], visibility: str) -> dict[str, object]:
    """Return a failed test without points."""
    test: dict[str, object] = {"name": name, "score": 0, "max_score": 0, "status": "failed"}
    return test | {"output": "\n".join(output), "visibility": visibility}


def _test(question: str, verdict: Verdict, language: Language) -> dict[str, object]:
    status = verdict.status
    return {
        "name": f"{question} · {verdict.part}",
        "score": verdict.points,
        "max_score": verdict.max_points,
        "output": "\n".join(plain_lines(verdict, language)),
        "visibility": _AT_ONCE if status is Status.FAULT else _LATER,
    } | ({} if status is Status.MANUAL else {"status": "passed" if status is Status.PASSED else "failed"})
