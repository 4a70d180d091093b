"""Grades a class of honest students alone, and then with one of each kind of bomb, crash and killer in it.

Example:
    python benchmarks/bad_neighbours.py --honest 200 --cores 2

The honest ones must have the same results to the bit (but for their times), in at most 1.5 times the time.
The others, of tests/hostile/attacks, take memory, files, sockets, threads, output or the time of the grader,
crash in every way, and signal whoever they reach. Rounds alternate; exit code 1 if a goal is
missed.
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
from pathlib import Path

from machine import describe, first_cores, pinned
from subject import ROOT

from autograder.course.catalog import KEY_VARIABLE
from autograder.running.jobs import CACHE_VARIABLE

EXAM, QUESTION, GOAL = "hostile", "q1_vault", 1.5
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


def write_class(folder: Path, honest: int, *, bad: bool) -> Path:
    """Write what the students hand in; bad ones stand evenly among the honest."""
    solution = (HOSTILE / "course/solutions" / EXAM / QUESTION / "solution.py").read_text(encoding="utf-8")
    for number in range(honest):
        path = folder / f"{number:04}_honest" / f"{QUESTION}.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{solution}\n# {number}\n", encoding="utf-8")
    for place, name in enumerate([*BAD, "notebook_bomb"] if bad else ()):
        path = folder / f"{place * honest // len(BAD):04}_{name}" / f"{QUESTION}.py"
        path.parent.mkdir(parents=True)
        if name in BAD:
            shutil.copy(HOSTILE / "attacks" / QUESTION / path.name.replace(QUESTION, name), path)
        else:
            path.with_suffix(".ipynb").write_text(NOTEBOOK % ",".join(["{}"] * OUTPUTS), encoding="utf-8")
    return folder


def grade(submissions: Path, run: Path, cache: Path, cores: int, isolation: str) -> float:
    """Grade a class with a copy of the cache of references; return the seconds."""
    own = shutil.copytree(cache, run.parent / f"{run.name}-cache")
    command = [sys.executable, "-m", "autograder", "grade", EXAM, submissions, "--question", QUESTION]
    command += ["--course", HOSTILE / "course", "--output", run, "--cache", own, "--jobs", cores]
    began = time.monotonic()
    subprocess.run(
        [*map(str, command), "--isolation", isolation, "--quiet"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )
    return time.monotonic() - began


def honest_rows(run: Path) -> list[dict[str, object]]:
    """Return the results of the honest students without what may differ: their times and memory."""
    rows = json.loads((run / "results.json").read_text(encoding="utf-8"))["results"]
    return [{**row, "seconds": 0, "memory_mb": 0} for row in rows if row["student"].endswith("_honest")]


def main() -> int:
    """Measure, print and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--honest", type=int, default=200)
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
        cache = root / "cache"
        cache.mkdir()
        grade(
            write_class(root / "nobody", 1, bad=False),
            root / "first",
            cache,
            options.cores,
            options.isolation,
        )
        cache = root / "first-cache"
        classes = {bad: write_class(root / f"class-{bad}", options.honest, bad=bad) for bad in (False, True)}
        for number in range(options.rounds):
            for bad, submissions in classes.items():
                run = root / f"run-{number}-{bad}"
                took[bad].append(grade(submissions, run, cache, options.cores, options.isolation))
                same &= honest_rows(run) == honest_rows(root / "run-0-False")
    alone, among = (statistics.median(took[bad]) for bad in (False, True))
    print(describe())
    print(f"{options.honest} honest students alone: {alone:.1f} s; with {len(BAD) + 1} others: {among:.1f} s")
    print(f"times {among / alone:.2f} (goal: at most {GOAL})")
    print(f"the honest ones' results are {'the same' if same else 'OTHERS'}")
    return 0 if same and among <= GOAL * alone else 1


if __name__ == "__main__":
    sys.exit(main())
