"""Makes the files of checks that students get: runs the solutions on open inputs, discloses what may be."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from autograder.core.check import Observation
from autograder.core.evidence import Evidence, Json
from autograder.core.exam import Mistake, Part
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.progress import Progress
from autograder.course.catalog import CatalogError, QuestionEntry
from autograder.course.source import reachable_source
from autograder.handout.check_file import CheckFile
from autograder.handout.disclosure import Disclosure, Wrong, disclose, with_mistakes
from autograder.handout.portable import check_to_json
from autograder.running.jobs import (
    Bench,
    Prepared,
    Runner,
    environment_of,
    given_job,
    make_bench,
    open_to_worker,
)
from autograder.running.parallel import in_parallel
from autograder.running.references import as_submission, open_variants

K = TypeVar("K", bound=Hashable)
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
    variants = {entry: open_variants(entry) for entry in entries}
    environment = {entry: environment_of(entry, "mini", "cpu") for entry in entries}
    # Source is parsed in one thread only: ast.parse is not safe in several (CPython issue 106905).
    given = {entry: given_job(entry, environment[entry], variants[entry]) for entry in entries}
    made = _run_all("inputs", given, runner, jobs, progress)
    benches = {
        entry: make_bench(entry, environment[entry], variants[entry], made[entry]) for entry in entries
    }
    solutions = {
        entry: replace(
            bench.prepare(as_submission(entry, entry.solution_source), bench.every_task), ours=True
        )
        for entry, bench in benches.items()
    }
    attempts = _run_all("solutions", solutions, runner, jobs, progress)
    disclosed = {entry: disclose_question(benches[entry], attempts[entry], key) for entry in entries}
    wrong = {
        (entry, mistake.name): _mistake_job(benches[entry], mistake, disclosed[entry])
        for entry in entries
        for mistake in entry.mistakes
        if mistake.loses & _sealed_parts(disclosed[entry])
    }
    mistaken = _run_all("mistakes", wrong, runner, jobs, progress)
    for entry in entries:
        own = {name: attempt for (whose, name), attempt in mistaken.items() if whose is entry}
        disclosed[entry] = lock_mistakes(entry, disclosed[entry], own, key)
    return {entry: make_check_file(benches[entry], disclosed[entry]) for entry in entries}


def _sealed_parts(disclosed: Disclosures) -> set[str]:
    return {part for part, checks in disclosed.items() if any(found.sealed for found in checks)}


def _solution_job(bench: Bench) -> Prepared:
    submission = as_submission(bench.entry, bench.entry.solution_source)
    return replace(bench.prepare(submission, bench.every_task), ours=True)


def _mistake_job(bench: Bench, mistake: Mistake, disclosed: Disclosures) -> Prepared:
    """The mistake on the published inputs of the parts where it can be told."""
    parts = mistake.loses & _sealed_parts(disclosed)
    tasks = [task for task in bench.variants if task.part in parts and task.variant == PUBLIC]
    return bench.prepare(as_submission(bench.entry, bench.entry.mistake_source(mistake)), tasks)


def _run_all(
    phase: str, work: Mapping[K, Prepared], runner: Runner, jobs: int, progress: Progress
) -> dict[K, Attempt]:
    found: dict[K, Attempt] = {}

    def keep(item: K, attempt: Attempt) -> None:
        found[item] = attempt
        progress.step(phase)

    progress.begin(phase, len(work))
    in_parallel(jobs, runner.cancel, lambda item: runner.attempt(work[item]), list(work), keep)
    return found


def disclose_question(bench: Bench, solution: Attempt, key: bytes) -> Disclosures:
    """Disclose what students may have of each part's checks.

    Args:
        bench: the question on its open variants.
        solution: the solution's attempt.
        key: the salts follow from it.

    Raises:
        CatalogError: the solution gave no evidence.
    """
    entry, disclosed = bench.entry, {}
    for part in bench.entry.question.parts:
        seen = _observations(part, bench, solution)
        disclosed[part.name] = [disclose(check, seen, _salt(entry, part, key)) for check in part.checks]
    return disclosed


def _salt(entry: QuestionEntry, part: Part, key: bytes) -> bytes:
    return key + f"{entry.id}/{part.name}".encode()


def _observations(part: Part, bench: Bench, solution: Attempt) -> dict[str, Observation]:
    entry, found = bench.entry, {}
    for task in (task for task in bench.variants if task.part == part.name):
        outcome = solution.outcomes.get(task)
        if outcome is None or outcome.evidence is None:
            why = outcome and (outcome.failure or (outcome.fault and outcome.fault.message.en))
            raise CatalogError(f"{entry.solution_path}: the solution gave no evidence for {task}: {why}")
        variant = bench.variants[task]
        arrays = open_to_worker(bench.inputs[variant.name], entry.question.withheld).arrays
        inputs = Evidence(arrays=arrays, facts=variant.settings)
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


def make_check_file(bench: Bench, disclosed: Disclosures) -> CheckFile:
    """Put together what students get of a question: the checks, and the source of what they call.

    Raises:
        CatalogError: a probe or a check's function is not at the module's top level.
    """
    entry, question = bench.entry, bench.entry.question
    parts = [
        replace(part, checks=[found.check for found in disclosed[part.name]], vary={})
        for part in question.parts
    ]
    sealed = {}
    for task in bench.variants:
        facts = {found.check.label: found.sealed.get(task.variant) for found in disclosed[task.part]}
        sealed[task] = Evidence(facts={label: value for label, value in facts.items() if value})
    used = {name for part in parts for check in part.checks for name in _functions(check_to_json(check))}
    try:
        source = entry.path.read_text(encoding="utf-8")
        code = reachable_source(source, used | {part.probe.__name__ for part in parts})
    except LookupError as error:
        raise CatalogError(f"{entry.path}: {error} must be a function defined at the top level") from None
    return CheckFile(
        exam=entry.exam,
        name=entry.name,
        question=replace(question, parts=parts, withheld=frozenset(), datasets=()),
        code=code,
        variants=bench.variants,
        inputs={name: open_to_worker(inputs, question.withheld) for name, inputs in bench.inputs.items()},
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
