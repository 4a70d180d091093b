"""Measures time and peak memory of rescoring and reporting, by the number of students.

    python benchmarks/scale.py [--sizes 1000,10000,100000] [--folder DIR] [--formats csv]

The class is made of real evidence: the solution of linear regression (five parts) and each of its mistakes
are run once in the sandbox, and every student gets the evidence of one of them for the student's own hidden
variants, with floats moved by a relative 1e-7. Rescoring and reporting are the ordinary commands, each in its
own process, whose peak memory is measured by the system.
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
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
from msgspec import structs
from rich.console import Console
from rich.table import Table

from autograder.core.outcome import PUBLIC, Attempt, Outcome
from autograder.core.variants import assigned
from autograder.course.catalog import Course
from autograder.records.manifest import Kept, Manifest
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.running.executor import Local, Site
from autograder.sandbox.choose import confining
from autograder.workflows.grade import GradeRequest, run_class

ROOT = Path(__file__).resolve().parents[1]
EXAM, QUESTION = "dl2022_midterm", "q2_linear_regression"


def references(folder: Path) -> tuple[Manifest, list[Attempt]]:
    """Grade one student; return the run's manifest, and the reference attempts with all variants."""
    course, run = Course(ROOT), Run(folder / "real")
    entry = course.question(f"{EXAM}/{QUESTION}")
    submission = folder / "submissions/student" / f"{QUESTION}.py"
    submission.parent.mkdir(parents=True, exist_ok=True)
    submission.write_text(entry.solution_source, encoding="utf-8")
    with confining("auto") as isolation:
        run_class(
            GradeRequest(
                course=course,
                exam=course.exam(EXAM),
                submissions=folder / "submissions",
                run=run,
                site=Site(executor=Local(isolation), jobs=len(os.sched_getaffinity(0))),
                only_questions=[QUESTION],
            )
        )
    names = {part.name for part in entry.question.parts}
    kept = [Store(run.evidence).load(path.stem) for path in sorted(run.evidence.glob("*.evidence"))]
    whole = [
        attempt
        for attempt in kept
        if attempt is not None and {task.part for task in attempt.outcomes} == names
    ]
    manifest = run.manifest()
    assert manifest is not None
    most = max(len(attempt.outcomes) for attempt in whole)
    return manifest, [attempt for attempt in whole if len(attempt.outcomes) == most]


def perturbed(attempt: Attempt, hidden: dict[str, str], random: np.random.Generator) -> Attempt:
    """Return the outcomes for the public and the assigned variants, with floats moved by a relative 1e-7."""

    def move(outcome: Outcome) -> Outcome:
        if outcome.evidence is None:
            return outcome
        arrays = dict(outcome.evidence.arrays)
        for name, array in arrays.items():
            if array.dtype.kind == "f":
                noise = random.standard_normal(array.shape).astype(array.dtype)
                arrays[name] = (array * (1 + 1e-7 * noise)).astype(array.dtype)
        return replace(outcome, evidence=replace(outcome.evidence, arrays=arrays))

    outcomes = {
        task: move(outcome)
        for task, outcome in attempt.outcomes.items()
        if task.variant in (PUBLIC, hidden[task.part])
    }
    return replace(attempt, outcomes=outcomes)


def write_class(run: Run, manifest: Manifest, attempts: list[Attempt], real: Path, students: int) -> None:
    """Write the run folder of an invented class."""
    course, random = Course(ROOT), np.random.default_rng(students)
    entry, key, store = course.question(f"{EXAM}/{QUESTION}"), course.key(), Store(run.evidence)
    run.evidence.mkdir(parents=True)
    for path in real.iterdir():
        os.link(path, run.evidence / path.name)
    submissions = {}
    for number in range(students):
        name = f"student{number:07}"
        hidden = {
            part.name: assigned(entry.question, part, key, entry.id, name) for part in entry.question.parts
        }
        stored_as = f"{number:064x}"
        store.save(stored_as, perturbed(attempts[number % len(attempts)], hidden, random))
        submissions[name] = {QUESTION: Kept(key=stored_as, variants=hidden)}
    run.write_manifest(structs.replace(manifest, submissions=submissions))


# A small process: the memory of the parent at the start counts as that of the child.
MEASURE = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
cpu, wall = used.ru_utime + used.ru_stime, time.perf_counter() - began
print(json.dumps([process.returncode, wall, cpu, used.ru_maxrss / 1024]))
"""


def measured(*arguments: object) -> tuple[float, float, float]:
    """Run a command; return seconds of wall time and of CPU, and peak memory in MiB."""
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    result = subprocess.run(
        [sys.executable, "-S", "-c", MEASURE, *command], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    code, *numbers = json.loads(result.stdout)
    assert code == 0, command
    return tuple(numbers)


def rows(
    size: int, formats: list[str], folder: Path, manifest: Manifest, attempts: list[Attempt]
) -> Iterator[tuple[str, float, float | None, float | None, int]]:
    run = Run(folder / f"run{size}")
    began = time.perf_counter()
    with mock.patch("os.fsync"):  # leaves out the speed of the disk
        write_class(run, manifest, attempts, folder / "real/evidence", size)
    disk = sum(path.stat().st_blocks * 512 for path in run.evidence.iterdir())
    yield "make the evidence", time.perf_counter() - began, None, None, disk
    yield "rescore", *measured("rescore", run.folder), (run.folder / "results.json").stat().st_size
    for name in formats:
        numbers = measured("report", run.folder, "--format", name)
        files = (path for path in (run.folder / "report").rglob("*") if path.is_file())
        yield f"report {name}", *numbers, sum(path.stat().st_size for path in files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--formats", default="csv")
    parser.add_argument("--folder", type=Path, help="where the runs go (default: a temporary folder)")
    options = parser.parse_args()
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    console = Console(width=110)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        manifest, attempts = references(Path(name))
        table = Table(title=f"{len(attempts)} kinds of answers; {cores} cores, load {load:.1f} at the start")
        for heading in ("students", "step", "wall s", "CPU s", "CPU ms/student", "peak MiB", "written MB"):
            table.add_column(heading, justify="left" if heading == "step" else "right")
        for size in map(int, options.sizes.split(",")):
            for step, wall, cpu, peak, written in rows(
                size, options.formats.split(","), Path(name), manifest, attempts
            ):
                numbers = [f"{wall:.1f}", *(f"{x:.1f}" if x else "" for x in (cpu, cpu and cpu / size * 1e3))]
                table.add_row(
                    f"{size:,}", step, *numbers, f"{peak:.0f}" if peak else "", f"{written / 1e6:.1f}"
                )
                console.print(f"{size:,} students: {step} took {wall:.1f} s, {cpu} s of CPU, {peak} MiB")
    console.print(table)


if __name__ == "__main__":
    main()
