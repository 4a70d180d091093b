"""Results of a class, made up part by part."""

from __future__ import annotations

from dataclasses import replace

from autograder.core.text import Text
from autograder.core.verdict import Finding, Result, Status, Verdict
from autograder.records.forms import Header
from autograder.records.results import ClassResults, results_in_memory

WHY = Text(ko="왜", en="why")


def row(
    student, part, status, points, *, most=4.0, mistake=None, message=WHY, traceback="", **more
) -> Result:
    """What one student got for one part of the question q1_x."""
    finding = Finding(
        check="Close(x)",
        passed=status == "passed",
        message=message,
        mistake=mistake,
        points=points,
        max_points=most,
        traceback=traceback,
    )
    verdict = Verdict(
        part=part,
        status=Status(status),
        points=points,
        max_points=most,
        findings=(finding,),
        **{"seconds": 1.0, **more},
    )
    return Result(student=student, question="q1_x", verdicts=(verdict,))


def results_of(rows) -> ClassResults:
    """The results of a class of which each row is what a student got for a part."""
    found: dict[str, Result] = {}
    for one in rows:
        before = found.get(one.student)
        found[one.student] = replace(one, verdicts=(*before.verdicts, *one.verdicts)) if before else one
    header = Header(
        exam="e",
        profile="mini",
        device="cpu",
        isolation="bubblewrap",
        versions={"numpy": "2.0"},
        dataset={"mnist": "mini:0"},
    )
    return results_in_memory(header, found.values())
