"""Measures the grading of a class of each exam beside the bare computation of the same submissions.

Example:
    python benchmarks/class.py dl2022_final --right 30 --wrong 30

Right submissions are the course's solution and alternatives, wrong ones its declared mistakes, each with a
comment of its own, so that nothing is known already. The references are made before. The class is graded as
`autograder grade` does; "the maths" are the same submissions one after another in one process for each
framework, without sandbox, messages and checks; as many of these as there are cores run at the same time, and
their mean counts. Both start with importing. "busy" is the share of the workers' time, from the first
submission to the end, in which they had one.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path

from machine import Cost, bar, cost_of, describe, first_cores, pinned, show
from subject import ROOT, job_for, prepared

from autograder.core.outcome import Attempt
from autograder.course.catalog import KEY_VARIABLE, Course
from autograder.course.question import QuestionEntry
from autograder.records.run_folder import Run
from autograder.running.executor import Executor, Local, Site, lazily
from autograder.running.jobs import CACHE_VARIABLE, Runner
from autograder.sandbox.choose import confining
from autograder.sandbox.job import Job
from autograder.worker.jobs import ProbeCall
from autograder.worker.loading import load
from autograder.worker.reading import read_contents
from autograder.worker.settings import settings_put_back
from autograder.worker.shell import make_shell
from autograder.worker.tasks import load_code, observe
from autograder.workflows.grade import GradeRequest, run_class

GOALS = {"python": 1.3, "torch": 1.3, "fastai": 1.5, "tensorflow": 1.5}  # times the maths
BUSY = 0.95
TRIM_EVERY = 5  # submissions


def write_submissions(folder: Path, exam: str, right: int, wrong: int) -> None:
    """Write ``folder/<student>/<exam>/<question>.py``, of as many right and wrong students."""
    for entry in Course(ROOT).exam(exam).questions:
        answers = [entry.solution_source, *entry.alternatives.values(), *entry.alternatives_on_mini.values()]
        mistakes = [entry.mistake_source(mistake) for mistake in entry.mistakes]
        for kind, sources, count in (("right", answers, right), ("wrong", mistakes, wrong)):
            for number, source in enumerate(islice(cycle(sources), count)):
                path = folder / f"{kind}{number:03}" / exam / f"{entry.name}.py"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{source}\n# {number}\n", encoding="utf-8")


# -- graded --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clocked:
    """An executor that notes when workers are busy."""

    executor: Executor
    intervals: list[tuple[float, float]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.executor.name

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        began = time.perf_counter()
        try:
            return self.executor.run(job, cancel)
        finally:
            self.intervals.append((began, time.perf_counter()))

    def busy(self, workers: int) -> float:
        """Return the share of the workers' time in which they were busy, until now."""
        if not self.intervals:
            return float("nan")
        since = min(began for began, _ in self.intervals)
        return sum(ended - began for began, ended in self.intervals) / workers / (time.perf_counter() - since)


def graded(exam: str, submissions: Path, output: Path, workers: int) -> float:
    """Grade a class in this process; return the workers' busy share.

    Raises:
        SystemExit: a right submission has not all points.
    """
    course = Course(ROOT)
    with confining("warm") as isolation:
        clocked = Clocked(Local(isolation))
        request = GradeRequest(
            course=course,
            exam=course.exam(exam),
            submissions=submissions,
            run=Run(output),
            site=Site(executor=clocked, jobs=workers),
        )
        results = run_class(request)
        busy = clocked.busy(workers)
    wrong = [
        f"{one.student}: {one.totals}"
        for one in results.students()
        if one.student.startswith("right") and one.totals.points + one.totals.manual != one.totals.max_points
    ]
    if wrong:
        raise SystemExit(f"{exam}: right submissions lost points: {'; '.join(wrong)}")
    return busy


# -- the maths -----------------------------------------------------------------------------------------------


def computed(exam: str, submissions: Path, framework: str) -> None:
    """Compute the submissions to the questions of a framework in this process."""
    entries = [one for one in Course(ROOT).exam(exam).questions if one.question.framework == framework]
    with lazily("auto") as executor:
        ready = [prepared(entry, Runner(executor=executor)) for entry in entries]
    make_shell()
    for about in ready:
        for number, folder in enumerate(sorted(submissions.iterdir())):
            path = folder / exam / f"{about.entry.name}.py"
            compute(job_for(about, path.read_text(encoding="utf-8"), folder.name))
            if number % TRIM_EVERY == 0:  # what 60 networks leave between the pieces in use is 15 GB
                ctypes.CDLL(None).malloc_trim(0)


def compute(job: Job) -> None:
    """Observe a submission; what it raises ends its task."""
    for name in job.imports:
        import_module(name)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    code = load_code(job.code, job.code_name, job.shared)
    with suppress(Exception):
        student, _ = load(read_contents(job.submission.name, job.submission.data))
        for task, call in job.calls.items():
            assert isinstance(call, ProbeCall)
            with suppress(Exception):
                observe(code, call, student, job.inputs[task.variant].arrays, "cpu", settings_put_back)


# -- side by side --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One round of an exam."""

    ours: Cost
    maths: Sequence[Cost]
    busy: float

    @property
    def cpu_ratio(self) -> float:
        return self.ours.cpu / sum(one.cpu for one in self.maths)

    def wall_ratio(self, cores: int) -> float:
        """Return our wall time by that of the maths, had they as many cores."""
        return self.ours.wall * cores / sum(one.wall for one in self.maths)


def inside(*words: str) -> list[str]:
    return [sys.executable, str(Path(__file__).resolve()), "--inside", *words]


def frameworks(entries: Sequence[QuestionEntry]) -> list[str]:
    return sorted({entry.question.framework for entry in entries})


def measure(exam: str, folder: Path, options: argparse.Namespace, step: Callable[[str], None]) -> Measured:
    """Let a class be graded and computed once."""
    submissions, output = folder / exam, Path(tempfile.mkdtemp(dir=folder))
    ours = cost_of(inside("graded", exam, str(submissions), str(output), str(options.cores)))
    busy = json.loads((output / "busy.json").read_text(encoding="utf-8"))
    step(f"{exam}, graded")
    maths = []
    for framework in frameworks(Course(ROOT).exam(exam).questions):
        maths.append(on_each_core(inside("computed", exam, str(submissions), framework), options.cores))
        step(f"{exam}, {framework} computed")
    return Measured(ours=ours, maths=maths, busy=busy)


def on_each_core(command: Sequence[str], cores: int) -> Cost:
    """Return the mean cost of a command that runs on each core at the same time, as our workers do.

    Two cores may be threads of one, and each is then slower while the other has something to do.
    """

    def alone(core: int) -> Cost:
        with pinned([core]), tempfile.TemporaryDirectory() as cwd:
            return cost_of(command, Path(cwd))

    with ThreadPoolExecutor(cores) as executor:
        costs = list(executor.map(alone, first_cores(cores)))
    wall, cpu = (
        statistics.fmean(values) for values in zip(*((one.wall, one.cpu) for one in costs), strict=True)
    )
    return Cost(wall=wall, cpu=cpu, samples=[])


def report(found: dict[str, list[Measured]], options: argparse.Namespace) -> None:
    """Print a row for each exam: medians over the rounds."""
    rows = []
    for exam, rounds in found.items():
        entries = Course(ROOT).exam(exam).questions
        goal = max(GOALS[name] for name in frameworks(entries))
        count = len(entries) * (options.right + options.wrong)
        median = [
            statistics.median(values)
            for values in (
                [one.ours.wall for one in rounds],
                [one.ours.cpu for one in rounds],
                [sum(cost.cpu for cost in one.maths) for one in rounds],
                [one.cpu_ratio for one in rounds],
                [one.wall_ratio(options.cores) for one in rounds],
            )
        ]
        wall, cpu, maths, cpu_ratio, wall_ratio = median
        over = 1e3 * (cpu - maths) / count
        row = [exam, str(count), f"{wall:.0f}", f"{cpu:.0f}", f"{maths:.0f}", f"{over:.0f}"]
        row += [f"{cpu_ratio:.2f}x", f"{wall_ratio:.2f}x", f"{goal}x"]
        rows.append([*row, f"{100 * statistics.median(one.busy for one in rounds):.0f} %"])
    columns = ["", "submissions", "wall s", "CPU s", "the maths' CPU s", "ms over each", "CPU to the maths"]
    columns += ["wall to the maths", "goal", f"busy (goal {100 * BUSY:.0f} %)"]
    show(f"a class on {options.cores} cores; {describe()}", columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("exam", nargs="*", help="the exams (default: all)")
    parser.add_argument("--right", type=int, default=30, help="right submissions to each question (30)")
    parser.add_argument("--wrong", type=int, default=30, help="wrong submissions to each question (30)")
    parser.add_argument("--rounds", type=int, default=1, help="rounds; medians are shown (default: 1)")
    parser.add_argument("--cores", type=int, default=2, help="cores, and workers of ours (default: 2)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    os.environ.setdefault(KEY_VARIABLE, "benchmark")
    if options.inside:
        what, exam, submissions, *rest = options.exam
        if what == "computed":
            computed(exam, Path(submissions), *rest)
        else:
            output, workers = Path(rest[0]), int(rest[1])
            busy = graded(exam, Path(submissions), output, workers)
            (output / "busy.json").write_text(json.dumps(busy), encoding="utf-8")
        return
    exams = options.exam or Course(ROOT).exam_names
    found: dict[str, list[Measured]] = {exam: [] for exam in exams}
    steps = sum(1 + len(frameworks(Course(ROOT).exam(exam).questions)) for exam in exams)
    with pinned(first_cores(options.cores)), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[CACHE_VARIABLE] = str(folder / "references")
        with bar("rounds", options.rounds * steps) as step:
            for exam in exams:
                write_submissions(folder / exam, exam, options.right, options.wrong)
                write_submissions(folder / "few" / exam, exam, 1, 0)
                few = Path(tempfile.mkdtemp(dir=folder))
                cost_of(inside("graded", exam, str(folder / "few" / exam), str(few), str(options.cores)))
                for _ in range(options.rounds):
                    found[exam].append(measure(exam, folder, options, step))
        report(found, options)


if __name__ == "__main__":
    main()
