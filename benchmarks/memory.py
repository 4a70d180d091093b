"""Measures whether the memory of the grader or of its workers grows with the number of submissions.

Example:
    python benchmarks/memory.py --copies 500 --cores 2

`autograder grade` grades copies of the linear-regression solution that differ by a comment. Its RSS and the
PSS of its descendants are sampled four times a second. The growth is the slope of a line through the grader's
samples without the first fifth.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

import numpy as np
from machine import Cost, cost_of, describe, first_cores, pinned, show
from subject import ROOT, grade_command, make_references, write_copies

from autograder.course.catalog import KEY_VARIABLE
from autograder.records.run_folder import Run

SAMPLE_EVERY = 0.25  # seconds
STARTING = 0.2  # the share of the samples that is left out at the start
GOAL_GROWTH = 1.0  # MiB per 100 submissions


def grade(folder: Path, copies: int, cores: int, isolation: str) -> Cost:
    """Grade the class by the command, check that all students have results, and return the cost."""
    submissions, run = write_copies(folder / "submissions", copies), folder / "run"
    references = make_references(folder / "references")
    cost = cost_of(grade_command(submissions, run, references, cores, isolation), ROOT, SAMPLE_EVERY)
    results = Run(run).results()
    assert results is not None
    assert sum(1 for _ in results.students()) == copies
    return cost


def growth(cost: Cost, copies: int) -> float:
    """Return the slope of the grader's RSS, in MiB per 100 submissions."""
    samples = np.array(cost.samples)[int(STARTING * len(cost.samples)) :]
    done = np.linspace(STARTING * copies, copies, len(samples))
    return float(100 * np.polyfit(done, samples[:, 2], 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=500, help="how many submissions (default: 500)")
    parser.add_argument("--cores", type=int, default=2, help="cores, and workers (default: 2)")
    parser.add_argument("--backend", default="warm", help="the isolation, by name (default: warm)")
    options = parser.parse_args()
    os.environ.setdefault(KEY_VARIABLE, "benchmark")
    with pinned(first_cores(options.cores)), tempfile.TemporaryDirectory() as folder:
        cost = grade(Path(folder), options.copies, options.cores, options.backend)
    _, _, own, others = np.array(cost.samples).T
    quarter = max(1, len(own) // 4)
    rows = [
        ("the grader, RSS", own[quarter], own[-1], own.max()),
        (
            "all workers, PSS",
            statistics.median(others[quarter : 2 * quarter]),
            statistics.median(others[-quarter:]),
            others.max(),
        ),
    ]
    columns = ("MiB", "after a quarter", "at the end", "peak")
    title = f"{options.copies} submissions, {options.cores} workers, {options.backend}; {describe()}"
    show(title, columns, [(name, *(f"{value:.0f}" for value in values)) for name, *values in rows])
    slope = growth(cost, options.copies)
    print(f"the grader's growth: {slope:.2f} MiB per 100 submissions, goal at most {GOAL_GROWTH}")


if __name__ == "__main__":
    main()
