"""Measures long trainings on N cores: their efficiency, and the grader's share of the CPU time.

Example:
    python benchmarks/long.py --cores 2 --epochs 300

Copies of the solution of hi?hello train the RNNCell and the LSTMCell on warm workers, with the supervisor,
the store and the public checks. In every round each core first works alone, and then all work together. The
efficiency is the rate together over the sum of the rates alone; at 1 the cores do not slow each other down.
Frameworks are imported before the clock starts. The grader's share is the CPU time of its process, with
judging and storing, over all CPU time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from machine import bar, describe, first_cores, pinned, show

from autograder.core.evidence import Evidence
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.course.catalog import KEY_VARIABLE, Course
from autograder.grading.grade import grade_part
from autograder.records.store import Store
from autograder.running.environment import environment_of
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.running.parallel import in_parallel
from autograder.running.prepare import prepare, with_inputs
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.choose import confining
from autograder.sandbox.protocol import Isolation

ROOT = Path(__file__).resolve().parents[1]
QUESTION_ID = "dl2022_final/q1_hihello"
PARTS = ("rnn_cell", "lstm_cell")
GOAL_EFFICIENCY, GOAL_SHARE = 0.95, 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """The submissions per second of wall time, and the CPU seconds of the grader and of the workers."""

    rate: float
    grader: float
    workers: float


def prepared(isolation: Isolation, epochs: int) -> PreparedQuestion:
    """Return the question in its public variant, but with this number of epochs."""
    entry, runner = Course(ROOT).question(QUESTION_ID), Runner(executor=Local(isolation))
    environments = {entry: environment_of(entry, "mini", "cpu")}
    question = prepare(environments, runner, key=None, wanted="inputs")[entry]
    public = question.inputs[PUBLIC]
    arrays = {**public.arrays, "cell_epochs": np.array(epochs)}
    inputs = {**question.inputs, PUBLIC: Evidence(arrays=arrays, facts=public.facts)}
    return with_inputs(entry, question.environment, question.variants, inputs)


def cpu_of_workers() -> float:
    """Return the CPU seconds of all running descendants of this process."""
    used = (process.cpu_times() for process in psutil.Process().children(recursive=True))
    return float(sum(t.user + t.system + t.children_user + t.children_system for t in used))


@contextmanager
def counted(found: list[float]) -> Iterator[None]:
    """Append the seconds that the block takes: wall time, CPU of this process, CPU of its workers."""
    wall, own, workers = time.perf_counter(), time.process_time(), cpu_of_workers()
    yield
    found += [time.perf_counter() - wall, time.process_time() - own, cpu_of_workers() - workers]


def grade_some(cores: Sequence[int], count: int, epochs: int, backend: str) -> Measured:
    """Grade ``count`` submissions for each core, with a worker for each.

    Raises:
        SystemExit: a submission did not pass its public checks.
    """
    with pinned(cores), confining(backend) as isolation, tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        runner = Runner(executor=Local(isolation), store=store)

        def grade(about: PreparedQuestion, numbers: Sequence[int]) -> None:
            source, question = about.entry.solution_source, about.entry.question

            def run(number: int) -> Attempt:
                tasks = [Task(part, PUBLIC) for part in PARTS]
                return runner.attempt(about.source_job(f"{source}\n# {number}\n", tasks))

            def judge(_: int, attempt: Attempt) -> None:
                verdicts = [grade_part(question.part(part), attempt, about.references) for part in PARTS]
                if not all(finding.passed for verdict in verdicts for finding in verdict.findings):
                    raise SystemExit(f"a copy of the solution fell short: {verdicts}")

            in_parallel(len(cores), runner.cancel, run, numbers, judge)

        grade(prepared(isolation, 1), range(len(cores)))  # imports the frameworks
        about, found = prepared(isolation, epochs), list[float]()
        with counted(found):
            grade(about, range(count * len(cores)))
    wall, own, workers = found
    return Measured(rate=count * len(cores) / wall, grader=own, workers=workers)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cores", type=int, default=2, help="cores, and workers (default: 2)")
    parser.add_argument("--epochs", type=int, default=300, help="epochs of each cell (default: 300)")
    parser.add_argument("--count", type=int, default=3, help="submissions per core and round (default: 3)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; medians are shown (default: 3)")
    parser.add_argument("--backend", default="warm", help="the isolation, by name (default: warm)")
    options = parser.parse_args()
    os.environ.setdefault(KEY_VARIABLE, "benchmark")
    cores = first_cores(options.cores)
    rounds: list[tuple[list[Measured], Measured]] = []
    with bar("rounds", options.rounds) as step:
        try:
            for number in range(options.rounds):
                settings = (options.count, options.epochs, options.backend)
                alone = [grade_some([core], *settings) for core in cores]
                rounds.append((alone, grade_some(cores, *settings)))
                step(str(number + 1))
        except KeyboardInterrupt:
            print("Interrupted: what follows is of the rounds until then.")
    report(rounds, options)


def report(rounds: Sequence[tuple[list[Measured], Measured]], options: argparse.Namespace) -> None:
    """Print a row for each round, and the medians beside the goals."""
    rows, efficiencies, shares = [], [], []
    for number, (alone, together) in enumerate(rounds, start=1):
        efficiencies.append(together.rate / sum(one.rate for one in alone))
        shares.append(together.grader / (together.grader + together.workers))
        rates = " + ".join(f"{one.rate:.3f}" for one in alone)
        cpu = [one.workers / options.count for one in alone]
        each = together.workers / options.count / options.cores
        row = [str(number), rates, f"{together.rate:.3f}", f"{efficiencies[-1]:.3f}"]
        rows.append([*row, f"{statistics.mean(cpu):.2f} / {each:.2f}", f"{shares[-1]:.2%}"])
    columns = ["round", "per s, each core alone", "together", "efficiency"]
    columns += ["CPU s each, alone / together", "the grader's share"]
    show(
        f"{QUESTION_ID}, {options.epochs} epochs of two cells, {options.cores} cores; {describe()}",
        columns,
        rows,
    )
    if rounds:
        efficiency, share = statistics.median(efficiencies), statistics.median(shares)
        print(f"efficiency: {efficiency:.3f}, goal {GOAL_EFFICIENCY}")
        print(f"the grader's share of the CPU: {share:.2%}, goal {GOAL_SHARE:.0%}")


if __name__ == "__main__":
    main()
