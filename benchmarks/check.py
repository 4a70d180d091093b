"""What `check` takes of its own, beyond the student's code and the imports that it waits for.

Example:
    python benchmarks/check.py --rounds 5

CPU of this process, not of the workers: reading the question's declaration, parsing and preparing the file,
following the worker, parsing its evidence, judging, and drawing the table. The sandbox's test of itself, once
a command, stands apart. Imports are done before the clock starts. The question without a framework shows by
its wall clock how long a student waits where there is nothing to import.
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
from subject import PLACE, ROOT

from autograder.course.catalog import Course
from autograder.handout.self_check import question_of_course, self_check
from autograder.reports.part import part_table
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.sandbox.choose import choose
from autograder.sandbox.protocol import Isolation

QUESTIONS = [(ROOT, PLACE), (ROOT / "tests" / "support" / "toy", "toy/q1_numbers")]
GOAL = 50  # ms of CPU


def answer_once(course: Path, place: str, isolation: Isolation, folder: Path) -> tuple[float, float]:
    """Check the solution once; return ms of this process's CPU, and of wall clock but for the student's."""
    began, wall = time.process_time(), time.perf_counter()
    entry = Course(course).question(place)  # a new object: the declaration is read anew
    runner = Runner(executor=Local(isolation))
    path = folder / f"{entry.name}.py"
    path.write_text(entry.solution_source, encoding="utf-8")
    result = self_check(path, question_of_course(entry, runner, "cpu"), runner)
    Console(file=io.StringIO()).print(part_table(entry.question, result.verdicts, result.notes, "en"))
    own, wall = time.process_time() - began, time.perf_counter() - wall
    return 1e3 * own, 1e3 * (wall - sum(verdict.seconds for verdict in result.verdicts))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="of which the medians are shown (default: 5)")
    parser.add_argument("--backend", default="warm", help="the isolation, by name (default: warm)")
    options = parser.parse_args(arguments)
    rows = []
    with pinned(first_cores(1)), tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        isolation = choose(options.backend)
        rows.append(("the sandbox's test of itself", f"{1e3 * (time.process_time() - began):.0f}", "", ""))
        with bar("questions", len(QUESTIONS)) as step:
            for course, place in QUESTIONS:
                answer_once(course, place, isolation, Path(folder))  # makes the inputs, imports the framework
                found = [answer_once(course, place, isolation, Path(folder)) for _ in range(options.rounds)]
                own, wall = (statistics.median(values) for values in zip(*found, strict=True))
                rows.append((place, f"{own:.0f}", f"{own / GOAL:.2f}x", f"{wall:.0f}"))
                step(place)
        isolation.close()
    columns = ["", "CPU ms of its own", f"of {GOAL} ms", "wall ms without the student's"]
    show(f"check, {options.backend}, 1 core; {describe()}", columns, rows)


if __name__ == "__main__":
    main()
