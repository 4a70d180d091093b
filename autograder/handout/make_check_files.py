"""Makes the files of checks that students get: runs the solutions on open inputs, discloses what may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.core.check import Observation
from autograder.core.evidence import Evidence, Json
from autograder.core.exam import Mistake, Part
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.progress import Progress
from autograder.course.catalog import CatalogError, QuestionEntry
from autograder.handout.check_file import CheckFile
from autograder.handout.disclosure import Disclosure, Wrong, disclose, with_mistakes
from autograder.handout.portable import check_to_json
from autograder.running.environment import environment_of
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepare import PreparedQuestion, prepare

Disclosures = Mapping[str, Sequence[Disclosure]]  # by part, in the order of its checks


def make_check_files(
    entries: Sequence[QuestionEntry], key: bytes, runner: Runner, jobs: int, progress: Progress
) -> dict[QuestionEntry, CheckFile]:
    """Run the solutions on the published inputs and those for practice; return what students get.

    Args:
        entries: the questions.
        key: of the course; the salts of sealed references follow from it, so that a release can be repeated.
        runner: runs what is not kept.
        jobs: how many workers at a time.
        progress: is told of every job.

    Raises:
        NotRunnableError, DatasetError, InputsError, CatalogError: a question cannot be run, or is not right.
        CancelledError: it was interrupted.
    """
    environments = {entry: environment_of(entry, "mini", "cpu") for entry in entries}
    questions = prepare(environments, runner, key=None, wanted="solution", jobs=jobs, progress=progress)
    disclosed = {entry: disclose_question(question, key) for entry, question in questions.items()}
    work: dict[Label, KeyedJob] = {
        (entry.id, mistake.name): _mistake_job(question, mistake, disclosed[entry])
        for entry, question in questions.items()
        for mistake in entry.mistakes
        if mistake.loses & _sealed_parts(disclosed[entry])
    }
    mistaken = runner.all("mistakes", work, jobs, progress)
    for entry in entries:
        own = {name: attempt for (id, name), attempt in mistaken.items() if id == entry.id}
        disclosed[entry] = lock_mistakes(entry, disclosed[entry], own, key)
    return {entry: make_check_file(question, disclosed[entry]) for entry, question in questions.items()}


def _sealed_parts(disclosed: Disclosures) -> set[str]:
    return {part for part, checks in disclosed.items() if any(found.sealed for found in checks)}


def _mistake_job(question: PreparedQuestion, mistake: Mistake, disclosed: Disclosures) -> KeyedJob:
    """The mistake on the published inputs of the parts where it can be told."""
    parts = mistake.loses & _sealed_parts(disclosed)
    tasks = [task for task in question.tasks if task.part in parts and task.variant == PUBLIC]
    return question.source_job(question.entry.mistake_source(mistake), tasks)


def disclose_question(question: PreparedQuestion, key: bytes) -> Disclosures:
    """Disclose what students may have of each part's checks.

    Args:
        question: on its open variants, with the solution's attempt.
        key: the salts follow from it.

    Raises:
        CatalogError: the solution gave no evidence.
    """
    entry, disclosed = question.entry, {}
    for part in entry.question.parts:
        seen = _observations(part, question)
        disclosed[part.name] = [disclose(check, seen, _salt(entry, part, key)) for check in part.checks]
    return disclosed


def _salt(entry: QuestionEntry, part: Part, key: bytes) -> bytes:
    return key + f"{entry.id}/{part.name}".encode()


def _observations(part: Part, question: PreparedQuestion) -> dict[str, Observation]:
    entry, solution = question.entry, question.references.solution
    assert solution is not None
    found = {}
    for task in (task for task in question.tasks if task.part == part.name):
        outcome = solution.outcomes.get(task)
        if outcome is None or outcome.evidence is None:
            why = outcome and (outcome.failure or (outcome.fault and outcome.fault.message.en))
            raise CatalogError(f"{entry.solution_path}: the solution gave no evidence for {task}: {why}")
        arrays = question.open_inputs[task.variant].arrays
        inputs = Evidence(arrays=arrays, facts=question.variants[task].settings)
        found[task.variant] = Observation(
            evidence=outcome.evidence, inputs=inputs, source=entry.solution_source
        )
    return found


def lock_mistakes(
    entry: QuestionEntry, disclosed: Disclosures, attempts: Mapping[str, Attempt], key: bytes
) -> Disclosures:
    """Add to the first sealed check that can tell a mistake what only those who make it can read."""
    found: dict[str, list[Disclosure]] = {}
    for part in entry.question.parts:
        wrong = [
            Wrong(name=mistake.name, explanation=mistake.explanation, evidence=outcome.evidence)
            for mistake in entry.mistakes
            if (attempt := attempts.get(mistake.name))
            and (outcome := attempt.outcomes.get(Task(part.name)))
            and outcome.evidence is not None
        ]
        found[part.name] = []
        for item, check in zip(disclosed[part.name], part.checks, strict=True):
            told, wrong = with_mistakes(item, check, wrong, _salt(entry, part, key))
            found[part.name].append(told)
    return found


def make_check_file(prepared: PreparedQuestion, disclosed: Disclosures) -> CheckFile:
    """Put together what students get of a question: the checks, and the source of what they call.

    Raises:
        CatalogError: a probe or a check's function is not at the module's top level.
    """
    entry, question = prepared.entry, prepared.entry.question
    parts = [
        replace(part, checks=[found.check for found in disclosed[part.name]], vary={})
        for part in question.parts
    ]
    sealed = {}
    for task in prepared.tasks:
        facts = {found.check.label: found.sealed.get(task.variant) for found in disclosed[task.part]}
        sealed[task] = Evidence(facts={label: value for label, value in facts.items() if value})
    used = {name for part in parts for check in part.checks for name in _functions(check_to_json(check))}
    return CheckFile(
        exam=entry.exam,
        name=entry.name,
        question=replace(question, parts=parts, withheld=frozenset(), datasets=()),
        code=entry.excerpt(used | {part.probe.__name__ for part in parts}),
        variants=prepared.variants,
        inputs=prepared.open_inputs,
        sealed=sealed,
    )


def _functions(value: Json) -> Iterator[str]:
    """Yield the names of the top-level functions that a written-down check refers to."""
    if isinstance(value, list):
        for item in value:
            yield from _functions(item)
    elif isinstance(value, dict):
        if isinstance(value.get("function"), dict):
            yield value["function"]["name"]
        for item in value.values():
            yield from _functions(item)
