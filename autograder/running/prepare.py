"""Preparation of questions: variants, the inputs of each, and the references to judge by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from autograder.core.errors import UserError
from autograder.core.evidence import Evidence
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.progress import Progress, Silent
from autograder.core.text import Text
from autograder.course.question import QuestionEntry
from autograder.grading.grade import References
from autograder.grading.mistakes import KnownMistake
from autograder.running.declarations import require_declarations
from autograder.running.environment import Environment
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepared import PreparedQuestion, Variants, given_job, variants_of

Wanted = Literal["inputs", "solution", "mistakes"]  # what to prepare; each includes those before it


class InputsError(UserError):
    """The inputs of a question could not be made: its ``given`` is wrong, or the engine failed."""


def with_inputs(
    entry: QuestionEntry, environment: Environment, variants: Variants, inputs: Mapping[str, Evidence]
) -> PreparedQuestion:
    """Return a question whose references hold only these inputs, given by variant's name."""
    by_task = {
        task: Evidence(arrays=inputs[variant.name].arrays, facts=variant.settings)
        for task, variant in variants.items()
    }
    return PreparedQuestion(
        entry=entry,
        environment=environment,
        variants=variants,
        inputs=inputs,
        references=References(inputs=by_task),
    )


def _inputs(entry: QuestionEntry, given: Attempt) -> dict[str, Evidence]:
    inputs = {}
    for task, outcome in given.outcomes.items():
        if outcome.evidence is None:
            why = outcome.failure or (outcome.fault and outcome.fault.message.en)
            raise InputsError(
                f"{entry.id}: the inputs {task.variant} could not be made: {why}",
                ko=f"{entry.id}: 입력 {task.variant}을(를) 만들지 못했습니다: {why}",
            )
        inputs[task.variant] = outcome.evidence
    return inputs


def reference_jobs(question: PreparedQuestion, *, mistakes: bool = True) -> dict[Label, KeyedJob]:
    """Return the jobs of the solution and of each mistake, by the labels of :func:`_label`."""
    entry = question.entry
    wrong = {
        _label(entry, mistake.name): question.source_job(entry.mistake_source(mistake), _short(question))
        for mistake in (entry.mistakes if mistakes else ())
    }
    return {_label(entry): question.solution_job(), **wrong}


def alternative_jobs(question: PreparedQuestion) -> dict[Label, KeyedJob]:
    """Return the jobs of the right alternatives; their names stand last in their labels."""
    entry, answers = question.entry, dict(question.entry.alternatives)
    if question.environment.profile == "mini":
        answers |= entry.alternatives_on_mini
    return {
        (entry.id, "alternative", name): question.source_job(source, _short(question))
        for name, source in answers.items()
    }


def _short(question: PreparedQuestion) -> Sequence[Task]:
    """Return the tasks of all but the solution: without the public variant if that trains for long."""
    long = question.entry.question.long_training and question.environment.profile == "full"
    return [task for task in question.tasks if not long or task.variant != PUBLIC]


def _label(entry: QuestionEntry, mistake: str = "") -> Label:
    return (entry.id, "mistake", mistake) if mistake else (entry.id, "solution")


def with_references(question: PreparedQuestion, attempts: Mapping[Label, Attempt]) -> PreparedQuestion:
    """Return a question with the attempts of :func:`reference_jobs` as its references."""
    entry = question.entry
    known = [
        KnownMistake(
            name=mistake.name,
            explanation=mistake.explanation,
            loses=mistake.loses,
            attempt=attempts[_label(entry, mistake.name)],
        )
        for mistake in entry.mistakes
        if _label(entry, mistake.name) in attempts
    ]
    inputs, solution = question.references.inputs, attempts[_label(entry)]
    return replace(question, references=References(inputs=inputs, solution=solution, mistakes=known))


def prepare(
    environments: Mapping[QuestionEntry, Environment],
    runner: Runner,
    *,
    key: bytes | None,
    wanted: Wanted = "mistakes",
    jobs: int = 1,
    progress: Progress | None = None,
) -> dict[QuestionEntry, PreparedQuestion]:
    """Prepare questions; attempts that the runner's store holds are not run again.

    Args:
        environments: the questions, each with the environment in which it is run.
        runner: runs and stores attempts.
        key: the course key, for hidden variants; None for the variants that students may have.
        wanted: whether to prepare the inputs, also the solution, or also the mistakes.
        jobs: the maximum number of jobs at a time.
        progress: is told of every job.

    Raises:
        InputsError, CatalogError: a question or its solution is wrong.
        CancelledError: the run was interrupted.
        RunError: an attempt cannot be written.
    """
    progress = progress or Silent()
    variants = {entry: variants_of(entry, key) for entry in environments}
    # Source is parsed in one thread only: ast.parse is not safe in several (CPython issue 106905).
    given: dict[Label, KeyedJob] = {
        (entry.id,): given_job(entry, environments[entry], variants[entry]) for entry in environments
    }
    made = runner.all(Text(ko="입력", en="inputs"), given, jobs, progress)
    questions = {
        entry: _declared(with_inputs(entry, environment, variants[entry], _inputs(entry, made[entry.id,])))
        for entry, environment in environments.items()
    }
    if wanted == "inputs":
        return questions
    work: dict[Label, KeyedJob] = {}
    for question in questions.values():
        work |= reference_jobs(question, mistakes=wanted == "mistakes")
    attempts = runner.all(Text(ko="기준값", en="references"), work, jobs, progress)
    return {entry: _declared(with_references(question, attempts)) for entry, question in questions.items()}


def _declared(question: PreparedQuestion) -> PreparedQuestion:
    require_declarations(question)
    return question
