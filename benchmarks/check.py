"""Measures the overhead of `check` over the student's code and the imports.

Example:
    python benchmarks/check.py --rounds 5

The CPU time is that of this process, without workers: reading the question, parsing and preparing the file,
following the worker, parsing its evidence, judging, and printing the table. The sandbox's self-test, which
runs once in a command, has its own row. Imports are done before the clock starts. The wall time of the
question without a framework shows how long a student waits if nothing is imported.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from machine import bar, describe, first_cores, pinned, show
from rich.console import Console
from subject import QUESTION_ID, ROOT

from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.handout.check_file import encode_check_file, read_check_file
from autograder.handout.make_check_files import make_check_files
from autograder.handout.self_check import question_of_release, self_check
from autograder.reports.part import part_table
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.sandbox.choose import choose
from autograder.sandbox.protocol import Isolation

QUESTIONS = [(ROOT, QUESTION_ID), (ROOT / "tests" / "support" / "toy", "toy/q1_numbers")]
GOAL = 50  # ms of CPU


def released(course: Path, question_id: str, isolation: Isolation, folder: Path) -> tuple[Path, Path]:
    """Write what a student has: the file of checks, and the solution; return their paths."""
    entry = Course(course).question(question_id)
    runner = Runner(executor=Local(isolation))
    made = make_check_files([entry], b"benchmark", runner, 1, Silent())[entry]
    checks, path = folder / f"{entry.name}.checks", folder / f"{entry.name}.py"
    checks.write_bytes(encode_check_file(made))
    path.write_text(entry.solution_source, encoding="utf-8")
    return checks, path


def answer_once(checks: Path, path: Path, isolation: Isolation) -> tuple[float, float]:
    """Check the solution once; return ms of CPU of this process, and of wall time without student code."""
    began, wall = time.process_time(), time.perf_counter()
    runner = Runner(executor=Local(isolation))
    question = question_of_release(read_check_file(checks), device="cpu")
    result = self_check(path, question, runner)
    Console(file=io.StringIO()).print(
        part_table(question.entry.question, result.verdicts, result.notes, "en")
    )
    own, wall = time.process_time() - began, time.perf_counter() - wall
    return 1e3 * own, 1e3 * (wall - sum(verdict.seconds for verdict in result.verdicts))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds; medians are shown (default: 5)")
    parser.add_argument("--backend", default="warm", help="the isolation, by name (default: warm)")
    options = parser.parse_args(arguments)
    rows = []
    with pinned(first_cores(1)), tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        isolation = choose(options.backend)
        rows.append(("self-test of the sandbox", f"{1e3 * (time.process_time() - began):.0f}", "", ""))
        with bar("questions", len(QUESTIONS)) as step:
            for course, question_id in QUESTIONS:
                files = released(course, question_id, isolation, Path(folder))
                answer_once(*files, isolation)  # imports the framework
                found = [answer_once(*files, isolation) for _ in range(options.rounds)]
                own, wall = (statistics.median(values) for values in zip(*found, strict=True))
                rows.append((question_id, f"{own:.0f}", f"{own / GOAL:.2f}x", f"{wall:.0f}"))
                step(question_id)
        isolation.close()
    columns = ["", "CPU ms", f"of {GOAL} ms", "wall ms without student code"]
    show(f"check, {options.backend}, 1 core; {describe()}", columns, rows)


if __name__ == "__main__":
    main()
