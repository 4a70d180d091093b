"""Submissions per second through the whole pipeline, by number of workers, side by side in one run.

    python benchmarks/grade.py [--copies 50] [--workers 1,2]

Each round grades copies of the linear-regression solution, one student each, with references made before.
The copies differ by a comment, so that none is taken from the store. A student's own computation is the
wall-clock time between a worker's announcing a part and its sending the part's evidence; everything else is
the price of isolation: the process, the namespaces, and above all importing the framework.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.backends import choose
from autograder.catalog import Course
from autograder.pipeline import Request, run_class
from autograder.store import Run

ROOT = Path(__file__).resolve().parents[1]
EXAM, QUESTION = "dl2022_midterm", "q2_linear_regression"


def write_copies(folder: Path, copies: int) -> Path:
    source = Course(ROOT).question(f"{EXAM}/{QUESTION}").solution_source
    for number in range(copies):
        path = folder / f"student{number:04}" / f"{QUESTION}.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{source}\n# {number}\n", encoding="utf-8")
    return folder


def grade(submissions: Path, run: Path, jobs: int, only: list[str]) -> dict:
    course = Course(ROOT)
    return run_class(
        Request(
            course=course,
            exam=course.exam(EXAM),
            submissions=submissions,
            run=Run(run),
            isolation=choose("bubblewrap"),
            jobs=jobs,
            only_questions=[QUESTION],
            only_students=only,
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=50)
    parser.add_argument("--workers", default="1,2")
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    table = Table(title=f"{options.copies} copies of the solution, cold bubblewrap, {cores} cores")
    for name in ("workers", "submissions/s", "wall s", "own computation", "ratio"):
        table.add_column(name, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        submissions = write_copies(Path(folder) / "submissions", options.copies)
        grade(submissions, Path(folder) / "warm", 2, ["student0000"])  # makes the references
        first = None
        for workers in map(int, options.workers.split(",")):
            began = time.perf_counter()
            results = grade(submissions, Path(folder) / f"run{workers}", workers, [])
            wall = time.perf_counter() - began
            assert all(row["points"] + row["manual"] == row["max_points"] for row in results["totals"])
            own = sum(row["seconds"] for row in results["results"]) / (wall * workers)
            rate = options.copies / wall
            first = first or rate
            table.add_row(*(str(workers), f"{rate:.2f}", f"{wall:.1f}", f"{own:.2%}", f"{rate / first:.2f}x"))
    Console().print(table)


if __name__ == "__main__":
    main()
