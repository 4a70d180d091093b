"""References: the evidence of the solution and of the mistakes, made through the same sandbox and kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.core.outcome import Attempt, Task
from autograder.core.progress import Progress
from autograder.core.variants import Variant, pool, practice_variant, public_variant
from autograder.course.catalog import QuestionEntry
from autograder.course.notebook import Cell
from autograder.course.submission import Submission, of_cells
from autograder.grading.grade import KnownMistake, References
from autograder.running.environment import Environment
from autograder.running.jobs import Bench, Prepared, Runner, given_job, make_bench
from autograder.running.parallel import in_parallel

CACHE_VARIABLE = "AUTOGRADER_CACHE"
SOLUTION = ""  # stands for the solution among the names of mistakes


def cache_folder() -> Path:
    """Return the folder where attempts are kept between runs: ``$AUTOGRADER_CACHE`` or the user's cache."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    import platformdirs

    return platformdirs.user_cache_path("dl-autograder") / "references"


def course_variants(entry: QuestionEntry, key: bytes) -> dict[Task, Variant]:
    """Return the public variant and the hidden ones of every part."""
    found = {}
    for part in entry.question.parts:
        for variant in (public_variant(entry.question, part), *pool(entry.question, part, key, entry.id)):
            found[Task(part.name, variant.name)] = variant
    return found


def open_variants(entry: QuestionEntry) -> dict[Task, Variant]:
    """Return the variants of a student's self-check: the public one, and one for practice."""
    question, found = entry.question, {}
    for part in question.parts:
        for variant in (public_variant(question, part), practice_variant(question, part, entry.id)):
            found[Task(part.name, variant.name)] = variant
    return found


def reference_jobs(bench: Bench, *, mistakes: bool = True) -> dict[str, Prepared]:
    """Return the jobs of the solution, under :data:`SOLUTION`, and of each mistake, under its name."""
    entry = bench.entry
    solution = bench.prepare(as_submission(entry, entry.solution_source), bench.every_task)
    wrong = {
        mistake.name: bench.prepare(as_submission(entry, entry.mistake_source(mistake)), bench.mistake_tasks)
        for mistake in (entry.mistakes if mistakes else ())
    }
    return {SOLUTION: replace(solution, ours=True), **wrong}


def reference_keys(bench: Bench) -> dict[str, str]:
    """Return the keys of what reports show beside a submission: the inputs and the solution's attempt."""
    solution = bench.prepare(as_submission(bench.entry, bench.entry.solution_source), bench.every_task)
    given = given_job(bench.entry, bench.environment, bench.variants)
    return {"given": given.key, "solution": solution.key}


def as_submission(entry: QuestionEntry, source: str) -> Submission:
    """Return source text as if a student had handed it in as a module."""
    return of_cells([Cell(f"{entry.name}.py", source)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A question with everything that submissions to it are compared with."""

    bench: Bench
    references: References


def assemble(bench: Bench, attempts: Mapping[str, Attempt]) -> Ready:
    """Put the attempts of :func:`reference_jobs` together."""
    known = [
        KnownMistake(
            name=mistake.name,
            explanation=mistake.explanation,
            loses=mistake.loses,
            attempt=attempts[mistake.name],
        )
        for mistake in bench.entry.mistakes
        if mistake.name in attempts
    ]
    references = References(inputs=bench.task_inputs(), solution=attempts[SOLUTION], mistakes=known)
    return Ready(bench=bench, references=references)


def make_ready(
    setups: Mapping[QuestionEntry, Environment],
    key: bytes,
    runner: Runner,
    jobs: int,
    progress: Progress,
    *,
    mistakes: bool = True,
) -> dict[QuestionEntry, Ready]:
    """Make or fetch the inputs and references of questions.

    Args:
        setups: the questions, with the environment under which each is run.
        key: the course key, from which the hidden variants come.
        runner: runs what is not kept.
        jobs: how many workers at a time.
        progress: is told of every job.
        mistakes: whether the mistakes are run, besides the solutions.

    Raises:
        InputsError, CatalogError: a question or its solution is not right.
        CancelledError: the run was interrupted.
    """
    variants = {entry: course_variants(entry, key) for entry in setups}
    benches: dict[QuestionEntry, Bench] = {}
    attempts: dict[QuestionEntry, dict[str, Attempt]] = {entry: {} for entry in setups}

    # Source is parsed in one thread only: ast.parse is not safe in several (CPython issue 106905).
    given = {entry: given_job(entry, setups[entry], variants[entry]) for entry in setups}

    def make_inputs(entry: QuestionEntry) -> Bench:
        return make_bench(entry, setups[entry], variants[entry], runner.attempt(given[entry]))

    def keep_bench(entry: QuestionEntry, bench: Bench) -> None:
        benches[entry] = bench
        progress.step(entry.id)

    def run_reference(item: tuple[QuestionEntry, str, Prepared]) -> Attempt:
        return runner.attempt(item[2])

    def keep_reference(item: tuple[QuestionEntry, str, Prepared], attempt: Attempt) -> None:
        attempts[item[0]][item[1]] = attempt
        progress.step(f"{item[0].id} {item[1] or 'solution'}")

    progress.begin("inputs", len(setups))
    in_parallel(jobs, runner.cancel, make_inputs, setups, keep_bench)
    work = [
        (entry, *job) for entry in setups for job in reference_jobs(benches[entry], mistakes=mistakes).items()
    ]
    progress.begin("references", len(work))
    in_parallel(jobs, runner.cancel, run_reference, work, keep_reference)
    return {entry: assemble(benches[entry], attempts[entry]) for entry in setups}
