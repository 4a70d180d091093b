"""Verifies a course: every check passes what is right and fails what is wrong, and nothing drifted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.core.illustration import shown
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.progress import Progress
from autograder.core.verdict import Status, Verdict
from autograder.course.catalog import CatalogError, QuestionEntry
from autograder.course.data import OFFICIAL
from autograder.course.template import template
from autograder.grading.grade import grade
from autograder.pictures.render import render
from autograder.running.environment import Environment
from autograder.running.executor import Site
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepare import PreparedQuestion, Wanted, prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was verified.

    Attributes:
        question: its name.
        subject: what was graded: ``solution``, ``template``, a mistake's name, or a pinned value.
        expected: what had to come out.
        got: what came out.
        holds: whether it did.
        ungraded: whether it could not be judged through a failure of ours.
    """

    question: str
    subject: str
    expected: str
    got: str
    holds: bool
    ungraded: bool = False


def verify_questions(
    entries: Sequence[QuestionEntry],
    *,
    key: bytes,
    site: Site,
    progress: Progress,
    mistakes: bool = True,
) -> list[Line]:
    """Run the solution, every mistake and the empty template of each question, and judge them.

    Without ``mistakes`` only solutions and templates are run.

    Raises:
        CatalogError, InputsError, NotRunnableError, RunError: a question is not right or cannot be run here.
    """
    runner = Runner(executor=site.executor)
    wanted: Wanted = "mistakes" if mistakes else "solution"
    environments, jobs = site.environments(entries), site.jobs
    ready = prepare(environments, runner, key=key, wanted=wanted, jobs=jobs, progress=progress)
    templates: dict[Label, KeyedJob] = {
        (entry.id,): about.source_job(template(entry), about.tasks) for entry, about in ready.items()
    }
    blank = runner.all("templates", templates, jobs, progress)
    return [line for entry in entries for line in _verify_question(ready[entry], blank[entry.id,])]


def _verify_question(ready: PreparedQuestion, blank: Attempt) -> Iterator[Line]:
    entry, references, device = ready.entry, ready.references, ready.environment.device
    question = entry.question
    assert references.solution is not None
    yield _line(entry, "solution", frozenset(), grade(question, references.solution, references, device))
    every = frozenset(part.name for part in question.parts)
    yield _line(entry, "template", every, grade(question, blank, references, device), nothing=True)
    for mistake in references.mistakes:
        verdicts = grade(question, mistake.attempt, references, device)
        yield _line(entry, mistake.name, mistake.loses, verdicts, named=mistake.name)
    yield from _verify_pictures(ready, references.solution)
    yield from verify_pinned(entry, references.solution, ready.environment)


def _verify_pictures(ready: PreparedQuestion, solution: Attempt) -> Iterator[Line]:
    """Draw every declared picture of the solution."""
    for part in ready.entry.question.parts:
        seen = shown(
            solution,
            part.name,
            inputs=ready.inputs[PUBLIC],
            settings=part.settings,
            withheld=ready.entry.question.withheld,
            solution=solution,
        )
        for illustration in part.pictures:
            why = render(illustration, seen).why if seen else "no evidence"
            yield Line(
                question=ready.entry.id,
                subject=f"picture {part.name}",
                expected="drawn",
                got=why or "drawn",
                holds=not why,
            )


def _line(
    entry: QuestionEntry,
    subject: str,
    expected: frozenset[str],
    verdicts: Sequence[Verdict],
    *,
    nothing: bool = False,
    named: str | None = None,
) -> Line:
    """Compare the parts that fell short with those that should; ``nothing``: they must earn no point."""
    lost = {verdict.part for verdict in verdicts if verdict.points + verdict.manual < verdict.max_points}
    ungraded = any(verdict.status is Status.UNGRADED for verdict in verdicts)
    remarks = []
    if nothing and (earned := [v.part for v in verdicts if v.points + v.manual > 0]):
        remarks.append(f"earns points in {', '.join(earned)}")
    for verdict in verdicts if named else ():
        if verdict.part in expected and all(f.mistake != named for f in verdict.findings):
            remarks.append(f"not recognised in {verdict.part}")
    return Line(
        question=entry.id,
        subject=subject,
        expected="loses " + (", ".join(sorted(expected)) or "nothing"),
        got="; ".join(["loses " + (", ".join(sorted(lost)) or "nothing"), *remarks]),
        holds=lost == expected and not remarks and not ungraded,
        ungraded=ungraded,
    )


def verify_pinned(entry: QuestionEntry, solution: Attempt, environment: Environment) -> Iterator[Line]:
    """Compare the solution's evidence with the pinned values, which say where they are from.

    A value may hold for one profile only; one with ``"official": true`` holds for the official data only.

    Raises:
        CatalogError: the file of pinned values is damaged.
    """
    if not entry.pinned_path.is_file():
        return
    try:
        pinned = json.loads(entry.pinned_path.read_bytes())["values"]
        for value in pinned:
            if _applies(value, environment):
                compare = _compare_fact if "fact" in value else _compare_pinned
                yield compare(entry, value, solution)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CatalogError(f"{entry.pinned_path}: {error!r}") from None


def _applies(value: dict[str, Any], environment: Environment) -> bool:
    if value.get("profile", environment.profile) != environment.profile:
        return False
    return not value.get("official") or all(found == OFFICIAL for found in environment.datasets.values())


def _compare_fact(entry: QuestionEntry, value: dict[str, Any], solution: Attempt) -> Line:
    outcome = solution.outcomes.get(Task(value["part"]))
    facts = outcome.evidence.facts if outcome and outcome.evidence else {}
    got = facts.get(value["fact"], "no evidence")
    return Line(
        question=entry.id,
        subject=f"pinned {value['part']}.{value['fact']}",
        expected=f"{value['value']} of {value['source']}",
        got=str(got),
        holds=bool(got == value["value"]),
    )


def _compare_pinned(entry: QuestionEntry, value: dict[str, Any], solution: Attempt) -> Line:
    outcome = solution.outcomes.get(Task(value["part"]))
    subject = f"pinned {value['part']}.{value['array']}" + (f"[{value['row']}]" if "row" in value else "")
    expected = np.array(value["value"])
    allowed = value["atol"] + value["rtol"] * np.abs(expected)
    what = f"within {value['atol']:g} + {value['rtol']:g}·|x| of {value['source']}"
    if outcome is None or outcome.evidence is None:
        return Line(question=entry.id, subject=subject, expected=what, got="no evidence", holds=False)
    got = outcome.evidence.arrays[value["array"]].astype(np.float64)
    got = got[value["row"]] if "row" in value else got
    if got.shape != expected.shape:
        shapes = f"shape {got.shape} instead of {expected.shape}"
        return Line(question=entry.id, subject=subject, expected=what, got=shapes, holds=False)
    difference = np.abs(got - expected)
    return Line(
        question=entry.id,
        subject=subject,
        expected=what,
        got=f"differs by at most {difference.max():.2g}",
        holds=bool((difference <= allowed).all()),
    )
