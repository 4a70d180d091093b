"""Whatever is raised while one submission is read, run or judged, all others are graded to the bit."""

from __future__ import annotations

import os
import random

import pytest

import autograder.sandbox.supervisor as supervisor
import autograder.workflows.grade as grading
import autograder.workflows.judging as judging
from autograder.checks import Close
from autograder.running.prepared import PreparedQuestion
from autograder.workflows.grade import run_class
from tests.support.courses import RIGHT
from tests.support.runs import rows

MARK = "the odd one"
# What it gives is nobody else's: equal evidence may be judged once for all who have it.
ODD = f"# {MARK}\n{RIGHT}".replace('REASON = "', f'REASON = "{MARK}: ').replace(
    "/ len(values)", "* (1 / len(values))"
)
OTHERS = {"a": RIGHT, "b": RIGHT.replace("/ len(values)", "/ (len(values) - 1)"), "z": "def f(:\n"}
RAISED = [
    RecursionError("maximum recursion depth exceeded"),
    MemoryError("38 GiB"),
    UnicodeDecodeError("cp949", b"\xff", 0, 1, "illegal multibyte sequence"),
    KeyError("weight6"),
    AssertionError(),
    OverflowError("\ud800 a lone surrogate"),
    StopIteration(),
]
# By stage, what is made to raise, and how the odd submission is told among its arguments.
STAGES = {
    "reading": (grading, "find", lambda folders, *_: folders[0].name == "odd"),
    "making the job": (PreparedQuestion, "job", lambda _, submission, tasks: MARK in str(submission.data)),
    "running": (supervisor, "take_messages", lambda session: MARK in str(session.job.submission.data)),
    "judging": (judging, "grade_part", lambda part, attempt, *_: MARK in attempt.source),
}


def raising_in(stage, error, monkeypatch):
    """Make a stage raise for the odd submission."""
    owner, name, is_odd = STAGES[stage]
    real = getattr(owner, name)
    raised = []

    def instead(*arguments, **named):
        if is_odd(*arguments):
            raised.append(stage)
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(owner, name, instead)
    return raised


def without_clock(found, student):
    return [
        {**row, "seconds": 0, "memory_mb": 0} for (name, _), row in sorted(found.items()) if name == student
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_an_exception_of_one_submission_is_told_and_the_class_goes_on(
    request_for, submit, stage, monkeypatch
):
    error = random.Random(stage).choice(RAISED)
    for name, source in {**OTHERS, "odd": ODD}.items():
        submissions = submit(name, source)
    undisturbed = rows(run_class(request_for(submissions, run="undisturbed")))
    raised = raising_in(stage, error, monkeypatch)
    request = request_for(submissions)
    found = rows(run_class(request))
    assert raised or stage == "judging"  # which is done in another process
    for student in OTHERS:
        assert without_clock(found, student) == without_clock(undisturbed, student)
    assert {row["status"] for (name, _), row in found.items() if name == "odd"} == {"ungraded"}
    told = found["odd", "mean"]["findings"][0]["message"]["en"]
    assert type(error).__name__ in told
    assert str(request.run.folder / "errors.log") in told
    assert (request.run.folder / "errors.log").stat().st_mode & 0o777 == 0o600  # as private as the results
    log = (request.run.folder / "errors.log").read_text(encoding="utf-8")
    assert "odd toy/q1_numbers" in log
    assert "Traceback" in log
    monkeypatch.undo()
    again = rows(run_class(request))
    assert without_clock(again, "odd") == without_clock(undisturbed, "odd")  # and then it is graded


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_a_check_that_raises_on_ones_evidence_fails_for_that_one(request_for, submit, error, monkeypatch):
    for name, source in {**OTHERS, "odd": ODD}.items():
        submissions = submit(name, source)
    request = request_for(submissions)
    undisturbed = rows(run_class(request))
    judge = Close.judge

    def judging(check, seen):
        if MARK in seen.source and seen.evidence is not seen.reference:
            raise error
        return judge(check, seen)

    monkeypatch.setattr(Close, "judge", judging)
    found = rows(run_class(request))
    for student in OTHERS:
        assert without_clock(found, student) == without_clock(undisturbed, student)
    assert found["odd", "mean"]["status"] == "failed"
    assert found["odd", "cumulative"]["points"] == 2.0  # its equation holds
    assert type(error).__name__ in found["odd", "mean"]["findings"][0]["message"]["en"]


def test_a_check_that_raises_on_the_solution_too_is_ours(request_for, submit, toy, monkeypatch):
    request = request_for(submit("a", OTHERS["b"]))
    run_class(request)
    judge, here = Close.judge, os.getpid()

    def judging(check, seen):
        if os.getpid() != here:  # the solution's own evidence is judged while it is prepared, in this process
            raise ZeroDivisionError("in the author's equation")
        return judge(check, seen)

    monkeypatch.setattr(Close, "judge", judging)
    found = rows(run_class(request))
    assert {part: row["status"] for (_, part), row in found.items()} == {
        "mean": "ungraded",
        "cumulative": "ungraded",
        "reason": "manual",
    }


def test_arrays_that_nothing_compares_are_dropped_and_too_large_ones_are_a_fault(request_for, submit):
    large = RIGHT.replace("return sums", "return [0.0] * 20_000")
    submissions = submit("large", large)
    request = request_for(submissions)
    found = rows(run_class(request))["large", "cumulative"]
    assert found["status"] == "fault"
    assert "(20000,), too large to compare" in found["findings"][0]["message"]["en"]
    assert rows(run_class(request))["large", "mean"]["status"] == "passed"


FORGES = """
import sys
import numpy as np
from autograder.core.evidence import Evidence
from autograder.worker.tasks import Observed

def forged(*_, **__):
    return Observed(Evidence(arrays={"x": np.ones(1 << 20)}, facts={"reason": "forged"}))

frame = sys._getframe()
while frame:
    if "make_inputs" in frame.f_globals:
        frame.f_globals["observe"] = forged
    frame = frame.f_back
"""


def test_arrays_are_dropped_also_where_the_solution_has_facts_alone(request_for, submit):
    request = request_for(submit("forger", FORGES))
    found = rows(run_class(request))
    assert {row["points"] for row in found.values()} == {0}
    assert found["forger", "reason"]["status"] == "manual"  # its text is there
    (stored,) = [one for one in request.run.evidence.iterdir() if b"forged" in one.read_bytes()]
    assert stored.stat().st_size < 10_000
