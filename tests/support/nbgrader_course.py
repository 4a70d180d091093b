"""A class that uses nbgrader: what tests hand in, and what they read in the gradebook."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import nbformat

from autograder.course.catalog import Course
from autograder.course.source import shares
from tests.support.courses import TOY

INTERFACE = ["mean", "cumulative", "REASON"]
SOLUTION = shares(Course(TOY).question("toy/q1_numbers").solution_source, INTERFACE)
STAMPS = {
    "ann": "2026-11-20 12:00:00 UTC",
    "bob": "2026-11-21 12:00:00.5 Asia/Seoul",
    "cho": "2026-11-23 12:00:00 UTC",
}


def fill_in(notebook, edit=lambda name, source: source):
    """Put the solution, edited, into the stub cells of a released notebook."""
    for cell in notebook.cells:
        for name in cell.metadata.get("autograder", {}).get("names", []):
            cell.source = edit(name, SOLUTION[name])
    return notebook


def submit(course, student, edit=lambda name, source: source, stamp=None):
    notebook = fill_in(nbformat.read(course / "release/toy/q1_numbers.ipynb", 4), edit)
    folder = course / "submitted" / student / "toy"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / "q1_numbers.ipynb")
    (folder / "timestamp.txt").write_text(stamp or STAMPS.get(student, ""))


def submit_class(course):
    submit(course, "ann")
    submit(course, "bob", lambda name, source: source.replace("/ len(values)", "/ (len(values) - 1)"))
    submit(course, "cho", lambda name, source: source.replace("because", ""))


def gradebook(course):
    """Return (auto, manual, needs a person) by student and cell, read without nbgrader."""
    query = """
        select student_id, base_cell.name, auto_score, manual_score, needs_manual_grade from grade
        join base_cell on base_cell.id = cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    """
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        return {(row[0], row[1]): (row[2], row[3], bool(row[4])) for row in database.execute(query)}


def dump(course):
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        return list(database.iterdump())


def grade_by_hand(course, student, cell, points, extra=None):
    """Do what formgrader does when a person types points."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "") as book:
        grade = book.find_grade(cell, "q1_numbers", "toy", student)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, extra, False
        book.db.commit()
