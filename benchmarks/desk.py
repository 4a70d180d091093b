"""Measures how long a page of `autograder serve` takes with a large class and many decisions.

Example:
    python benchmarks/desk.py --students 1000 --decisions 5000

The class is that of benchmarks/groups.py with an essay as its last part, to which every student wrote
something else. Decisions are stored before the server begins. Each page is fetched from a real server:
again and again, and right after a decision, when everything has to be read anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.request import Request, urlopen

from groups import PARTS, fill, grade_one, make_course
from machine import describe, show

from autograder.core.evidence import Evidence
from autograder.core.outcome import Task
from autograder.records.decisions import Score
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.workflows.rescore import rescore

GOAL = 0.5  # seconds
QUESTION, ESSAY = "q5_functions", f"part{PARTS - 1}"
WRITTEN = f"""    + [
        Part(
            name="{ESSAY}",
            points=2,
            checks=[Essay("WHY", rubric=[Item(1, en="Why."), Item(1, en="How.")])],
        )
    ],
"""
PAGES = {
    "today": "",
    "a part": f"part/{QUESTION}/part0",
    "a student": "student/student00042",
    "a student's part": f"student/student00042/{QUESTION}/part0",
    "a feedback page": "feedback/student00042.html",
    "essays": f"essay/{QUESTION}/{ESSAY}",
    "an answer": f"essay/{QUESTION}/{ESSAY}/{{answer}}",
    "states of the essays": f"scores/{QUESTION}/{ESSAY}",
    "requests": "requests",
    "ungraded": "ungraded",
    "history": "history",
    "what if": "what-if",
    "export": "export",
    "state of the run": "state",
}


def make_class(folder: Path, students: int) -> Run:
    """Make a class of which everybody wrote another essay."""
    course = make_course(folder / "course", 5)
    where = folder / "course" / "exams" / "large" / QUESTION
    question = (where / "question.py").read_text(encoding="utf-8")
    question = question.replace(f"range({PARTS})\n    ],\n)", f"range({PARTS - 1})\n    ]\n{WRITTEN})")
    question = question.replace("import Close, ", "import Close, Essay, ").replace(
        "Finite, Part", "Finite, Item, Part"
    )
    (where / "question.py").write_text(question, encoding="utf-8")
    solution = folder / "course" / "solutions" / "large" / QUESTION / "solution.py"
    for path, text in (
        (where / "interface.py", '\n\nWHY: str = ""\n'),
        (solution, '\n\nWHY: str = "because"\n'),
    ):
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    run = grade_one(course, folder)
    fill(run, course, students)
    store, (_, submissions) = Store(run.evidence), run.recorded() or (None, ())
    for student, kept in submissions:
        attempt = store.load(kept[QUESTION].key)
        assert attempt is not None
        task = Task(ESSAY)
        written = Evidence(facts={"WHY": f"Because of what {student} says. " * 20})
        outcomes = {**attempt.outcomes, task: replace(attempt.outcomes[task], evidence=written)}
        store.save(kept[QUESTION].key, replace(attempt, outcomes=outcomes))
    rescore(run)
    return run


def decide(run: Run, count: int) -> None:
    """Store decisions about single students, a few at a time."""
    results = run.results()
    assert results is not None
    whose = [(one.student, one.question, part.part) for one in results for part in one.verdicts][:count]
    for first in range(0, len(whose), 50):
        some = whose[first : first + 50]
        scores = [Score(student=s, question=q, part=p, automatic=1, settled=True) for s, q, p in some]
        run.decisions.decide(scores, who="kim", source="desk", seen=[0] * len(scores), why="measured")


class Server:
    """A server in a process of its own."""

    def __init__(self, run: Run) -> None:
        command = [sys.executable, "-m", "autograder", "serve", str(run.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def seconds(self, path: str) -> float:
        """Return how long a page takes."""
        began = time.perf_counter()
        with urlopen(self.address + path) as reply:
            reply.read()
        return time.perf_counter() - began

    def fetch(self, path: str) -> str:
        """Return a page."""
        with urlopen(self.address + path) as reply:
            return str(reply.read().decode())

    def decide(self) -> None:
        """Make a decision, after which everything is read anew."""
        seen = int(
            self.fetch(f"part/{QUESTION}/part0").partition('name="seen"')[2].split('value="')[1].split('"')[0]
        )
        token = self.address.rstrip("/").rpartition("/")[2]
        headers = {"X-Autograder-Token": token, "Content-Type": "application/json"}
        data = json.dumps({"seen": seen, "extra": 0.5}).encode()
        urlopen(Request(f"{self.address}part/{QUESTION}/part0", data, headers)).close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the class, or take one that was kept, and show a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=1_000, help="number of students (default: 1000)")
    parser.add_argument(
        "--decisions", type=int, default=5_000, help="decisions stored before (default: 5000)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the median is shown")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        run = make_class(Path(folder), options.students)
        decide(run, options.decisions)
        server = Server(run)
        try:
            answer = json.loads(server.fetch(f"scores/{QUESTION}/{ESSAY}"))[7]["id"]
            rows = [
                row(server, name, path.format(answer=answer), options.rounds) for name, path in PAGES.items()
            ]
        finally:
            server.process.kill()
    title = f"{options.students:,} students, 20 parts, {options.decisions:,} decisions; {describe()}"
    show(title, ("page", "again, s", "after a decision, s", f"of {GOAL:g} s"), rows)


def row(server: Server, name: str, path: str, rounds: int) -> tuple[str, ...]:
    """Measure a page."""
    again = statistics.median(server.seconds(path) for _ in range(rounds))

    def anew() -> float:
        server.decide()
        return server.seconds(path)

    measured: Callable[[], float] = anew
    after = statistics.median(measured() for _ in range(rounds))
    return name, f"{again:.3f}", f"{after:.3f}", f"{max(again, after) / GOAL:.2f}x"


if __name__ == "__main__":
    main()
