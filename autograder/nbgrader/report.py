"""A run into nbgrader's course, and what people gave there into the run."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.backends import confining
from autograder.catalog import Course, ExamEntry
from autograder.nbgrader.autograded import write_autograded
from autograder.nbgrader.course import NbgraderError, course_directory, write_course
from autograder.nbgrader.gradebook import enter, gradebook_path, has_cells, make_gradebook
from autograder.progress import Silent
from autograder.reference import cache_folder
from autograder.runner import Runner
from autograder.store import Run, Store
from autograder.text import Language


def report_to_nbgrader(
    run: Run, results: Mapping[str, Any], course: Course, folder: Path, language: Language
) -> list[Path]:
    """Enter a run into the gradebook of nbgrader's course, keep what people gave, and return the files.

    Where the folder is no course of nbgrader's yet, or nbgrader does not know the exam, that is done first.

    Args:
        run: the run; the points given by hand go into its ``manual.json``.
        results: the content of its results.json, by the machine alone.
        course: the course that its exam is of.
        folder: nbgrader's course folder.
        language: of the findings that formgrader shows.

    Raises:
        NbgraderError: nbgrader is not installed, or its course or gradebook is not right.
        CatalogError: the exam is not right.
        RunError: a file cannot be written.
    """
    exam = course.exam(results["exam"])
    directory = course_directory(folder)
    make_gradebook(directory)
    if not has_cells(exam, directory):
        directory = _generate(course, exam, folder)
    scores = enter(results, exam, directory)
    run.write_hand_scores([score.to_json() for score in scores])
    files = write_autograded(run, results, exam, directory, language)
    gradebook = gradebook_path(directory)
    return [*([gradebook] if gradebook else []), *files]


def _generate(course: Course, exam: ExamEntry, folder: Path) -> Any:
    """Let nbgrader generate the assignment, from the source notebooks that are there or else new ones."""
    from nbgrader.apps import NbGraderAPI

    source = folder / "source" / exam.name
    if not source.is_dir():
        with confining("auto") as isolation:
            runner = Runner(isolation=isolation, store=Store(cache_folder()), cancel=threading.Event())
            write_course(course, exam, folder, runner, jobs=1, progress=Silent())
    directory = course_directory(folder)
    done = NbGraderAPI(coursedir=directory, config=directory.config).generate_assignment(exam.name)
    if not done["success"]:
        said = f"{done['error']}\n{done.get('log', '')}".strip()
        why = re.findall(r"^\s*[\w.]*Error: (.+)$", said, re.MULTILINE) or said.splitlines()
        raise NbgraderError(f"nbgrader generate_assignment {exam.name}: {why[-1]}")
    if not has_cells(exam, directory):
        raise NbgraderError(
            f"{source} lacks cells of the exam as it is now; "
            f"run: autograder nbgrader {folder} {exam.name} --force"
        )
    return directory
