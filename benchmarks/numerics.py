"""Measures, for every part, how far results move by rounding and by the nearest mistake, in tolerances.

Example:
    python benchmarks/numerics.py dl2022_midterm/q2_linear_regression
    python benchmarks/numerics.py --markdown > table.md

Every solution is run again as on other machines: with more threads, other instruction sets, twice the
precision, and CUDA if there is a GPU. A distance is the difference of two arrays over the tolerance of a
check: for rounding it should be far below 1. A declared mistake must have a distance above 1 in at least one
array, or fail a check that compares no numbers.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from machine import bar, describe, show

from autograder.checks import Close, Relation
from autograder.checks.closeness import tolerances
from autograder.core.evidence import Array, Evidence
from autograder.core.exam import Part
from autograder.core.outcome import Attempt, Task
from autograder.course.catalog import Course
from autograder.course.question import QuestionEntry
from autograder.grading.grade import References
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.choose import confining
from autograder.sandbox.gpus import visible
from autograder.sandbox.job import Job
from autograder.sandbox.supervisor import run
from autograder.sandbox.unconfined import Unconfined

ROOT = Path(__file__).resolve().parents[1]
THREADS = 4


@dataclass(frozen=True, kw_only=True)
class Variation:
    """Another way to compute the same: environment variables, first lines of the module, dtype, device."""

    name: str
    environ: Mapping[str, str] = field(default_factory=dict)
    torch: str = ""
    widen: bool = False
    device: str = "cpu"


VARIATIONS = [
    Variation(
        name=f"{THREADS} threads",
        environ={
            name: str(THREADS) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
        },
        torch=f"torch.set_num_threads({THREADS})",
    ),
    Variation(
        name="AVX2",
        environ={
            "ATEN_CPU_CAPABILITY": "avx2",
            "MKL_ENABLE_INSTRUCTIONS": "AVX2",
            "ONEDNN_MAX_CPU_ISA": "AVX2",
        },
    ),
    Variation(
        name="SSE",
        environ={
            "ATEN_CPU_CAPABILITY": "default",
            "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "TF_ENABLE_ONEDNN_OPTS": "0",
        },
    ),
    Variation(name="float64", torch="torch.set_default_dtype(torch.float64)", widen=True),
    *([Variation(name="CUDA", device="cuda")] if visible() else []),
]


def varied(ready: PreparedQuestion, variation: Variation) -> Attempt:
    """Run the solution in this variation; the attempt is not stored."""
    entry = ready.entry
    source = entry.solution_source
    if variation.torch and entry.question.framework in ("torch", "fastai"):
        source = f"import torch\n{variation.torch}\ndel torch\n{source}"
    job = ready.source_job(source, ready.tasks).job
    assert job is not None
    return run(_changed(job, variation), Unconfined(environ=variation.environ), threading.Event())


def _changed(job: Job, variation: Variation) -> Job:
    inputs = {
        name: replace(given, arrays={key: _wide(array) for key, array in given.arrays.items()})
        for name, given in job.inputs.items()
    }
    return replace(job, inputs=inputs if variation.widen else job.inputs, device=variation.device)


def _wide(array: Array) -> Array:
    return array.astype(np.float64) if array.dtype == np.float32 else array


def distance(got: Array, expected: Array, rtol: float, atol: float) -> float:
    """Return the maximum of the difference over the tolerance; infinite if shapes or NaN differ."""
    if got.shape != expected.shape:
        return np.inf
    left, right = got.astype(np.complex128), expected.astype(np.complex128)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(all="ignore"):
        ratio = np.abs(left - right) / (atol + rtol * np.abs(right))
    return float(np.max(np.where(same, 0, np.where(np.isnan(ratio), np.inf, ratio)), initial=0))


def distances(part: Part, attempt: Attempt, references: References) -> Iterator[float]:
    """Yield the distance in every comparison of arrays by the part's checks, in all variants."""
    assert references.solution is not None
    for variant, outcome in attempt.of_part(part.name).items():
        task = Task(part.name, variant)
        reference = references.solution.outcomes[task].evidence
        for check in part.checks:
            if not isinstance(check, Close | Relation) or reference is None:
                continue
            sides = _sides(check, outcome.evidence, reference, references.inputs[task])
            if sides is None:
                yield np.inf
            else:
                yield distance(*sides, *tolerances(check.rtol, check.atol, "cpu", sides[1:]))


def _sides(
    check: Close | Relation, evidence: Evidence | None, reference: Evidence, inputs: Evidence
) -> tuple[Array, Array] | None:
    names = [check.name] if isinstance(check, Close) else check.arrays
    if evidence is None or any(name not in evidence.arrays for name in names):
        return None
    if isinstance(check, Close):
        return evidence.arrays[check.name], reference.arrays[check.name]
    try:
        with np.errstate(all="ignore"):
            left, right = check.equation(evidence, inputs)
    except (ValueError, IndexError, TypeError, ArithmeticError):
        return None
    return np.asarray(left), np.asarray(right)


def farthest(part: Part, attempt: Attempt, references: References) -> float:
    """Return the maximum of :func:`distances`; NaN if no arrays are compared."""
    found = list(distances(part, attempt, references))
    return max(found) if found else float("nan")


def table(ready: PreparedQuestion, attempts: Sequence[Attempt]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each part that compares arrays: its distance in each variation and mistake."""
    for part in ready.entry.question.parts:
        moved = [farthest(part, attempt, ready.references) for attempt in attempts]
        if all(np.isnan(moved)):
            continue
        wrong = {
            mistake.name: farthest(part, mistake.attempt, ready.references)
            for mistake in ready.references.mistakes
            if part.name in mistake.loses
        }
        told = {name: far for name, far in wrong.items() if far > 1}
        nearest = min(told, key=told.__getitem__, default="")
        yield (
            f"{ready.entry.id} {part.name}",
            *(f"{far:.2g}" for far in moved),
            f"{told[nearest]:.3g} ({nearest})" if nearest else "",
            str(len(wrong) - len(told)),
        )


def measure(entries: Sequence[QuestionEntry], jobs: int) -> Iterator[tuple[str, ...]]:
    """Run all variations and yield the rows of all questions."""
    with confining("auto") as isolation:
        site = Site(executor=Local(isolation), jobs=jobs)
        runner = Runner(executor=site.executor)
        readies = prepare(site.environments(entries), runner, key=Course(ROOT).key(), jobs=jobs)
    with bar("variations", len(entries) * len(VARIATIONS)) as step, ThreadPoolExecutor(jobs) as workers:
        for entry, ready in readies.items():
            attempts = []
            for attempt in workers.map(partial(varied, ready), VARIATIONS):
                step(entry.id)
                attempts.append(attempt)
            yield from table(ready, attempts)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", nargs="*", help="EXAM/QUESTION (default: all)")
    parser.add_argument("--jobs", type=int, default=2, help="workers at a time (default: 2)")
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/numerics.md")
    options = parser.parse_args(arguments)
    course = Course(ROOT)
    entries = [course.question(question_id) for question_id in options.questions] or [
        entry for exam in course.exams() for entry in exam.questions
    ]
    columns = ("part", *(variation.name for variation in VARIATIONS), "nearest mistake", "told otherwise")
    rows = list(measure(entries, options.jobs))
    if not options.markdown:
        show(f"distance from the reference in tolerances; {describe()}", columns, rows)
        return
    for row in (columns, ["---", *["---:"] * (len(columns) - 1)], *rows):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
