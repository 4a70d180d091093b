"""Measures how many stored submissions `rescore` judges per second: of CPU on one core, of a clock on more.

Example:
    python benchmarks/rescore.py --students 5000
    python benchmarks/rescore.py --students 20000 --cores 2 --unlike 10

A solution is graded, and from its evidence and that of the declared mistakes a class is made, in which one
student in ten makes a mistake. Students who compute the same have the same evidence to the last bit; those
who sum in another order do not. Therefore the arrays of `--unlike` percent are multiplied by 1 + 1e-7 x
normal noise, so that nobody else has the same evidence. Then `rescore` judges the class: it reads run.json
and every attempt, applies every check, and writes results.json. No student code is run, and nothing is
reused between rounds.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from machine import describe, first_cores, pinned, show
from msgspec import structs
from rich.progress import track

from autograder.core.evidence import Evidence
from autograder.core.outcome import PUBLIC, Attempt
from autograder.core.variants import assigned
from autograder.course.catalog import Course
from autograder.course.question import QuestionEntry
from autograder.records.manifest import Kept
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.running.environment import environment_of
from autograder.running.executor import Local, Site, lazily
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.sandbox.choose import confining
from autograder.workflows.grade import GradeRequest, run_class
from autograder.workflows.rescore import rescore

ROOT = Path(__file__).resolve().parents[1]
QUESTION_IDS = ["dl2022_midterm/q2_linear_regression", "dl2022_midterm/q3_mnist_sample"]
GOAL_ON_ONE, GOAL_ON_MORE = 3_000, 5_000  # submissions per second, on one core and on two or more


def grade_one(entry: QuestionEntry, folder: Path) -> Run:
    """Grade the solution as the submission of one student; this also makes the references."""
    path = folder / "submissions" / "student00000" / f"{entry.name}.py"
    path.parent.mkdir(parents=True)
    path.write_text(entry.solution_source, encoding="utf-8")
    run = Run(folder / "run")
    with confining("bubblewrap") as isolation:
        request = GradeRequest(
            course=Course(entry.course),
            exam=Course(entry.course).exam(entry.exam),
            submissions=folder / "submissions",
            run=run,
            site=Site(executor=Local(isolation), jobs=2),
            only_questions=[entry.name],
        )
        run_class(request)
    return run


def reference_attempts(entry: QuestionEntry) -> list[Attempt]:
    """Return the attempts of the solution and the mistakes, each with every variant."""
    with lazily("auto") as executor:
        runner, environments = Runner(executor=executor), {entry: environment_of(entry, "mini", "cpu")}
        references = prepare(environments, runner, key=Course(entry.course).key())[entry].references
    assert references.solution is not None
    return [references.solution, *(mistake.attempt for mistake in references.mistakes)]


def student_attempt(
    attempt: Attempt, hidden: dict[str, str], random: np.random.Generator, number: int, *, unlike: bool
) -> Attempt:
    """Return the attempt with the variants of one student and, if ``unlike``, with noise."""
    outcomes = {}
    for task, outcome in attempt.outcomes.items():
        if task.variant not in (PUBLIC, hidden[task.part]):
            continue
        if unlike and outcome.evidence is not None:
            arrays = {
                name: (array * (1 + 1e-7 * random.standard_normal(array.shape))).astype(array.dtype)
                if array.dtype.kind == "f"
                else array
                for name, array in outcome.evidence.arrays.items()
            }
            evidence = Evidence(arrays=arrays, facts=outcome.evidence.facts)
            outcome = replace(outcome, evidence=evidence)
        outcomes[task] = replace(outcome, seconds=outcome.seconds + number * 1e-6)
    return Attempt(outcomes=outcomes, source=f"{attempt.source}# {number}\n", output=attempt.output)


def fill(run: Run, entry: QuestionEntry, students: int, wrong: int, unlike: float) -> None:
    """Store a class in which every ``wrong``-th student makes one of the mistakes.

    ``unlike`` is the share of students with evidence like nobody else's, from 0 to 1.
    """
    manifest, store = run.manifest(), Store(run.evidence)
    assert manifest is not None
    solution, *mistakes = reference_attempts(entry)
    key, random = Course(entry.course).key(), np.random.default_rng(2022)
    submissions = {}
    for number in track(range(students), f"storing {entry.name}"):
        student = f"student{number:05}"
        errs = wrong and mistakes and number % wrong == wrong - 1
        attempt = mistakes[number // wrong % len(mistakes)] if errs else solution
        hidden = {
            part.name: assigned(entry.question, part, key, entry.id, student) for part in entry.question.parts
        }
        name = f"{number:064x}"
        mine = student_attempt(attempt, hidden, random, number, unlike=random.random() < unlike)
        store.save(name, mine)
        submissions[student] = {entry.name: Kept(key=name, variants=hidden)}
    run.write_manifest(structs.replace(manifest, submissions=submissions))


def measure(run: Run, rounds: int, clock: Callable[[], float]) -> list[float]:
    """Return the seconds of each round by a clock, after one round that fills the disk's cache."""
    rescore(run)
    seconds = []
    for _ in range(rounds):
        began = clock()
        rescore(run)
        seconds.append(clock() - began)
    return seconds


def processors() -> float:
    """Return the CPU seconds of this process and of those that it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def profile(run: Run) -> None:
    with cProfile.Profile() as profiler:
        rescore(run)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=5_000, help="number of students (default: 5000)")
    parser.add_argument(
        "--wrong", type=int, default=10, help="one student in so many makes a mistake; 0: none"
    )
    parser.add_argument("--unlike", type=float, nargs="+", default=[0, 10, 100], help="percent")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the median is shown")
    parser.add_argument("--cores", type=int, default=1, help="cores; large classes use them all (default: 1)")
    parser.add_argument("--question", action="append", help="EXAM/QUESTION (may be repeated)")
    parser.add_argument("--profile", action="store_true", help="print a profile instead")
    options = parser.parse_args(arguments)
    rows = []
    clock, goal = (processors, GOAL_ON_ONE) if options.cores == 1 else (time.perf_counter, GOAL_ON_MORE)
    with pinned(first_cores(options.cores)):
        for question_id in options.question or QUESTION_IDS:
            entry = Course(ROOT).question(question_id)
            for unlike in options.unlike:
                with tempfile.TemporaryDirectory() as folder:
                    run = grade_one(entry, Path(folder))
                    fill(run, entry, options.students, options.wrong, unlike / 100)
                    if options.profile:
                        profile(run)
                        continue
                    median = statistics.median(measure(run, options.rounds, clock))
                rate, each = options.students / median, 1e6 * median / options.students
                rows.append(
                    (question_id, f"{unlike:g} %", f"{rate:,.0f}", f"{each:.0f}", f"{rate / goal:.2f}x")
                )
    show(
        f"rescore of {options.students:,} submissions on {options.cores} core(s); {describe()}",
        ("question", "unlike all others", "submissions/s", "µs each", f"of {goal:,}/s"),
        rows,
    )


if __name__ == "__main__":
    main()
