"""Holds a question's declaration against its inputs and its solution, before anybody is graded by it."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from difflib import get_close_matches

from autograder.core.check import Check
from autograder.core.evidence import OPERATORS, Evidence
from autograder.core.exam import Part
from autograder.core.outcome import Task
from autograder.core.text import join
from autograder.course.modules import CatalogError
from autograder.course.source import top_level
from autograder.grading.grade import grade_part
from autograder.running.prepared import PreparedQuestion

_OURS = {"device", "np", "torch", "tf", "keras", "inputs"}


def require_declarations(ready: PreparedQuestion) -> None:
    """Require that what a question's calls and checks name exists.

    Args:
        ready: with its inputs; with the solution's attempt, what own probes observe is looked at too.

    Raises:
        CatalogError: a name is unknown; the message has the file and the line.
    """
    for part in ready.entry.question.parts:
        inputs = next(found for task, found in ready.references.inputs.items() if task.part == part.name)
        _require_calls(ready, part, inputs)
        if (observed := _observed(ready, part)) is not None:
            for check in part.checks:
                _require_observed(ready, part, check, inputs, observed)


def require_solution(ready: PreparedQuestion) -> None:
    """Require that the solution earns every part's automatic points.

    Raises:
        CatalogError: it does not; the message says where it loses.
    """
    entry, references = ready.entry, ready.references
    assert references.solution is not None
    for part in entry.question.parts:
        outcomes = references.solution.of_part(part.name).values()
        if any(outcome.failure for outcome in outcomes):
            continue  # what the machine did says nothing of the question
        fault = next((outcome.fault for outcome in outcomes if outcome.fault), None)
        verdict = grade_part(part, references.solution, references, ready.environment.device)
        if fault is None and verdict.points + verdict.manual >= verdict.max_points:
            continue
        lost = next(found for found in verdict.findings if not found.passed)
        why = fault.message if fault else join([lost.about, lost.message], ": ")
        raise CatalogError(
            f"{entry.solution_path}: the solution earns {verdict.points:g} of {verdict.max_points:g} points "
            f"in part {part.name}: {' '.join(why.en.split())}; see autograder verify {entry.id}"
        )


def _require_calls(ready: PreparedQuestion, part: Part, inputs: Evidence) -> None:
    entry = ready.entry
    known = {*_OURS, *entry.question.interface, *top_level(entry.probe_source), *dir(builtins)}
    given = {*inputs.arrays, *inputs.facts}
    for call in part.parsed_calls:
        for name in call.names:
            if name not in known | given:
                close = get_close_matches(name, sorted(given | set(entry.question.interface)), n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise entry.error(
                    f"part {part.name}: {call.source!r} uses {name!r}, which is no input, setting, earlier "
                    f"result, name of the interface or function of probes.py{hint}",
                    part,
                )
        if clash := sorted(given.intersection(call.targets)):
            raise entry.error(
                f"part {part.name}: {call.source!r} returns {clash[0]!r}, which is an input too; choose "
                "another name",
                part,
            )
        known |= set(call.targets)


def _observed(ready: PreparedQuestion, part: Part) -> set[str] | None:
    """Return the names that a part observes; None if its probe or its cell alone knows."""
    if part.cell:
        return None
    if not part.probe:
        return {OPERATORS, *(name for call in part.parsed_calls for name in call.observed)}
    solution = ready.references.solution
    outcome = solution.outcomes.get(Task(part.name)) if solution else None
    if outcome is None or outcome.evidence is None:
        return None
    return {*outcome.evidence.arrays, *outcome.evidence.facts, *outcome.missing}


def _require_observed(
    ready: PreparedQuestion, part: Part, check: Check, inputs: Evidence, observed: set[str]
) -> None:
    for name in _read(check, inputs):
        if name not in observed:
            close = get_close_matches(name, sorted(observed), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ready.entry.error(
                f"part {part.name}: {check.id} reads {name!r}, which is not observed; observed are "
                f"{', '.join(sorted(observed - {OPERATORS})) or 'none'}{hint}",
                part,
                check,
            )


def _read(check: Check, inputs: Evidence) -> Iterator[str]:
    """Yield the observations that a check reads."""
    of = getattr(check, "arrays_in", None)
    yield from of(inputs) if of else check.reads
