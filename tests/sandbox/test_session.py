"""What a worker reports of one task is not taken for another's."""

from __future__ import annotations

from autograder.core.exam import Limit
from autograder.core.outcome import Task
from autograder.course.submission import of_source
from autograder.sandbox.job import SETUP, Job
from autograder.sandbox.supervisor import run
from autograder.worker.jobs import ProbeCall

PROBES = """
from autograder.probing.arrays import BadReturnError

def needs(student, given, device):
    return {"value": student.VALUE}

def asks(student, given, device):
    return {"value": getattr(student, "VALUE", "")}

def other(student, given, device):
    return {"value": student.OTHER}

def list_of(student, given, device):
    if not isinstance(student.VALUE, list):
        raise BadReturnError(
            f"VALUE must be a list, got {student.VALUE!r}", f"VALUE은(는) list여야 하는데 {student.VALUE!r}입니다"
        )
    return {"value": student.VALUE}
"""


def outcomes(source, isolation, *parts):
    tasks = [Task(part) for part in parts]
    job = Job(
        code=PROBES,
        code_name="<probes>",
        framework="python",
        submission=of_source("q.py", source),
        tasks=tasks,
        calls={task: ProbeCall(function=task.part, settings={}) for task in tasks},
        inputs={},
        limits=dict.fromkeys([*parts, SETUP], Limit()),
    )
    found = run(job, isolation).outcomes
    return [found[task] for task in tasks]


def test_the_first_cause_is_told_of_the_task_that_asked_for_the_name(warm):
    needs, asks, other = outcomes("VALUE = 1 / 0\nOTHER = 'x'\n", warm, "needs", "asks", "other")
    assert "ZeroDivisionError" in needs.fault.message.en
    assert "ZeroDivisionError" in asks.cause.en
    assert other.cause is None
    assert other.evidence.facts == {"value": "x"}


def test_a_task_that_failed_leaves_no_cause_to_the_next(warm):
    needs, other = outcomes("VALUE = 1 / 0\nOTHER = 'x'\n", warm, "needs", "other")
    assert needs.fault is not None
    assert other.cause is None


def test_what_a_probe_expected_is_told_in_both_languages(warm):
    (found,) = outcomes("VALUE = 3\n", warm, "list_of")
    assert found.fault.message.en == "The value cannot be used: VALUE must be a list, got 3"
    assert found.fault.message.ko == "이 값은 쓸 수 없습니다: VALUE는 list여야 하는데 3입니다"
