"""Measures what a right submission to each question costs, and what the student's own functions take of it.

Example:
    python benchmarks/questions.py
    python benchmarks/questions.py bigdata_final/q1_fashion_dnn

Each solution is observed once, in a process of its own with one thread and the framework imported: on public
data and on a hidden variant of each part, as in a sandbox, without the messages. "bare script" is the time
inside the student's functions on the public data: what the document's own script takes on them. Training that
a probe does with a network of the student's counts as the probe's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from machine import bar, describe, first_cores, pinned, show
from subject import ROOT, job_of

from autograder.core.outcome import PUBLIC
from autograder.course.catalog import Course
from autograder.running.executor import lazily
from autograder.running.jobs import Runner
from autograder.worker.jobs import ProbeCall
from autograder.worker.loading import load
from autograder.worker.reading import read_contents
from autograder.worker.settings import settings_put_back
from autograder.worker.shell import make_shell
from autograder.worker.tasks import load_code, observe

GOAL = 18.0  # CPU seconds of all questions


def cost(question_id: str) -> dict[str, float]:
    """Observe a question's solution in this process; return CPU seconds as ``show_all`` tells them."""
    entry = Course(ROOT).question(question_id)
    with lazily("auto") as executor:
        job = job_of(entry, entry.solution_source, Runner(executor=executor))
    for name in job.imports:
        import_module(name)
    make_shell()
    code = load_code(job.code, job.code_name, job.shared)
    contents = read_contents(job.submission.name, job.submission.data)
    inside = [0.0]

    @contextmanager
    def clocked() -> Iterator[None]:
        start = time.process_time()
        with settings_put_back():
            yield
        inside[0] += time.process_time() - start

    start = time.process_time()
    student, _ = load(contents, clocked)
    found = {"loading": time.process_time() - start, "public": 0.0, "hidden": 0.0, "bare": 0.0}
    for task, call in job.calls.items():
        assert isinstance(call, ProbeCall)
        start, before = time.process_time(), inside[0]
        observe(code, call, student, job.inputs[task.variant].arrays, "cpu", settings_put_back)
        where = "public" if task.variant == PUBLIC else "hidden"
        found[where] += time.process_time() - start
        if where == "public":
            found["bare"] += inside[0] - before
    return found


def measured(question_id: str) -> dict[str, float]:
    """Return the cost of a question, measured on one core in a process and a folder of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, str(Path(__file__).resolve()), "--inside", question_id]
    with tempfile.TemporaryDirectory() as folder, pinned(first_cores(1)):
        done = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(f"{question_id}: {done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def show_all(question_ids: list[str]) -> bool:
    """Print a row for each question; return whether the sum is within the goal."""
    with bar("questions", len(question_ids)) as step:
        found = {}
        for question_id in question_ids:
            found[question_id] = measured(question_id)
            step(question_id)
    sums = {name: sum(row[name] for row in found.values()) for name in next(iter(found.values()))}
    columns = ["question", "loading", "public data", "hidden data", "all", "bare script"]
    rows = []
    for name, row in {**found, "sum": sums}.items():
        values = [row["loading"], row["public"], row["hidden"]]
        rows.append([name, *(f"{value:.2f}" for value in (*values, sum(values), row["bare"]))])
    show(f"CPU seconds of a right submission, one core; {describe()}", columns, rows)
    total = sums["loading"] + sums["public"] + sums["hidden"]
    print(f"all questions: {total:.1f} s, goal {GOAL:.0f} s")
    return total <= GOAL


def main() -> None:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("question", nargs="*", help="EXAM/QUESTION (default: all)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(cost(options.question[0])))
        return
    course = Course(ROOT)
    everything = [entry.id for exam in course.exams() for entry in exam.questions]
    sys.exit(0 if show_all(options.question or everything) else 1)


if __name__ == "__main__":
    main()
