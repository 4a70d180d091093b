"""Measures how long an imported notebook takes to grade, beside nbgrader with the same notebooks.

Example:
    python benchmarks/imported.py --copies 60 --theirs 4 --cores 2

The assignment is one of ours, with ten test cells on numpy. Copies of its solution that differ by a comment
are graded by `nbgrader autograde`, and by `autograder grade` after `autograder import`, in turn and on the
same cores. Each is run on few and on many, which separates the time to start from that for each submission.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from machine import Cost, cost_of, describe, first_cores, pinned, show
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from rivals import ASSIGNMENT, nbgrader_command, nbgrader_scores
from throughput import Contender, measure

from autograder.records.run_folder import Run

GOAL, POINTS = 30, 2
FUNCTIONS = {  # what students write, by name, and what numpy has for it
    "relu": ("np.maximum(x, 0)", "np.where(x > 0, x, 0)"),
    "square": ("x * x", "x ** 2"),
    "softmax": ("np.exp(x) / np.exp(x).sum()", "np.exp(x - x.max()) / np.exp(x - x.max()).sum()"),
    "centred": ("x - x.mean()", "x - x.sum() / x.size"),
    "scaled": ("x / x.std()", "x / np.sqrt(((x - x.mean()) ** 2).mean())"),
    "sigmoid": ("1 / (1 + np.exp(-x))", "np.exp(x) / (1 + np.exp(x))"),
    "running": ("np.cumsum(x)", "np.array([x[: n + 1].sum() for n in range(x.size)])"),
    "ordered": ("np.sort(x)", "np.array(sorted(x))"),
    "outer": ("np.outer(x, x)", "x[:, None] * x[None, :]"),
    "clipped": ("np.clip(x, -1, 1)", "np.minimum(np.maximum(x, -1), 1)"),
}


def cell(source: str, name: str, **fields: object) -> NotebookNode:
    plain = {"schema_version": 3, "grade": False, "solution": False, "locked": True, "task": False}
    return new_code_cell(source, metadata={"nbgrader": {**plain, "grade_id": name, **fields}})


def assignment() -> NotebookNode:
    """Return nbgrader's source notebook."""
    cells = [cell("import numpy as np", "imports")]
    for name, (written, known) in FUNCTIONS.items():
        answer = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {written}\n    ### END SOLUTION"
        test = (
            f"np.random.seed(3)\nx = np.random.randn(50)\nexpected = {known}\n"
            f"assert isinstance({name}(x), np.ndarray)\n"
            f"assert {name}(x).shape == expected.shape\nassert np.allclose({name}(x), expected)"
        )
        cells.append(cell(answer, name, solution=True, locked=False))
        cells.append(cell(test, f"test-{name}", grade=True, points=POINTS))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def write_course(folder: Path, copies: int) -> Path:
    """Write a course of nbgrader's with so many submissions, released; return the assignment's source."""
    notebook = assignment()
    source = folder / "source" / ASSIGNMENT / "sheet.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(notebook, source)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'benchmark'\n"
    )
    cost_of(nbgrader_command("generate_assignment", ASSIGNMENT), folder)
    released = nbformat.read(folder / "release" / ASSIGNMENT / "sheet.ipynb", as_version=4)
    for number in range(copies):
        for made, theirs in zip(released.cells, notebook.cells, strict=True):
            if theirs.metadata.nbgrader.solution:
                made.source = (
                    re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", theirs.source) + f"\n# {number}"
                )
        path = folder / "submitted" / f"student{number:04}" / ASSIGNMENT / "sheet.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(released, path)
    return source.parent


def ours(folder: Path, course: Path, cores: int) -> Callable[[int], Cost]:
    """Return a function that grades the first ``count`` submissions by ``autograder grade``."""

    def grade(count: int) -> Cost:
        with tempfile.TemporaryDirectory(dir=folder) as made:
            few, run = Path(made) / "submitted", Path(made) / "run"
            few.mkdir()
            for one in sorted((folder / "submitted").iterdir())[:count]:
                shutil.copytree(one, few / one.name)
            command = [
                sys.executable,
                "-m",
                "autograder",
                "grade",
                ASSIGNMENT,
                str(few),
                "--course",
                str(course),
            ]
            command += [
                "--output",
                str(run),
                "--jobs",
                str(cores),
                "--cache",
                str(Path(made) / "cache"),
                "--quiet",
            ]
            cost = cost_of(command)
            results = Run(run).results()
            assert results is not None
            assert [one.totals.points for one in results.students()] == [POINTS * len(FUNCTIONS)] * count
        return cost

    return grade


def theirs(folder: Path) -> Callable[[int], Cost]:
    """Return a function that grades one submission, or all, by ``nbgrader autograde``."""

    def grade(count: int) -> Cost:
        only = ["--student=student0000"] if count == 1 else []
        cost = cost_of(nbgrader_command("autograde", ASSIGNMENT, "--force", *only), folder)
        assert set(nbgrader_scores(folder)) == {POINTS * len(FUNCTIONS)}
        return cost

    return grade


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=60, help="submissions for ours (default: 60)")
    parser.add_argument("--theirs", type=int, default=4, help="submissions for nbgrader (default: 4)")
    parser.add_argument("--cores", type=int, default=2, help="cores for both (default: 2)")
    parser.add_argument(
        "--rounds", type=int, default=2, help="rounds in turn; medians are shown (default: 2)"
    )
    options = parser.parse_args()
    with pinned(first_cores(options.cores)), tempfile.TemporaryDirectory() as made:
        few, many = Path(made) / "few", Path(made) / "many"
        source, course = write_course(many, options.copies), Path(made) / "course"
        write_course(few, options.theirs)
        command = [
            sys.executable,
            "-m",
            "autograder",
            "import",
            str(source),
            "--output",
            str(course),
            "--quiet",
        ]
        cost_of([*command, "--exam", ASSIGNMENT])
        found = [
            Contender(
                name="ours", grade=ours(many, course, options.cores), few=options.cores, many=options.copies
            ),
            Contender(name="nbgrader autograde", grade=theirs(few), few=1, many=options.theirs),
        ]
        measure(found, options.rounds)
    mine, slow = found
    times = {what: slow.each(what) / mine.each(what) for what in ("wall", "cpu")}
    rows = [[one.name, str(one.many), f"{one.each('wall'):.3f}", f"{one.each('cpu'):.3f}"] for one in found]
    columns = ["", "submissions", "s each", "CPU s each"]
    show(f"ten cells on {options.cores} cores; {describe()}", columns, rows)
    print(f"nbgrader to ours: {times['wall']:.0f}x the time, {times['cpu']:.0f}x the CPU; goal {GOAL}x")


if __name__ == "__main__":
    main()
