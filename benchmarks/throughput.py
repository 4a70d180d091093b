"""Measures submissions per second and CPU per submission: ours, nbgrader, otter-grader, bare computation.

Example:
    python benchmarks/throughput.py --copies 100 --cores 2

Copies of the linear-regression solution that differ by a comment are graded by each grader's own command in
turn, on the same cores, in several rounds; medians are shown. Each grader is run on few and on many copies,
which separates the time to start from the time for each submission. nbgrader grades one submission at a time;
otter-grader needs Docker to grade many, so one `otter run` is kept going on each core. CPU and memory are
those of the command and its descendants (see measured.py); memory is sampled.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from machine import Cost, bar, cost_of, describe, first_cores, pinned, show
from rivals import (
    ASSIGNMENT,
    install_otter,
    make_nbgrader_course,
    make_otter_course,
    nbgrader_command,
    nbgrader_scores,
    otter_scores,
)
from subject import FULL_MARKS, QUESTION, ROOT, answer, grade_command, make_references, write_copies

from autograder.course.catalog import KEY_VARIABLE
from autograder.records.run_folder import Run
from autograder.running.jobs import CACHE_VARIABLE
from autograder.sandbox.choose import choose
from autograder.sandbox.protocol import IsolationError

SAMPLE_EVERY = 0.5  # seconds
GOAL_RATIO, GOAL_OVERHEAD = 100, 50  # times nbgrader's submissions per second; ms of CPU over the maths


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A grader: its name, a function that grades a number of submissions, and the few and many for it."""

    name: str
    grade: Callable[[int], Cost]
    few: int
    many: int
    counted: bool = True  # whether the system counts the CPU time of killed workers
    costs: dict[int, list[Cost]] = field(default_factory=dict)

    def median(self, count: int, what: str) -> float:
        """Return the median of ``wall``, ``cpu`` or ``peak_mb`` over the rounds so far, or NaN."""
        found = [float(getattr(cost, what)) for cost in self.costs.get(count, [])]
        return statistics.median(found or [float("nan")])

    def each(self, what: str) -> float:
        """Return the cost of each submission after the start of the grader."""
        if self.few == 0:
            return self.median(self.many, what) / self.many
        return (self.median(self.many, what) - self.median(self.few, what)) / (self.many - self.few)


def ours(folder: Path, references: Path, isolation: str, cores: int) -> Callable[[int], Cost]:
    """Return a function that grades the first ``count`` students by ``autograder grade``."""

    def grade(count: int) -> Cost:
        run = Path(tempfile.mkdtemp(dir=folder)) / "run"
        command = grade_command(folder / str(count), run, references, cores, isolation)
        cost = cost_of(command, ROOT, SAMPLE_EVERY)
        results = Run(run).results()
        assert results is not None
        assert [one.totals.points + one.totals.manual for one in results.students()] == [FULL_MARKS] * count
        shutil.rmtree(run.parent)
        return cost

    return grade


def nbgrader(folder: Path, source: str, copies: int) -> Callable[[int], Cost]:
    """Return a function that grades one student or all by ``nbgrader autograde``."""
    make_nbgrader_course(folder, source, copies)

    def grade(count: int) -> Cost:
        only = [] if count == copies else ["--student=student0000"]
        cost = cost_of(nbgrader_command("autograde", ASSIGNMENT, "--force", *only), folder, SAMPLE_EVERY)
        scores = nbgrader_scores(folder)
        assert scores[:count] == [FULL_MARKS] * count, scores
        return cost

    return grade


def otter(folder: Path, source: str, copies: int, cores: int) -> Callable[[int], Cost]:
    """Return a function that grades ``count`` notebooks by ``otter run``, one on each core at a time."""
    commands = make_otter_course(folder, install_otter(print), source, copies)

    def grade(count: int) -> Cost:
        began = time.perf_counter()
        with ThreadPoolExecutor(cores) as executor:
            costs = list(executor.map(lambda one: cost_of(one, folder, SAMPLE_EVERY), commands[:count]))
        wall = time.perf_counter() - began
        scores = otter_scores(folder)
        assert scores[:count] == [FULL_MARKS] * count, scores
        peak = cores * max(cost.peak_mb for cost in costs)
        return Cost(wall=wall, cpu=sum(cost.cpu for cost in costs), samples=[(wall, 0.0, peak, 0.0)])

    return grade


def maths(count: int) -> Cost:
    """Do the same computation in a single process."""
    command = [sys.executable, str(Path(__file__).with_name("maths.py")), str(count)]
    return cost_of(command, ROOT, SAMPLE_EVERY)


def contenders(folder: Path, options: argparse.Namespace) -> list[Contender]:
    """Make the course of every grader; leave out backends that do not work here, and print their names."""
    source, few = answer(), options.cores
    copies = options.copies
    for count in (few, copies):
        write_copies(folder / str(count), count)
    found = [Contender(name="the maths, in one process", grade=maths, few=1, many=copies + 1)]
    references = make_references(folder / "references")
    os.environ[CACHE_VARIABLE] = str(references)  # maths.py reads the inputs there
    for isolation in options.backends.split(","):
        try:
            choose(isolation).close()
        except IsolationError as error:
            print(f"{isolation} is left out: {error}")
            continue
        many = copies if isolation == "warm" else options.cold
        if many not in (few, copies):
            write_copies(folder / str(many), many)
        grade = ours(folder, references, isolation, few)
        # When the first process of a namespace ends, the kernel kills the others without counting their CPU.
        counted = isolation != "bubblewrap"
        name = f"ours, {isolation}"
        found.append(Contender(name=name, grade=grade, few=few, many=many, counted=counted))
    if options.rivals:
        theirs = nbgrader(folder / "nbgrader", source, options.rivals)
        found.append(Contender(name="nbgrader autograde", grade=theirs, few=1, many=options.rivals))
        theirs = otter(folder / "otter", source, options.rivals, options.cores)
        found.append(Contender(name="otter run", grade=theirs, few=0, many=options.rivals))
    return found


def measure(found: Sequence[Contender], rounds: int) -> None:
    """Let the graders grade in turn for some rounds; Ctrl-C ends with the rounds until then."""
    with bar("rounds", rounds * sum(1 + bool(one.few) for one in found)) as step:
        try:
            for _ in range(rounds):
                for one in found:
                    for count in filter(None, (one.few, one.many)):
                        one.costs.setdefault(count, []).append(one.grade(count))
                        step(f"{one.name}, {count}")
        except KeyboardInterrupt:
            print("Interrupted: what follows is of the rounds until then.")


def report(found: Sequence[Contender], options: argparse.Namespace) -> None:
    """Print the table, and the results beside the goals."""
    bare, theirs = found[0], next((one for one in found if one.name.startswith("nbgrader")), None)
    slowest = theirs.each("wall") if theirs else float("nan")
    rows = []
    for one in found:
        each, cpu = one.each("wall"), 1e3 * one.each("cpu")
        over = cpu - 1e3 * bare.each("cpu")
        row = [one.name, f"{one.many} ({len(one.costs.get(one.many, []))} rounds)"]
        row += [f"{one.many / one.median(one.many, 'wall'):.3g}", f"{1 / each:.3g}", f"{slowest / each:.3g}x"]
        row += [f"{cpu:.0f}", f"{over:.0f}"] if one.counted else ["not counted", ""]
        rows.append([*row, f"{one.median(one.many, 'peak_mb'):.0f}"])
    columns = ["", "submissions", "per s, start included", "per s after start", "to nbgrader"]
    columns += ["CPU ms each", "over the maths", "peak MiB"]
    show(f"{QUESTION} on {options.cores} cores; {describe()}", columns, rows)
    warm = next((one for one in found if one.name == "ours, warm"), None)
    if warm is None or theirs is None:
        print("The goals are about warm workers and nbgrader, and one of them was not measured.")
        return
    ratio, over = slowest / warm.each("wall"), 1e3 * (warm.each("cpu") - bare.each("cpu"))
    print(f"warm to nbgrader: {ratio:.0f}x, goal {GOAL_RATIO}x")
    print(f"CPU over the maths: {over:.0f} ms, goal {GOAL_OVERHEAD} ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=100, help="submissions for warm workers (default: 100)")
    parser.add_argument("--cold", type=int, default=10, help="submissions for cold sandboxes (default: 10)")
    parser.add_argument("--rivals", type=int, default=4, help="for nbgrader and otter; 0 leaves them out (4)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; medians are shown (default: 3)")
    parser.add_argument("--cores", type=int, default=2, help="cores, and workers of ours (default: 2)")
    parser.add_argument("--backends", default="warm,bubblewrap", help="ours, by name (warm,bubblewrap)")
    options = parser.parse_args()
    if min(options.copies, options.cold) <= options.cores or options.rivals == 1:
        parser.error("--copies and --cold must be more than --cores, --rivals 0 or more than 1")
    os.environ.setdefault(KEY_VARIABLE, "benchmark")
    with pinned(first_cores(options.cores)), tempfile.TemporaryDirectory() as folder:
        found = contenders(Path(folder), options)
        next(one for one in found if one.name.startswith("ours")).grade(options.cores)  # makes the references
        measure(found, options.rounds)
        report(found, options)


if __name__ == "__main__":
    main()
