"""Where the files of a course's questions are, and the order of the questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CHECKS_FOLDER = "autograder_checks"  # of a release; it is never part of a submission
QUESTION_NAME = re.compile(r"q(\d+)_\w+")


def question_number(name: str) -> int:
    """Return N of ``q<N>_<name>``, or 0; questions are ordered by it."""
    match = QUESTION_NAME.fullmatch(name)
    return int(match[1]) if match else 0


def question_names(exam: Path) -> list[str]:
    """Return the names of an exam's questions by their number."""
    found = filter(QUESTION_NAME.fullmatch, (path.name for path in exam.iterdir()))
    return sorted(found, key=lambda name: (question_number(name), name))


@dataclass(frozen=True)
class QuestionFiles:
    """Where the files of a question of a course are."""

    course: Path
    exam: str
    name: str

    @property
    def id(self) -> str:
        """``exam/question``."""
        return f"{self.exam}/{self.name}"

    @property
    def siblings(self) -> list[str]:
        """The names of all questions of the exam."""
        return question_names(self.course / "exams" / self.exam)

    @property
    def folder(self) -> Path:
        """The folder of the declaration."""
        return self.course / "exams" / self.exam / self.name

    @property
    def path(self) -> Path:
        """The file of the declaration."""
        return self.folder / "question.py"

    @property
    def probes_path(self) -> Path:
        """The file of ``given`` and of the probes; it may be absent."""
        return self.folder / "probes.py"

    @property
    def cells_path(self) -> Path:
        """The file of the question's cells, where the question is a notebook."""
        return self.folder / "cells.py"

    @property
    def expected_path(self) -> Path:
        """The file of the same cells with the expected sides of the tests, which only the solution meets."""
        return self.solutions / "cells.py"

    @property
    def shown_path(self) -> Path:
        """The file of the same cells as students may see them, with which they check themselves."""
        return self.folder / "shown.py"

    @property
    def files_path(self) -> Path:
        """The folder of files that lie beside every submission, whatever the student has of that name."""
        return self.folder / "files"

    @property
    def expected_files_path(self) -> Path:
        """The folder of those of them that the solution meets in another form."""
        return self.solutions / "files"

    @property
    def raw_files_path(self) -> Path:
        """The folder of those of them that students get in another form, as they are in the assignment."""
        return self.solutions / "files_as_imported"

    @property
    def unsolved_path(self) -> Path:
        """The folder of the modules that students write, as they get them."""
        return self.folder / "handout"

    @property
    def notebook_path(self) -> Path:
        """The notebook that a question was imported from; it has answers."""
        return self.solutions / "notebook.ipynb"

    @property
    def handout_path(self) -> Path:
        """The same notebook as students get it."""
        return self.folder / "notebook.ipynb"

    @property
    def solutions(self) -> Path:
        """The folder of the solution, the mistakes and the alternatives."""
        return self.course / "solutions" / self.exam / self.name

    @property
    def solution_path(self) -> Path:
        """The solution module's file."""
        return self.solutions / "solution.py"

    @property
    def mistakes_path(self) -> Path:
        """The file that declares mistakes; it may be absent."""
        return self.solutions / "mistakes.py"

    @property
    def pinned_path(self) -> Path:
        """The file of pinned reference values."""
        return self.course / "data" / "pinned" / self.exam / f"{self.name}.json"

    @property
    def measured_path(self) -> Path:
        """The file of measured tolerances; it may be absent."""
        return self.course / "data" / "measured" / self.exam / f"{self.name}.json"
