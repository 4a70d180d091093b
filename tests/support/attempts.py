"""What an attempt at the toy question came to: the value of a part, or its fault."""

from __future__ import annotations

from autograder.core.outcome import Task

MEAN = Task("mean")


def value(attempt, task=MEAN):
    outcome = attempt.outcomes[task]
    assert outcome.evidence is not None, outcome
    return outcome.evidence.arrays["mean"]


def fault(attempt, task=MEAN):
    outcome = attempt.outcomes[task]
    assert outcome.fault is not None, outcome
    return outcome.fault
