"""Measures what a fork of a process that has imported torch costs, and what the maths cost in one.

Example:
    python benchmarks/forks.py --forks 40 --preload jemalloc=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2

Each way of preparing the process is one process; they take turns. "empty" is a child that ends at once, "the
maths" one that computes the linear regression's solution first; CPU is that of the child and of what its
parent spends on it, of the system alone in brackets. "here" are the maths in the process itself, again and
again. This is the least that a worker can take: namespaces, messages, judging and files come on top.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from machine import bar, describe, first_cores, pinned, show
from subject import QUESTION_ID, ROOT, answer, job_of

from autograder.course.catalog import KEY_VARIABLE, Course
from autograder.running.executor import lazily
from autograder.running.jobs import Runner
from autograder.worker import linux
from autograder.worker.jobs import ProbeCall
from autograder.worker.loading import load
from autograder.worker.reading import read_contents
from autograder.worker.rehearsal import rehearse
from autograder.worker.reset import Process, put_back
from autograder.worker.settings import settings_put_back
from autograder.worker.tasks import load_code, observe

Spent = tuple[float, float]  # ms of CPU: all, and the system's

# What is done before the forks; the first is what a zygote does, the second once it has forked some workers.
WAYS = ("large pages", "the rest moved", "small pages", "not rehearsed", "not frozen", "no torch")


def spent(who: int) -> Spent:
    used = resource.getrusage(who)
    return 1e3 * (used.ru_utime + used.ru_stime), 1e3 * used.ru_stime


def cost(work: Callable[[], None]) -> Spent:
    before = spent(resource.RUSAGE_SELF), spent(resource.RUSAGE_CHILDREN)
    work()
    after = spent(resource.RUSAGE_SELF), spent(resource.RUSAGE_CHILDREN)
    both = [
        sum(later[i] - earlier[i] for earlier, later in zip(before, after, strict=True)) for i in range(2)
    ]
    return both[0], both[1]


def forked(work: Callable[[], None], leave: Callable[[int], NoReturn] = os._exit) -> None:
    if (pid := os.fork()) == 0:
        work()
        leave(0)  # loading a submission replaces os._exit
    os.waitpid(pid, 0)


def maths() -> Callable[[], None]:
    """Return what computes the linear regression's solution once."""
    with lazily("auto") as executor:
        job = job_of(Course(ROOT).question(QUESTION_ID), answer(), Runner(executor=executor))
    for name in (*job.imports, "safetensors.numpy"):
        import_module(name)
    sys.modules["torch"].set_num_threads(1)
    code = load_code(job.code, job.code_name, job.shared)
    contents = read_contents(job.submission.name, job.submission.data)

    def work() -> None:
        student, _ = load(contents)
        for task, call in job.calls.items():
            assert isinstance(call, ProbeCall)
            observe(code, call, student, job.inputs[task.variant].arrays, "cpu", settings_put_back)

    return work


def inside(way: str, forks: int) -> dict[str, list[Spent]]:
    """Return the costs of forks, and of the maths in them and here."""
    with nullcontext() if way == "small pages" else linux.objects_on_the_heap():
        compute = None if way == "no torch" else maths()
        if way not in ("not rehearsed", "no torch"):
            rehearse()
    put_back(Process.now())
    if way != "not frozen":
        gc.collect()
        gc.freeze()
    if way == "the rest moved":
        linux.use_large_pages()
    found = {"empty": [cost(lambda: forked(lambda: None)) for _ in range(forks)]}
    if compute:
        found["the maths"] = [cost(lambda: forked(compute)) for _ in range(forks)]
        found["here"] = [cost(compute) for _ in range(forks)]
    return found


def measured(way: str, options: argparse.Namespace, preload: str) -> dict[str, list[Spent]]:
    command = [sys.executable, str(Path(__file__).resolve()), "--inside", way, "--forks", str(options.forks)]
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "LD_PRELOAD": preload}
    environ |= {} if way == "small pages" else {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, list[Spent]] = json.loads(done.stdout.splitlines()[-1])
    return found


def cell(costs: list[Spent]) -> str:
    if not costs:
        return ""
    both, system = (statistics.median(values) for values in zip(*costs, strict=True))
    return f"{both:.1f} ({system:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--forks", type=int, default=40, help="forks of each kind in a round (default: 40)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; medians of all are shown (default: 3)")
    parser.add_argument("--preload", action="append", default=[], help="NAME=LIBRARY for LD_PRELOAD")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault(KEY_VARIABLE, "benchmark")
    if options.inside:
        print(json.dumps(inside(options.inside, options.forks)))
        return
    ways = {way: (way, "") for way in WAYS}
    ways |= {name: (WAYS[0], path) for name, _, path in (one.partition("=") for one in options.preload)}
    found: dict[str, dict[str, list[Spent]]] = {name: {} for name in ways}
    with pinned(first_cores(1)), bar("rounds", options.rounds * len(ways)) as step:
        for _ in range(options.rounds):
            for name, (way, preload) in ways.items():
                for what, costs in measured(way, options, preload).items():
                    found[name].setdefault(what, []).extend(costs)
                step(name)
    kinds = ("empty", "the maths", "here")
    rows = [[name, *(cell(costs.get(kind, [])) for kind in kinds)] for name, costs in found.items()]
    show(f"ms of CPU a fork takes, of the system's in brackets; {describe()}", ["", *kinds], rows)


if __name__ == "__main__":
    main()
