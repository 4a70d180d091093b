"""Gradescope: a results.json for each student, with a test for each part.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.core.text import Language
from autograder.core.verdict import Status, StudentResults, Verdict
from autograder.records.files import write_whole
from autograder.records.forms import Header
from autograder.records.results import ClassResults
from autograder.reports.html import file_name
from autograder.reports.material import Material
from autograder.reports.plain import plain_lines

# Until the due date students may hand in again, so the result of a hidden check would help them guess. That
# their file does not run they see at once.
_AT_ONCE, _LATER = "visible", "after_due_date"


def write_gradescope(
    results: ClassResults, folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``gradescope/<student>.json`` for every student without an ungraded part; a Renderer.

    For the others Gradescope says that grading failed; a test without a score would count as zero.
    """
    files = []
    for student in results.students():
        path = folder / "gradescope" / f"{file_name(student.student)}.json"
        if any(verdict.status is Status.UNGRADED for _, verdict in student.verdicts):
            path.unlink(missing_ok=True)  # from an earlier report
            continue
        text = json.dumps(_result(results.header, student, language), ensure_ascii=False, indent=1)
        write_whole(path, text.encode(errors="backslashreplace"))
        files.append(path)
    return files


def _result(header: Header, student: StudentResults, language: Language) -> dict[str, object]:
    return {
        "execution_time": round(sum(verdict.seconds for _, verdict in student.verdicts), 3),
        "stdout_visibility": "hidden",
        "test_output_format": "text",  # a student's text is never read as HTML or Markdown
        "test_name_format": "text",
        "tests": [_test(question, verdict, language) for question, verdict in student.verdicts],
        "extra_data": {name: getattr(header, name) for name in ("exam", "profile", "device", "dataset")},
    }


def _test(question: str, verdict: Verdict, language: Language) -> dict[str, object]:
    status = verdict.status
    return {
        "name": f"{question} · {verdict.part}",
        "score": verdict.points,
        "max_score": verdict.max_points,
        "output": "\n".join(plain_lines(verdict, language)),
        "visibility": _AT_ONCE if status is Status.FAULT else _LATER,
    } | ({} if status is Status.MANUAL else {"status": "passed" if status is Status.PASSED else "failed"})
