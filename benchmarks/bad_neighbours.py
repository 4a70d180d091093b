"""Grades a class of honest students alone, and then with one of each kind of bomb, crash and killer in it.

Example:
    python benchmarks/bad_neighbours.py --honest 200 --cores 2

The honest ones must have the same results to the bit (but for their times), in at most 1.5 times the time.
The others, of tests/hostile/attacks, take memory, files, sockets, threads, output or the time of the grader,
crash in every way, and signal whoever they reach. Some sleep or compute for up to two seconds, so the
honest ones answer a question with something to compute: linear regression; ``--question hostile/q1_vault``
is one without. Rounds alternate; exit code 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import describe, first_cores, pinned
from subject import QUESTION_ID, ROOT

from autograder.course.catalog import KEY_VARIABLE
from autograder.running.jobs import CACHE_VARIABLE

EXAM, ATTACKED, GOAL = "hostile", "q1_vault", 1.5
HOSTILE = ROOT / "tests" / "hostile"
BOMBS = """
    channel_bomb channel_deep channel_broadcast channel_many_arrays channel_long_names too_many_numbers
    exception_chain exception_group deep_answer names_that_are_nearly_there nots_in_a_row flood_notes
    memory_anonymous memory_shared memory_shm memory_memfd disk folders_without_end pipes_full sockets_full
    watches_without_end timers_and_signals threads_without_end huge_exception
"""
CRASHES = (
    "segfault os_abort os_exit os_exec exit_while_loading recursion close_everything frames_by_the_thousand"
)
KILLERS = "kill_everyone kill_the_group signals_by_every_call busy_threads scheduler terminals_of_others"
BAD = [*BOMBS.split(), *CRASHES.split(), *KILLERS.split()]
NOTEBOOK = '{"nbformat":4,"metadata":{},"cells":[{"cell_type":"code","source":"x = 1","outputs":[%s]}]}'
OUTPUTS = 1_000_000  # of 3 bytes each


def write_course(folder: Path, question_id: str) -> str:
    """Write the course of the attacks, with another question in it, and return its solution."""
    exam, _, question = question_id.partition("/")
    shutil.copytree(HOSTILE / "course", folder)
    for tree in ("exams", "solutions") if exam != EXAM else ():
        shutil.copytree(ROOT / tree / exam / question, folder / tree / EXAM / question)
    return (folder / "solutions" / EXAM / question / "solution.py").read_text(encoding="utf-8")


def write_class(folder: Path, question: str, answers: Sequence[str], *, bad: bool) -> Path:
    """Write what the students hand in; bad ones stand evenly among the honest."""
    for number, answer in enumerate(answers):
        path = folder / f"{number:04}_honest" / f"{question}.py"
        path.parent.mkdir(parents=True)
        path.write_text(answer, encoding="utf-8")
    for place, name in enumerate([*BAD, "notebook_bomb"] if bad else ()):
        path = folder / f"{place * len(answers) // len(BAD):04}_{name}" / f"{ATTACKED}.py"
        path.parent.mkdir(parents=True)
        if name in BAD:
            shutil.copy(HOSTILE / "attacks" / ATTACKED / f"{name}.py", path)
        else:
            path.with_suffix(".ipynb").write_text(NOTEBOOK % ",".join(["{}"] * OUTPUTS), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Grader:
    """Grades classes of one course, each with a copy of the same references."""

    course: Path
    question: str
    cores: int
    isolation: str

    def grade(self, submissions: Path, run: Path, cache: Path) -> float:
        """Grade a class with a copy of a cache; return the seconds."""
        own = shutil.copytree(cache, run.parent / f"{run.name}-cache")
        command = [sys.executable, "-m", "autograder", "grade", EXAM, submissions, "--course", self.course]
        for question in {self.question, ATTACKED}:
            command += ["--question", question]
        command += ["--output", run, "--cache", own, "--jobs", self.cores, "--isolation", self.isolation]
        began = time.monotonic()
        subprocess.run([*map(str, command), "--quiet"], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        return time.monotonic() - began


def honest_rows(run: Path) -> list[dict[str, object]]:
    """Return the results of the honest students without what may differ: their times and memory."""
    rows = json.loads((run / "results.json").read_text(encoding="utf-8"))["results"]
    return [{**row, "seconds": 0, "memory_mb": 0} for row in rows if row["student"].endswith("_honest")]


def main() -> int:
    """Measure, print and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--honest", type=int, default=200)
    parser.add_argument("--question", default=QUESTION_ID, help="what the honest answer (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--isolation", default="warm", choices=("warm", "bubblewrap"))
    options = parser.parse_args()
    os.environ.setdefault(KEY_VARIABLE, "a key for the benchmark")
    os.environ.pop(CACHE_VARIABLE, None)
    took: dict[bool, list[float]] = {False: [], True: []}
    same = True
    with pinned(first_cores(options.cores)), tempfile.TemporaryDirectory() as name:
        root = Path(name)
        solution = write_course(root / "course", options.question)
        question = options.question.rpartition("/")[2]
        grader = Grader(root / "course", question, options.cores, options.isolation)
        answers = [f"{solution}\n# {number}\n" for number in range(options.honest)]
        (root / "cache").mkdir()
        first = write_class(root / "first-class", question, [solution], bad=False)
        reference = root / "course" / "solutions" / EXAM / ATTACKED / "solution.py"
        shutil.copy(reference, first / "0000_honest" / f"{ATTACKED}.py")
        grader.grade(first, root / "first", root / "cache")
        cache = root / "first-cache"
        classes = {
            bad: write_class(root / f"class-{bad}", question, answers, bad=bad) for bad in (False, True)
        }
        for number in range(options.rounds):
            for bad, submissions in classes.items():
                run = root / f"run-{number}-{bad}"
                took[bad].append(grader.grade(submissions, run, cache))
                same &= honest_rows(run) == honest_rows(root / "run-0-False")
    alone, among = (statistics.median(took[bad]) for bad in (False, True))
    print(describe())
    print(f"{options.honest} honest students alone: {alone:.1f} s; with {len(BAD) + 1} others: {among:.1f} s")
    print(f"times {among / alone:.2f} (goal: at most {GOAL})")
    print(f"the honest ones' results are {'the same' if same else 'OTHERS'}")
    return 0 if same and among <= GOAL * alone else 1


if __name__ == "__main__":
    sys.exit(main())
