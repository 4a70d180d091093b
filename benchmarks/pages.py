"""Measures how long the feedback pages of a class take, with and without drawing.

Example:
    python benchmarks/pages.py --students 1000
    python benchmarks/pages.py --students 300 --question dl2022_final/q1_hihello --unlike 100

The class is that of rescore.py: from the evidence of the solution and of the declared mistakes, one student
in four wrong, and the arrays of `--unlike` percent of the students like nobody else's. `autograder report`
writes a page for each. Nearly all of the time is drawing; a picture is drawn once for equal evidence.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from machine import describe, show
from rescore import ROOT, fill, grade_one, processors

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.reports.feedback import write_feedback
from autograder.reports.material import material_of
from autograder.workflows.rescore import rescore

QUESTION_IDS = [
    "dl2022_midterm/q2_linear_regression",
    "dl2022_final/q1_hihello",
    "ptm_section3/q1_activations",
]


def pages(run: Run, folder: Path) -> tuple[int, float, float]:
    """Return how many pages were written, in what seconds of a clock and of processors."""
    results = rescore(run)
    since, busy = time.perf_counter(), processors()
    written = write_feedback(results, folder, "ko", material_of(run, ROOT))
    return len(written), time.perf_counter() - since, processors() - busy


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=1_000, help="number of students (default: 1000)")
    parser.add_argument("--wrong", type=int, default=4, help="one student in so many is wrong; 0: none")
    parser.add_argument("--unlike", type=float, nargs="+", default=[0, 10], help="percent")
    parser.add_argument("--question", action="append", help="EXAM/QUESTION (may be repeated)")
    options = parser.parse_args(arguments)
    rows = []
    for question_id in options.question or QUESTION_IDS:
        entry = Course(ROOT).question(question_id)
        for unlike in options.unlike:
            with tempfile.TemporaryDirectory() as folder:
                run = grade_one(entry, Path(folder))
                fill(run, entry, options.students, options.wrong, unlike / 100)
                count, wall, cpu = pages(run, Path(folder) / "pages")
            each = f"{1e3 * cpu / count:.1f} ms"
            rows.append((question_id, f"{unlike:g} %", f"{count:,}", f"{wall:.1f} s", f"{cpu:.1f} s", each))
    show(
        f"feedback pages; {os.cpu_count()} cores; {describe()}",
        ("question", "unlike all others", "pages", "wall", "CPU", "CPU a page"),
        rows,
    )


if __name__ == "__main__":
    main()
