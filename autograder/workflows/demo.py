"""Writes a sample class: solutions, empty templates, mistakes, and code that misbehaves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from autograder.course.catalog import ExamEntry
from autograder.course.question import QuestionEntry
from autograder.course.template import template
from autograder.records.files import write_whole

MAX_MISTAKES = 5  # of each question
MAX_SECONDS = 60  # a question with a longer limit gets no endless loop


def write_class(exam: ExamEntry, folder: Path) -> list[str]:
    """Write ``folder/<student>/<exam>/<question>`` for a sample class and return the students' names.

    A student named after a mistake makes it in its question and is right in all others. Code that misbehaves
    is handed in for the question with the smallest time limit.

    Raises:
        CatalogError: a question or its solution is wrong.
        RunError: a file cannot be written.
    """
    students: set[str] = set()
    quickest = min(exam.questions, key=_max_seconds)
    for entry in exam.questions:
        faults = misbehaving(entry) if entry is quickest else ()
        for student, name, text in (*submissions_of(entry, MAX_MISTAKES), *faults):
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
