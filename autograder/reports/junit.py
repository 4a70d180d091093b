"""JUnit XML: a suite per student, a test case per part, as the test reports of GitHub and GitLab read it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from autograder.core.text import Language
from autograder.core.verdict import Status
from autograder.records.files import write_whole
from autograder.reports.material import Material
from autograder.reports.plain import headline, plain_lines, rows_by_student

# Readers take failures, errors and skipped cases apart: a failure of ours is an error, none of the student's.
_ELEMENTS = {
    Status.PARTIAL: "failure",
    Status.FAILED: "failure",
    Status.FAULT: "failure",
    Status.MANUAL: "skipped",
    Status.UNGRADED: "error",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def write_junit(
    results: Mapping[str, Any], folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write ``junit.xml``.

    Args:
        results: the content of results.json.
        folder: where to write.
        language: of the messages.
        material: not needed.

    Raises:
        RunError: it cannot be written.
    """
    suites = ET.Element("testsuites", {"name": results["exam"], **_counts(results["results"])})
    for student, rows in rows_by_student(results).items():
        name = _xml(student)
        skipped = sum(_element(row) == "skipped" for row in rows)
        about = {"name": name, "skipped": str(skipped), **_counts(rows)}
        suite = ET.SubElement(suites, "testsuite", about)
        for row in rows:
            _add_case(suite, name, row, language)
    ET.indent(suites)
    path = folder / "junit.xml"
    write_whole(path, ET.tostring(suites, encoding="utf-8", xml_declaration=True) + b"\n")
    return [path]


def _add_case(suite: ET.Element, student: str, row: Mapping[str, Any], language: Language) -> None:
    """GitLab tells cases apart by classname and name, and shows of a failure its text and not its message."""
    case = ET.SubElement(
        suite, "testcase", classname=f"{student}.{row['question']}", name=row["part"], time=_time([row])
    )
    text = _xml("\n".join(plain_lines(row, language)))
    if element := _element(row):
        failed = [finding["message"][language] for finding in row["findings"] if not finding["passed"]]
        message = _xml(" | ".join([headline(row, language), *failed]))
        ET.SubElement(case, element, type=row["status"], message=message).text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _element(row: Mapping[str, Any]) -> str | None:
    return _ELEMENTS.get(Status(row["status"]))


def _counts(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    rows = list(rows)
    found = [_element(row) for row in rows]
    return {
        "tests": str(len(rows)),
        "failures": str(found.count("failure")),
        "errors": str(found.count("error")),
        "time": _time(rows),
    }


def _time(rows: Iterable[Mapping[str, Any]]) -> str:
    return f"{sum(row['seconds'] for row in rows):.3f}"


def _xml(text: str) -> str:
    """Show characters that no XML document may hold by their numbers, as Python does."""
    return _NOT_XML.sub(lambda match: repr(match[0])[1:-1], text)
