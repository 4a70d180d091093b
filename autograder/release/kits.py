"""Makes the files of checks that students get: runs the solutions on open inputs, discloses what may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from autograder.catalog import CatalogError, QuestionEntry
from autograder.checks import Check, Observation
from autograder.evidence import Evidence, Json
from autograder.exam import Part
from autograder.excerpts import reachable_source
from autograder.kit import Kit
from autograder.outcome import Attempt
from autograder.parallel import in_parallel
from autograder.portable import check_to_json
from autograder.progress import Progress
from autograder.reference import as_submission, open_variants
from autograder.release.disclosure import Disclosure, disclose
from autograder.runner import Bench, Prepared, Runner, conditions_for, given_job, make_bench, open_to_worker


def make_kits(
    entries: Sequence[QuestionEntry], key: bytes, runner: Runner, jobs: int, progress: Progress
) -> dict[QuestionEntry, Kit]:
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
    conditions = {entry: conditions_for(entry, "mini", "cpu") for entry in entries}
    # Source is parsed in one thread only: ast.parse is not safe in several (CPython issue 106905).
    given = {entry: given_job(entry, conditions[entry], variants[entry]) for entry in entries}
    made = _run_all("inputs", given, runner, jobs, progress)
    benches = {entry: make_bench(entry, conditions[entry], variants[entry], made[entry]) for entry in entries}
    solutions = {
        entry: replace(
            bench.prepare(as_submission(entry, entry.solution_source), bench.every_task), ours=True
        )
        for entry, bench in benches.items()
    }
    attempts = _run_all("solutions", solutions, runner, jobs, progress)
    return {entry: make_kit(benches[entry], attempts[entry], key) for entry in entries}


def _run_all(
    phase: str, work: Mapping[QuestionEntry, Prepared], runner: Runner, jobs: int, progress: Progress
) -> dict[QuestionEntry, Attempt]:
    found: dict[QuestionEntry, Attempt] = {}

    def keep(entry: QuestionEntry, attempt: Attempt) -> None:
        found[entry] = attempt
        progress.step(entry.place)

    progress.begin(phase, len(work))
    in_parallel(jobs, runner.cancel, lambda entry: runner.attempt(work[entry]), list(work), keep)
    return found


def make_kit(bench: Bench, solution: Attempt, key: bytes) -> Kit:
    """Disclose what students may have of a question.

    Args:
        bench: the question on its open variants.
        solution: the solution's attempt.
        key: the salts follow from it.

    Raises:
        CatalogError: the solution gave no evidence, or a check's function is not at the module's top level.
    """
    entry, question = bench.entry, bench.entry.question
    parts, sealed = [], {}
    for part in question.parts:
        disclosed = _disclose_part(part, bench, solution, key)
        checks = [disclosure.check for disclosure in disclosed]
        parts.append(replace(part, checks=checks, vary={}))
        for task in (task for task in bench.variants if task.part == part.name):
            found = {item.check.label: item.sealed.get(task.variant) for item in disclosed}
            sealed[task] = Evidence(facts={label: value for label, value in found.items() if value})
    used = {name for part in parts for check in part.checks for name in _functions(check_to_json(check))}
    roots = used | {part.probe.__name__ for part in parts}
    try:
        code = reachable_source(entry.path.read_text(encoding="utf-8"), roots)
    except LookupError as error:
        raise CatalogError(f"{entry.path}: {error} must be a function defined at the top level") from None
    return Kit(
        exam=entry.exam,
        name=entry.name,
        question=replace(question, parts=parts, withheld=frozenset(), datasets=()),
        code=code,
        variants=bench.variants,
        inputs={name: open_to_worker(inputs, question.withheld) for name, inputs in bench.inputs.items()},
        sealed=sealed,
    )


def _disclose_part(part: Part, bench: Bench, solution: Attempt, key: bytes) -> list[Disclosure]:
    entry, withheld = bench.entry, bench.entry.question.withheld
    seen = {}
    for task in (task for task in bench.variants if task.part == part.name):
        outcome = solution.outcomes.get(task)
        if outcome is None or outcome.evidence is None:
            why = outcome and (outcome.failure or (outcome.fault and outcome.fault.message.en))
            raise CatalogError(f"{entry.solution_path}: the solution gave no evidence for {task}: {why}")
        variant = bench.variants[task]
        arrays = open_to_worker(bench.inputs[variant.name], withheld).arrays
        inputs = Evidence(arrays=arrays, facts=variant.settings)
        seen[task.variant] = Observation(
            evidence=outcome.evidence, inputs=inputs, source=entry.solution_source
        )
    secret = key + f"{entry.place}/{part.name}".encode()
    return [disclose(check, seen, secret) for check in part.checks]


def summary(check: Check) -> str:
    """Return ``open``, ``sealed`` or ``withheld``: what became of a check in a release."""
    kind = type(check).__name__.lower()
    return kind if kind in ("sealed", "withheld") else "open"


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
