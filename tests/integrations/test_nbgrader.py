"""nbgrader's own commands, the real ones, on the course that we write."""

from __future__ import annotations

import ast
import csv
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder.course.catalog import Course
from autograder.course.source import shares
from autograder.integrations.nbgrader.cells import graded_cells, points_by_hand, source_notebook
from tests.support.courses import REPOSITORY
from tests.support.nbgrader_course import gradebook, submit

ENTRIES = [entry for exam in Course(REPOSITORY).exams() for entry in exam.questions]
# All that makes nbgrader give nothing to a right answer: warnings, loggers, and bytes on the descriptor.
NOISE = """
import logging, os, sys, warnings
logging.basicConfig(stream=sys.stderr)
right = mean
def mean(values):
    logging.getLogger("noise").warning("noise")
    warnings.warn("noise")
    print("noise", file=sys.stderr)
    os.write(2, b"noise")
    return right(values)
"""
ANSWERS = {
    "ann": lambda name, source: source + NOISE * (name == "mean"),
    "bob": lambda name, source: source.replace("total += value", "total = value"),
    "cho": lambda name, source: source.replace("return sum(values)", "raise RuntimeError(values)"),
    "dan": lambda name, source: source.replace("return sum(values) / len(values)", "return mean"),
}


@pytest.fixture(scope="module")
def nbgrader():
    """Run a command of nbgrader's in a course folder, as an instructor does."""

    def run(course, *arguments, code=0, **environment):
        command = [sys.executable, "-m", "nbgrader", *arguments]
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY)} | environment
        result = subprocess.run(
            command, cwd=course, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert result.returncode == code, result.stderr
        return result.stdout

    return run


@pytest.fixture(scope="module")
def course(generated, tmp_path_factory, nbgrader):
    """A course after nbgrader's commands, each run once."""
    folder = tmp_path_factory.mktemp("commands") / "course"
    shutil.copytree(generated / "course", folder)
    shutil.rmtree(folder / "submitted")
    for student, edit in ANSWERS.items():
        submit(folder, student, edit, "2026-11-20 12:00:00 UTC")
    nbgrader(folder, "autograde", "toy")
    nbgrader(folder, "generate_feedback", "toy")
    nbgrader(folder, "export")
    submit(folder, "eva")
    return folder


def test_students_get_stubs_and_published_checks(course):
    released = nbformat.read(course / "release/toy/q1_numbers.ipynb", 4)
    text = "\n".join(cell.source for cell in released.cells)
    for hidden in ("SOLUTION", "HIDDEN", "MARK SCHEME", "sum(values)", "because", "a reason", "kernel"):
        assert hidden not in text
    assert "raise NotImplementedError" in text
    assert (course / "release/toy/autograder_checks/q1_numbers.checks").is_file()
    points = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in released.cells
        if "points" in cell.metadata.nbgrader
    }
    assert points == {"mean": 2, "cumulative": 5, "reason-by-hand": 3}


def test_autograde_gives_partial_credit_and_leaves_essays_to_a_person(course):
    found = {key: row for key, row in gradebook(course).items() if key[1] != "reason-by-hand"}
    assert found == {
        ("ann", "mean"): (2, None, False),  # noise on stderr costs nothing
        ("ann", "cumulative"): (5, None, False),
        ("bob", "mean"): (2, None, False),
        ("bob", "cumulative"): (2, None, False),  # the first sum is right
        ("cho", "mean"): (0, None, False),
        ("cho", "cumulative"): (5, None, False),
        ("dan", "mean"): (0, None, False),  # what is returned is no number
        ("dan", "cumulative"): (5, None, False),
    }
    assert {gradebook(course)[student, "reason-by-hand"] for student in ANSWERS} == {(None, None, True)}


def test_feedback_and_export(course):
    page = (course / "feedback/bob/toy/q1_numbers.html").read_text(encoding="utf-8")
    assert "value of sums" in page
    with (course / "grades.csv").open(encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"ann": 7, "bob": 4, "cho": 5, "dan": 5}


def test_a_failure_of_ours_is_no_zero(course, nbgrader):
    """The exam is not where it was: nbgrader must not make a zero of it."""
    nbgrader(course, "autograde", "toy", "--student=eva", code=1, AUTOGRADER_COURSE=str(course / "nowhere"))
    assert gradebook(course)["eva", "mean"] == (None, None, True)
    assert not (course / "autograded/eva/toy/q1_numbers.ipynb").exists()


def test_validate_tells_a_right_notebook_from_an_empty_one(course, nbgrader):
    said = nbgrader(course, "validate", "source/toy/q1_numbers.ipynb", "release/toy/q1_numbers.ipynb")
    assert said.startswith("Success!")
    assert "VALIDATION FAILED ON 2 CELL(S)" in said


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_question_makes_a_source_notebook(entry):
    """Its metadata are nbgrader's, its points the question's, its solution whole; cleared, it is the release's."""
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
    from traitlets.config import Config

    from autograder.handout.cells import notebook

    source = source_notebook(entry)
    MetadataValidator().validate_nb(source)
    assert sum(graded_cells(entry).values()) == entry.question.points
    counting = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in source.cells
        if cell.metadata.nbgrader.grade or cell.metadata.nbgrader.task
    }
    assert counting == graded_cells(entry)
    code = "\n\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
    written = {ast.dump(node) for node in ast.parse(code).body}
    names = [name for cell in source.cells for name in cell.metadata.autograder.names]
    solution = "\n".join(shares(entry.solution_source, names).values())
    assert {ast.dump(node) for node in ast.parse(solution).body} <= written
    config = Config({"ClearSolutions": {"code_stub": {"python": ""}}})
    for clear in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
        source, _ = clear(config=config).preprocess(source, {})
    given = {cell.id: cell.source for cell in source.cells}
    for cell in notebook(entry).cells:
        if cell.metadata.autograder.kind != "check":
            assert given[cell.id].strip() == cell.source.strip()
    assert not [rubric for rubric in _rubrics(entry) if any(rubric in text for text in given.values())]


def _rubrics(entry):
    parts = [part for part in entry.question.parts if points_by_hand(part)]
    return [check.rubric.en for part in parts for check in part.checks if hasattr(check, "rubric")]
