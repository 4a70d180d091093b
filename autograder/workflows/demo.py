"""A sample class with every kind of outcome: right, empty, wrong in a known way, and code that misbehaves."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.core.mistake import Mistake
from autograder.core.text import Text
from autograder.course.catalog import Course, ExamEntry
from autograder.course.question import QuestionEntry
from autograder.course.template import template
from autograder.records.files import write_whole
from autograder.running.environment import absence

MISTAKES = 2  # of each question that are made, and known by name: each known one is run on every variant
_COSTS = ("python", "torch", "fastai", "tensorflow")  # from quick to slow, to import and to compute with
MAX_SECONDS = 60  # a question with a longer limit gets no endless loop


@dataclass(frozen=True)
class _SampleQuestion(QuestionEntry):
    """A question of which only the mistakes that the class makes are known."""

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        return super().mistakes[:MISTAKES]


@dataclass(frozen=True)
class SampleExam(ExamEntry):
    """What of an exam can be run here, with few mistakes."""

    @cached_property
    def questions(self) -> list[QuestionEntry]:
        return [
            _SampleQuestion(self.course, self.name, entry.name)
            for entry in ExamEntry(self.course, self.name).questions
            if not absence(entry.question.framework)
        ]

    @cached_property
    def left_out(self) -> dict[str, Text]:
        """The questions that cannot be run here, by their ids, each with the reason."""
        entries = ExamEntry(self.course, self.name).questions
        return {entry.id: why for entry in entries if (why := absence(entry.question.framework))}


def sample_exams(course: Course, names: Sequence[str] = ()) -> list[SampleExam]:
    """Return the exams of these names, of none all, the quick ones first.

    Raises:
        CatalogError: there is no such exam.
    """
    found = [course.exam(name) for name in names] or list(course.exams())
    return sorted((SampleExam(entry.course, entry.name) for entry in found), key=_cost)


def _cost(exam: SampleExam) -> tuple[int, float]:
    frameworks = [_COSTS.index(entry.question.framework) for entry in exam.questions]
    return max(frameworks, default=0), sum(map(_max_seconds, exam.questions))


def write_class(exam: ExamEntry, folder: Path) -> list[str]:
    """Write ``folder/<student>/<exam>/<question>`` for a sample class and return the students' names.

    The students who make a mistake make one in every question. Code that misbehaves is handed in for the
    question with the smallest time limit, beside right answers to the others.

    Raises:
        CatalogError: a question or its solution is wrong.
        RunError: a file cannot be written.
    """
    students: set[str] = set()
    quickest = min(exam.questions, key=_max_seconds)
    for entry in exam.questions:
        right, empty, *wrong = submissions_of(entry, MISTAKES)
        wrong = [(f"mistake_{number}", name, text) for number, (_, name, text) in enumerate(wrong, 1)]
        faults = misbehaving(entry) if entry is quickest else ()
        for student, name, text in (right, empty, *wrong, *faults):
            write_whole(folder / student / exam.name / name, text.encode())
            students.add(student)
    for entry in exam.questions:
        for student in students:
            here = folder / student / exam.name
            if not any((here / (entry.name + suffix)).exists() for suffix in (".py", ".ipynb")):
                write_whole(here / f"{entry.name}.py", entry.solution_source.encode())
    return sorted(students)


def _max_seconds(entry: QuestionEntry) -> float:
    return max(part.limit.seconds for part in entry.question.parts)


def submissions_of(entry: QuestionEntry, count: int | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield (student, file name, text) of the solution, the template and the first ``count`` mistakes."""
    module = f"{entry.name}.py"
    yield "solution", module, entry.solution_source
    yield "template", module, template(entry)
    for mistake in entry.mistakes[:count]:
        yield mistake.name, module, entry.mistake_source(mistake)


def misbehaving(entry: QuestionEntry) -> Iterator[tuple[str, str, str]]:
    """Yield (student, file name, text) of code that aborts, does not parse or, with a short limit, hangs."""
    module, solution = f"{entry.name}.py", entry.solution_source
    functions = [name for name, stub in entry.stubs.items() if stub.startswith(("def ", "class "))]
    yield "fault_aborts", module, "import os\n\nos.abort()\n" + solution
    yield "fault_syntax_error", module, solution + "\ndef unfinished(:\n"
    yield "fault_empty_file", module, ""
    if functions and _max_seconds(entry) <= MAX_SECONDS:
        endless = f"\n\ndef {functions[-1]}(*args, **kwargs):\n    while True:\n        pass\n"
        yield "fault_endless_loop", module, solution + endless
    if functions:
        yield "fault_broken_cell", f"{entry.name}.ipynb", _notebook(solution, broken=functions[0])


def _notebook(source: str, broken: str) -> str:
    """Return the source as a notebook, a cell per statement; the cell of ``broken`` has a syntax error."""
    import nbformat

    cells = [nbformat.v4.new_code_cell("%matplotlib inline")]
    for node in ast.parse(source).body:
        text = ast.unparse(node)
        if isinstance(node, ast.FunctionDef) and node.name == broken:
            text = text.replace("):", ":", 1)
        cells.append(nbformat.v4.new_code_cell(text))
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
