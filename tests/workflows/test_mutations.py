"""Every numeric check fails on evidence that was tampered with: signs, scale, order of rows, last row gone."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from autograder.checks import Close
from autograder.core.evidence import Evidence
from autograder.core.outcome import Outcome, Task
from autograder.course.catalog import Course
from autograder.grading.grade import grade_part
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from tests.support.courses import KEY, REPOSITORY

pytestmark = pytest.mark.verify

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
    return np.random.default_rng(0).permutation(array) if array.ndim else array


def last_dropped(array):
    return array[:-1] if array.ndim else array


MUTATIONS = [negated, scaled, rows_permuted, last_dropped]
BOUND = "judged by a bound"
COUNTS = "a count that is judged by a bound"
SMALL_CHANGES = {"scaled"}
NO_ORDER = {"rows_permuted"}
ANY_VALUES = {"negated", "scaled", "rows_permuted"}
# The mutations of an array that no check needs to see, by part and array, and why.
EXEMPT: dict[tuple[str, str], tuple[set[str], str]] = {
    **{
        (part, "logits_elsewhere"): (SMALL_CHANGES, BOUND)
        for part in ("rnn", "rnn_cell", "rnn_from_scratch", "lstm", "lstm_cell", "lstm_from_scratch")
    },
    ("fit", "accuracies"): (SMALL_CHANGES, "one image more or less is allowed"),
    ("test_accuracy", "test_outputs"): (SMALL_CHANGES, "the largest stays the largest"),
    ("validation_curves", "curves"): (SMALL_CHANGES, "as near as two ways of taking the mean of minibatches"),
    ("validation_curves", "scores"): (SMALL_CHANGES, BOUND),
    ("compare_accuracy", "first"): (SMALL_CHANGES, "the largest stays the largest"),
    ("compare_accuracy", "second"): (SMALL_CHANGES, "the largest stays the largest"),
    ("early_stopping", "curves"): (SMALL_CHANGES | {"last_dropped"}, "stopping reads the loss of validation"),
    ("lenet", "losses"): (NO_ORDER, "the first is judged, where the images are one batch"),
    ("lenet", "probabilities"): (SMALL_CHANGES, "the greatest stays the greatest"),
    ("crawl", "files"): (SMALL_CHANGES, COUNTS),
    ("crawl", "requests"): (SMALL_CHANGES | NO_ORDER, COUNTS),
    ("crawl", "thumbnails"): (SMALL_CHANGES, "as near as JPEG keeps a picture"),
    ("crawl", "thumbnail_class"): ({"negated"}, "an index, and -1 of two classes is 1"),
    ("dls", "batch"): (ANY_VALUES, "only its shape is judged"),
    ("dls", "valid_again"): (NO_ORDER, "a set"),
    ("train", "after"): (SMALL_CHANGES, "judged by how far training moved it, within bounds"),
    ("train", "losses"): ({"negated", "scaled"}, "only their number is judged"),
    ("train", "batches"): ({"negated"}, COUNTS),
    ("train", "steps"): ({"scaled", "last_dropped"}, COUNTS),
    ("training", "shuffled_weights"): (SMALL_CHANGES, "judged by being another than without shuffling"),
}


@pytest.fixture(scope="module")
def ready(warm):
    """Return a question with its references, prepared once."""
    site = Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0)))
    runner = Runner(executor=site.executor)

    @cache
    def make(entry):
        return prepare(
            site.environments([entry]), runner, key=KEY.encode(), wanted="solution", jobs=site.jobs
        )[entry]

    return make


def absent(array):
    return None


def tampered(attempt, part, name, mutate):
    """The attempt with one array of the part mutated on every variant; None where that changes nothing."""
    outcomes, differs = dict(attempt.outcomes), False
    for task in [task for task in outcomes if task.part == part.name]:
        evidence = outcomes[task].evidence
        if name not in evidence.arrays:  # made on the public variant alone
            continue
        array = evidence.arrays[name]
        changed = mutate(array)
        differs |= changed is None or not same(array, changed)
        others = {other: value for other, value in evidence.arrays.items() if other != name}
        arrays = others if changed is None else {**others, name: changed}
        outcomes[task] = Outcome(evidence=Evidence(arrays=arrays, facts=evidence.facts))
    return replace(attempt, outcomes=outcomes) if differs else None


def same(array, other):
    return array.shape == other.shape and np.array_equal(array, other, equal_nan=array.dtype.kind == "f")


def failures(part, attempt, references):
    verdict = grade_part(part, attempt, references)
    return {finding.check for finding in verdict.findings if not finding.passed}


def judged_first(part):
    """The required checks: where one fails, those after it are not judged."""
    return {check.id for check in part.checks if check.points is None}


def unseen_mutations(part, name, references):
    """The mutations of this array that no check fails on, or not every check that compares it with a reference."""
    solution, unseen = references.solution, set()
    close = {check.id for check in part.checks if isinstance(check, Close) and check.name == name}
    for mutate in MUTATIONS:
        attempt = tampered(solution, part, name, mutate)
        failed = {"nothing changed"} if attempt is None else failures(part, attempt, references)
        if not failed or (attempt and not close <= failed and not failed & judged_first(part)):
            unseen.add(mutate.__name__)
    return unseen


@pytest.mark.parametrize(("entry", "part"), PARTS, ids=lambda item: getattr(item, "id", item.name))
def test_evidence_that_was_tampered_with_fails_a_check(ready, entry, part):
    references = ready(entry).references
    solution, found = references.solution, {}
    for name in solution.outcomes[Task(part.name)].evidence.arrays:
        read = failures(part, tampered(solution, part, name, absent), references)
        if read and not name.startswith("figure") and (unseen := unseen_mutations(part, name, references)):
            found[name] = unseen
    assert found == {name: unseen for (owner, name), (unseen, _) in EXEMPT.items() if owner == part.name}
