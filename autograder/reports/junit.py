"""JUnit XML for the test reports of GitHub and GitLab: a suite per student, a test case per part."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from autograder.core.text import Language
from autograder.core.verdict import Status, Verdict, failed_once, labelled
from autograder.records.files import write_whole
from autograder.records.results import ClassResults
from autograder.reports.material import Material
from autograder.reports.plain import headline, plain_lines

# Readers distinguish failures, errors and skipped cases; a failure of the machine is an error.
_ELEMENTS = {
    Status.PARTIAL: "failure",
    Status.FAILED: "failure",
    Status.FAULT: "failure",
    Status.MANUAL: "skipped",
    Status.UNGRADED: "error",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def write_junit(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write ``junit.xml``; a Renderer."""
    everything = [verdict for result in results for verdict in result.verdicts]
    suites = ET.Element("testsuites", {"name": results.header.exam, **_counts(everything)})
    for student in results.students():
        name, verdicts = _xml(student.student), [verdict for _, verdict in student.verdicts]
        skipped = sum(_ELEMENTS.get(verdict.status) == "skipped" for verdict in verdicts)
        about = {"name": name, "skipped": str(skipped), **_counts(verdicts)}
        suite = ET.SubElement(suites, "testsuite", about)
        if (settled := material.standing.settled(student)).lines:
            properties = ET.SubElement(suite, "properties")
            for line in settled.lines:
                ET.SubElement(properties, "property", name="policy", value=_xml(line.text[language]))
            ET.SubElement(properties, "property", name="final", value=f"{settled.total:g}")
        for question, verdict in student.verdicts:
            _add_case(suite, f"{name}.{question}", verdict, language)
    path = folder / "junit.xml"
    write_whole(path, _document(suites))
    return [path]


def suites_of(name: str, files: Sequence[tuple[str, str, Sequence[Verdict]]], language: Language) -> bytes:
    """Return JUnit XML of a check: of each file its name, its question and the verdicts on its parts."""
    everything = [verdict for _, _, verdicts in files for verdict in verdicts]
    suites = ET.Element("testsuites", {"name": name, **_counts(everything)})
    for file, question, verdicts in files:
        suite = ET.SubElement(suites, "testsuite", {"name": _xml(file), **_counts(verdicts)})
        for verdict in verdicts:
            _add_case(suite, question, verdict, language)
    return _document(suites)


def _document(suites: ET.Element) -> bytes:
    ET.indent(suites)
    return bytes(ET.tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_case(suite: ET.Element, class_name: str, verdict: Verdict, language: Language) -> None:
    """Add the test case of a part; GitLab identifies it by both names and shows the text of a failure."""
    case = ET.SubElement(suite, "testcase", classname=class_name, name=verdict.part, time=_time([verdict]))
    text = _xml("\n".join(plain_lines(verdict, language)))
    if element := _ELEMENTS.get(verdict.status):
        failed = [labelled(finding)[language] for finding in failed_once(verdict.findings)]
        message = _xml(" | ".join([headline(verdict, language), *failed]))
        ET.SubElement(case, element, type=verdict.status.value, message=message).text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _counts(verdicts: Sequence[Verdict]) -> dict[str, str]:
    found = [_ELEMENTS.get(verdict.status) for verdict in verdicts]
    return {
        "tests": str(len(verdicts)),
        "failures": str(found.count("failure")),
        "errors": str(found.count("error")),
        "time": _time(verdicts),
    }


def _time(verdicts: Sequence[Verdict]) -> str:
    return f"{sum(verdict.seconds for verdict in verdicts):.3f}"


def _xml(text: str) -> str:
    """Replace characters that XML forbids by Python's escapes."""
    return _NOT_XML.sub(lambda match: repr(match[0])[1:-1], text)
