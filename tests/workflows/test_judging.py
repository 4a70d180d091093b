"""Judging under limits: what one submission makes too slow or too large is the fault of that part alone."""

from __future__ import annotations

import os

import pytest

from autograder.checks import Close
from autograder.records.store import Store
from autograder.sandbox.processes import Allowed
from autograder.workflows.grade import run_class
from autograder.workflows.rescore import rescore
from tests.support.courses import RIGHT
from tests.support.processes import children
from tests.support.runs import rows, timeless

ALLOWED = Allowed(seconds=0.4, more=0.4, memory_mb=256)
MARK = "the odd one"
CLASS = {
    "a": RIGHT,
    "b": RIGHT.replace("/ len(values)", "/ (len(values) - 1)"),
    "odd": f"# {MARK}\n{RIGHT}",
    "z": "def f(:\n",
}


def endless():
    while True:
        pass


def endless_in_c():
    sum(range(10**12))


def large():
    bytearray(1 << 40)


@pytest.fixture
def request_of_all(request_for, submit, monkeypatch):
    monkeypatch.setattr("autograder.workflows.judging.ALLOWED", ALLOWED)
    for name, source in CLASS.items():
        submissions = submit(name, source)
    return request_for(submissions)


def making(what, monkeypatch, *, solution=False):
    """Let the check of the mean do this for the odd one's values, and the solution's too if asked for."""
    judge = Close.judge

    def judging(check, seen):
        if check.name == "mean" and MARK in seen.source and (solution or seen.evidence is not seen.reference):
            what()
        return judge(check, seen)

    monkeypatch.setattr(Close, "judge", judging)


def apart(found, student):
    return {**found, "results": [row for row in found["results"] if row["student"] != student]}["results"]


@pytest.mark.parametrize(
    ("what", "status", "said"),
    [
        (endless, "failed", "took more than 0.4 s"),  # that check alone
        (endless_in_c, "fault", "took more than 0.4 s"),
        (large, "failed", "MemoryError"),
    ],
)
def test_a_check_that_never_ends_or_eats_memory_is_one_parts_affair(
    request_of_all, monkeypatch, what, status, said
):
    undisturbed = timeless(run_class(request_of_all))
    making(what, monkeypatch)
    for found in (run_class(request_of_all), rescore(request_of_all.run)):
        odd = rows(found)
        assert odd["odd", "mean"]["status"] == status
        assert odd["odd", "mean"]["points"] == 0
        assert said in odd["odd", "mean"]["findings"][0]["message"]["en"]
        assert odd["odd", "cumulative"]["status"] == "passed"
        assert apart(timeless(found), "odd") == apart(undisturbed, "odd")
    monkeypatch.undo()
    assert timeless(rescore(request_of_all.run)) == undisturbed


def test_a_check_for_which_the_solution_is_too_slow_too_is_ours(request_of_all, monkeypatch):
    run_class(request_of_all)
    judge = Close.judge

    def judging(check, seen):
        # the solution is judged while it is prepared, in this process
        if check.name == "mean" and os.getpid() != here:
            endless_in_c()
        return judge(check, seen)

    here = os.getpid()
    monkeypatch.setattr(Close, "judge", judging)
    found = rows(run_class(request_of_all))
    for student in ("a", "b", "odd"):
        assert found[student, "mean"]["status"] == "ungraded"
        assert found[student, "cumulative"]["status"] in ("passed", "failed", "partial")
    assert found["z", "mean"]["status"] == "fault"  # nothing was there to judge
    log = (request_of_all.run.folder / "errors.log").read_text(encoding="utf-8")
    assert "odd toy/q1_numbers" in log
    assert "took more than 0.4 s" in log


def test_evidence_too_large_to_be_read_is_a_fault_and_the_others_are_judged(request_of_all, monkeypatch):
    undisturbed = timeless(run_class(request_of_all))
    read, here = Store.read, os.getpid()

    def reading(store, key):
        found = read(store, key)
        if found is not None and os.getpid() != here and MARK in found.attempt().source:
            raise MemoryError
        return found

    monkeypatch.setattr(Store, "read", reading)
    for found in (run_class(request_of_all), rescore(request_of_all.run)):
        mine = [row for (student, _), row in rows(found).items() if student == "odd"]
        assert {(row["status"], row["points"]) for row in mine} == {("fault", 0)}
        assert "more than 256 MB of memory" in mine[0]["findings"][0]["message"]["en"]
        assert apart(timeless(found), "odd") == apart(undisturbed, "odd")


def test_no_process_is_left(request_of_all):
    before = {pid for pid, *_ in children(os.getpid())}
    run_class(request_of_all)
    rescore(request_of_all.run)
    assert {pid for pid, *_ in children(os.getpid())} <= before
