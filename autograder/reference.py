"""References: the evidence of the solution and of the mistakes, made through the same sandbox and kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from autograder.catalog import QuestionEntry
from autograder.exam import Mistake
from autograder.grading import KnownMistake, References
from autograder.notebook import Cell
from autograder.outcome import Attempt, Task
from autograder.runner import Bench, Prepared
from autograder.submission import Submission, of_cells
from autograder.variants import Variant, pool, practice_variant, public_variant

CACHE_VARIABLE = "AUTOGRADER_CACHE"
SOLUTION = ""  # stands for the solution among the names of mistakes


def cache_folder() -> Path:
    """Return the folder where references are kept between runs: ``$AUTOGRADER_CACHE`` or the user's cache."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    import platformdirs

    return platformdirs.user_cache_path("dl-autograder") / "references"


def course_variants(entry: QuestionEntry, key: bytes) -> dict[Task, Variant]:
    """Return the public variant and the hidden ones of every part."""
    found = {}
    for part in entry.question.parts:
        for variant in (public_variant(entry.question, part), *pool(entry.question, part, key, entry.place)):
            found[Task(part.name, variant.name)] = variant
    return found


def open_variants(entry: QuestionEntry) -> dict[Task, Variant]:
    """Return the variants of a student's self-check: the public one, and one for practice."""
    question, found = entry.question, {}
    for part in question.parts:
        for variant in (public_variant(question, part), practice_variant(question, part, entry.place)):
            found[Task(part.name, variant.name)] = variant
    return found


def reference_jobs(bench: Bench) -> dict[str, Prepared]:
    """Return the jobs of the solution, under :data:`SOLUTION`, and of each mistake, under its name."""
    entry = bench.entry
    sources = {SOLUTION: entry.solution_source}
    sources |= {mistake.name: entry.mistake_source(mistake) for mistake in entry.mistakes}
    tasks = bench.every_task
    return {name: bench.prepare(as_submission(entry, source), tasks) for name, source in sources.items()}


def as_submission(entry: QuestionEntry, source: str) -> Submission:
    """Return source text as if a student had handed it in as a module."""
    return of_cells([Cell(f"{entry.name}.py", source)])


def assemble(bench: Bench, attempts: Mapping[str, Attempt]) -> References:
    """Put the attempts of :func:`reference_jobs` together."""
    known = [_known(mistake, attempts[mistake.name]) for mistake in bench.entry.mistakes]
    return References(inputs=bench.task_inputs(), solution=attempts[SOLUTION], mistakes=known)


def _known(mistake: Mistake, attempt: Attempt) -> KnownMistake:
    return KnownMistake(
        name=mistake.name, explanation=mistake.explanation, loses=mistake.loses, attempt=attempt
    )
