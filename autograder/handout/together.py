"""Opens all sealed references of a part with one guess, where all of its values are right.

A guess is slow on purpose (:mod:`autograder.checks.sealed`), and a part has one for each sealed check and set
of inputs. So a release also has one hash of all of these together. Whoever knows every value opens it at
once; otherwise each is tried by itself, as if there were no such hash, to say which are wrong.

This gives nothing away: who tries values on the hash of all must have all of them, while the hash of each, as
slow, stands beside it. The hash of all must be as slow: if it were fast, because all the values together have
so many bits, who has all but one right could try that one fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.checks.sealed import Sealed, Sealing, hash_together, opens_together
from autograder.core.evidence import Evidence
from autograder.core.exam import Part
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.grading.grade import References
from autograder.handout.check_file import CheckFile

_TOGETHER = "together"  # a fact of the first task of a part; no check has such an id


def seal_together(made: CheckFile, solution: Attempt) -> CheckFile:
    """Return a file of checks with the hash of all sealed references of each part that has several."""
    sealed = dict(made.sealed)
    for part in made.question.parts:
        tasks = _tasks(part, sealed)
        pairs = _pairs(part, tasks, sealed, solution.outcomes)
        if pairs is not None and len(pairs) > 1:
            facts = {**sealed[tasks[0]].facts, _TOGETHER: hash_together(pairs)}
            sealed[tasks[0]] = replace(sealed[tasks[0]], facts=facts)
    return replace(made, sealed=sealed)


def opened(part: Part, attempt: Attempt, references: References) -> References:
    """Return the references, the part's sealed ones marked as opened if the attempt opens all together."""
    if references.solution is None:
        return references
    outcomes = references.solution.outcomes
    sealed = {task: one.evidence for task, one in outcomes.items() if one.evidence is not None}
    tasks = _tasks(part, sealed)
    digest = sealed[tasks[0]].facts.get(_TOGETHER) if tasks else None
    pairs = _pairs(part, tasks, sealed, attempt.outcomes)
    if not isinstance(digest, str) or pairs is None or not opens_together(pairs, digest):
        return references
    marked = {task: Outcome(evidence=_marked(sealed[task])) for task in tasks}
    return replace(references, solution=replace(references.solution, outcomes={**outcomes, **marked}))


def _tasks(part: Part, sealed: Mapping[Task, Evidence]) -> list[Task]:
    return sorted((task for task in sealed if task.part == part.name), key=lambda task: task.variant)


def _pairs(
    part: Part,
    tasks: Sequence[Task],
    sealed: Mapping[Task, Evidence],
    outcomes: Mapping[Task, Outcome],
) -> list[Sealing] | None:
    """Return each sealed reference of a part with the array that was computed; None if one is absent."""
    found: list[Sealing] = []
    for task in tasks:
        outcome = outcomes.get(task)
        for check in part.checks:
            if not isinstance(check, Sealed) or check.id not in sealed[task].facts:
                continue
            if outcome is None or outcome.evidence is None or check.array not in outcome.evidence.arrays:
                return None
            found.append((sealed[task].facts[check.id], outcome.evidence.arrays[check.array]))
    return found


def _marked(evidence: Evidence) -> Evidence:
    facts = {id: fact | {"opened": True} for id, fact in evidence.facts.items() if isinstance(fact, dict)}
    return replace(evidence, facts={**evidence.facts, **facts})
