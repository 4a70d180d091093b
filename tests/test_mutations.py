"""Every numeric check fails on evidence that was tampered with: signs, scale, order of rows, last row gone."""

from __future__ import annotations

import os
import threading
from dataclasses import replace

import numpy as np
import pytest

from autograder.catalog import Course
from autograder.checks import Close
from autograder.evidence import Evidence
from autograder.grading import grade_part
from autograder.outcome import Outcome, Task
from autograder.progress import Silent
from autograder.reference import cache_folder, make_ready
from autograder.runner import Runner, conditions_for
from autograder.store import Store
from autograder.warm import warmed
from tests.conftest import KEY, REPOSITORY

ENTRIES = [entry for exam in Course(REPOSITORY).exams() for entry in exam.questions]
PARTS = [(entry, part) for entry in ENTRIES for part in entry.question.parts]


def negated(array):
    return (
        ~array
        if array.dtype == bool
        else -array.astype(np.float64 if array.dtype.kind == "u" else array.dtype)
    )


def scaled(array):
    return array * 1.01 if array.dtype.kind in "fc" else array.astype(np.float64) * 1.01


def rows_permuted(array):
    return np.roll(array, 1, axis=0) if array.ndim else array


def last_dropped(array):
    return array[:-1] if array.ndim else array


MUTATIONS = [negated, scaled, rows_permuted, last_dropped]
# What may be changed so without losing a point, by part, array and mutation, and why.
EXEMPT: dict[tuple[str, str, str], str] = {}


@pytest.fixture(scope="module")
def ready(bubblewrap):
    with warmed(bubblewrap) as warm:
        runner = Runner(isolation=warm, store=Store(cache_folder()), cancel=threading.Event())
        setups = {entry: conditions_for(entry, "mini", "cpu") for entry in ENTRIES}
        return make_ready(setups, KEY.encode(), runner, len(os.sched_getaffinity(0)), Silent())


def with_array(attempt, task, name, array):
    """The attempt with one array of one task replaced."""
    evidence = attempt.outcomes[task].evidence
    changed = Evidence(arrays={**evidence.arrays, name: array}, facts=evidence.facts)
    return replace(attempt, outcomes={**attempt.outcomes, task: Outcome(evidence=changed)})


@pytest.mark.parametrize(("entry", "part"), PARTS, ids=lambda item: getattr(item, "place", None) or item.name)
def test_evidence_that_was_tampered_with_loses_points(ready, entry, part):
    references, task = ready[entry].references, Task(part.name)
    solution = references.solution
    whole = grade_part(part, solution, references)
    pictures = {name for name in solution.outcomes[task].evidence.arrays if name.startswith("figure")}
    for name, array in solution.outcomes[task].evidence.arrays.items():
        close = [check for check in part.checks if isinstance(check, Close) and check.name == name]
        for mutate in MUTATIONS if name not in pictures else ():
            changed = mutate(array)
            same = changed.shape == array.shape and np.array_equal(
                changed, array, equal_nan=array.dtype.kind == "f"
            )
            if same or (part.name, name, mutate.__name__) in EXEMPT:
                continue
            verdict = grade_part(part, with_array(solution, task, name, changed), references)
            assert verdict.points + verdict.manual < whole.points + whole.manual, (name, mutate.__name__)
            failed = {finding.check for finding in verdict.findings if not finding.passed}
            judged = {finding.check for finding in verdict.findings}
            assert all(check.label in failed for check in close if check.label in judged), (
                name,
                mutate.__name__,
            )
