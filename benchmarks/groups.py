"""Measures how long it takes to find the groups of a large class, and to preview a change beside a rescore.

Example:
    python benchmarks/groups.py --students 1000
    python benchmarks/groups.py --keep RUN_AND_COURSE     # the class itself, for other measurements

A course is made of questions of four parts, each of which asks for a function of numpy. Its solution is
graded; from its evidence a class is made in which three answers in ten are wrong: one of ten mistakes that
are not declared, with rounding of their own, or, one answer in twenty, something that nobody else has. No
student code is run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from machine import describe, first_cores, pinned, show
from msgspec import structs
from rich.progress import track

from autograder.core.evidence import Evidence
from autograder.core.outcome import PUBLIC, Attempt, Outcome
from autograder.core.variants import assigned
from autograder.course.catalog import Course
from autograder.course.question import QuestionEntry
from autograder.grading.changes import Change
from autograder.records.manifest import Kept
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.running.environment import environment_of
from autograder.running.executor import Local, Site, lazily
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.sandbox.choose import confining
from autograder.workflows.grade import GradeRequest, run_class
from autograder.workflows.groups import FILE, exam_of, find_groups
from autograder.workflows.rescore import rescore
from autograder.workflows.what_if import preview

GOAL = 5.0  # seconds
PARTS, MISTAKES = 4, 10
WRONG, ALONE = 0.3, 0.05  # shares of all answers

QUESTION = '''"""A question of the benchmark."""

from autograder import Close, Finite, Part, Question, Shape, normal

QUESTION = Question(
    framework="python",
    inputs={"x": normal(200)},
    parts=[
        Part(
            name=f"part{number}",
            points=2,
            calls=f"y = f{number}(x)",
            checks=[Shape("y", (200,)), Finite("y"), Close("y", points=2)],
        )
        for number in range(PARTS)
    ],
)
'''


def make_course(root: Path, questions: int) -> Course:
    """Write a course of one exam with these many questions."""
    exam = root / "exams" / "large"
    names = [f"q{number}_functions" for number in range(1, questions + 1)]
    heading = 'from autograder import Exam, Text\n\nEXAM = Exam(title=Text(en="A large class"), source="")\n'
    (root / "course.toml").parent.mkdir(parents=True)
    (root / "course.toml").write_text('languages = ["en"]\n', encoding="utf-8")
    exam.mkdir(parents=True)
    (exam / "__init__.py").write_text(heading, encoding="utf-8")
    for index, name in enumerate(names):
        solution = root / "solutions" / "large" / name
        solution.mkdir(parents=True)
        (exam / name).mkdir()
        stubs, right, said = ["import numpy as np"], ["import numpy as np"], ["# Functions"]
        for number in range(PARTS):
            stubs.append(f"def f{number}(x):\n    raise NotImplementedError")
            right.append(f"def f{number}(x):\n    return np.cumsum(np.sin({index + number + 1} * x))")
            said.append(f"## part{number}: A function\n\nWrite it.")
        (exam / name / "interface.py").write_text("\n\n\n".join(stubs) + "\n", encoding="utf-8")
        (exam / name / "statement.en.md").write_text("\n\n".join(said) + "\n", encoding="utf-8")
        (exam / name / "question.py").write_text(QUESTION.replace("PARTS", str(PARTS)), encoding="utf-8")
        (solution / "solution.py").write_text("\n\n\n".join(right) + "\n", encoding="utf-8")
    return Course(root)


def grade_one(course: Course, folder: Path) -> Run:
    """Grade the solution as the submission of one student; this also makes the references."""
    exam, run = course.exam("large"), Run(folder / "run")
    for entry in exam.questions:
        path = folder / "submissions" / "student" / f"{entry.name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(entry.solution_source, encoding="utf-8")
    with confining("bubblewrap") as isolation:
        site = Site(executor=Local(isolation), jobs=2)
        request = GradeRequest(
            course=course, exam=exam, submissions=folder / "submissions", run=run, site=site
        )
        run_class(request)
    return run


def solutions(course: Course) -> dict[QuestionEntry, Attempt]:
    """Return the solution's attempt at each question, with every variant."""
    environments = {entry: environment_of(entry, "mini", "cpu") for entry in course.exam("large").questions}
    with lazily("auto") as executor:
        ready = prepare(environments, Runner(executor=executor), key=course.key())
    return {entry: about.references.solution for entry, about in ready.items() if about.references.solution}


def shifted(outcome: Outcome, by: float) -> Outcome:
    """Return an outcome to whose arrays a number is added."""
    assert outcome.evidence is not None
    arrays = {name: array + by for name, array in outcome.evidence.arrays.items()}
    return replace(outcome, evidence=Evidence(arrays=arrays, facts=outcome.evidence.facts))


def fill(run: Run, course: Course, students: int) -> None:
    """Store a class."""
    manifest, store, random = run.manifest(), Store(run.evidence), np.random.default_rng(2022)
    assert manifest is not None
    key, right = course.key(), solutions(course)
    submissions: dict[str, dict[str, Kept]] = {}
    for number in track(range(students), "storing"):
        student = f"student{number:05}"
        for index, (entry, solution) in enumerate(right.items()):
            question = entry.question
            hidden = {part.name: assigned(question, part, key, entry.id, student) for part in question.parts}
            outcomes = {}
            for part in question.parts:
                luck, shift = random.random(), 0.0
                if luck < ALONE:
                    shift = 100 * random.random()
                elif luck < WRONG:
                    shift = 1.0 + random.integers(MISTAKES)
                noise = 1e-9 * random.standard_normal()
                for task, outcome in solution.outcomes.items():
                    if task.part == part.name and task.variant in (PUBLIC, hidden[part.name]):
                        outcomes[task] = shifted(outcome, shift + noise)
            name = f"{index:04x}{number:060x}"
            source = f"{solution.source}# {number}\n"
            store.save(name, Attempt(outcomes=outcomes, source=source, output=solution.output))
            submissions.setdefault(student, {})[entry.name] = Kept(key=name, variants=hidden)
    run.write_manifest(structs.replace(manifest, submissions=submissions))
    rescore(run)


def make_class(folder: Path, students: int, questions: int = 5) -> Run:
    """Make a course in ``folder/course`` and a run of a class in ``folder/run``, and return the run."""
    course = make_course(folder / "course", questions)
    run = grade_one(course, folder)
    fill(run, course, students)
    return run


def seconds(
    rounds: int, measured: Callable[[], object], before: Callable[[], object] = lambda: None
) -> float:
    """Return the median of the seconds that a call takes."""
    found = []
    for _ in range(rounds):
        before()
        began = time.perf_counter()
        measured()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=1_000, help="number of students (default: 1000)")
    parser.add_argument("--questions", type=int, default=5, help="questions of four parts (default: 5)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the median is shown")
    parser.add_argument("--cores", type=int, default=1, help="cores (default: 1)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the class here and stop")
    options = parser.parse_args(arguments)
    if options.keep:
        make_class(options.keep, options.students, options.questions)
        return
    with tempfile.TemporaryDirectory() as folder, pinned(first_cores(options.cores)):
        run = make_class(Path(folder), options.students, options.questions)
        exam = exam_of(run)
        found = find_groups(run, exam)
        first = seconds(
            options.rounds,
            lambda: find_groups(run, exam),
            before=lambda: (run.folder / FILE).unlink(missing_ok=True),
        )
        again = seconds(options.rounds, lambda: find_groups(run, exam))
        judged = seconds(options.rounds, lambda: rescore(run))
        wider = Change(what="tolerance", question="q1_functions", part="part0", check="Close(y)", value=1.5)
        previewed = seconds(options.rounds, lambda: preview(run, [wider]))
    rows = [
        ("groups, for the first time", f"{len(found):,} groups", f"{first:.2f}", f"{first / GOAL:.2f}x"),
        ("groups, when nothing changed", f"{len(found):,} groups", f"{again:.2f}", f"{again / GOAL:.2f}x"),
        ("rescore", "", f"{judged:.2f}", f"{judged / GOAL:.2f}x"),
        ("rescore --preview", "", f"{previewed:.2f}", f"{previewed / GOAL:.2f}x"),
    ]
    title = f"{options.students:,} students, {options.questions * PARTS} parts, {options.cores} core(s)"
    show(f"{title}; {describe()}", ("what", "found", "seconds", f"of {GOAL:g} s"), rows)


if __name__ == "__main__":
    main()
