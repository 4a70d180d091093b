"""The repository, the toy course, and what students hand in to its one question."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course.catalog import Course

REPOSITORY = Path(__file__).resolve().parents[2]
TOY = Path(__file__).resolve().parent / "toy"  # a course without a framework
REFERENCES = 5  # files of evidence: inputs, the solution and three mistakes of the toy question
KEY = "the key of the tests"  # variants come from it

RIGHT = (TOY / "solutions/toy/q1_numbers/solution.py").read_text(encoding="utf-8")
SLOW = "import time\ntime.sleep(0.4)\n" + RIGHT


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def course_of_one_question(root: Path, question: str) -> Course:
    """Make a course of one question of ours without its mistakes, which would take as long as many submissions."""
    exam, name = question.split("/")
    others = [path.name for path in (REPOSITORY / "exams" / exam).glob("q*") if path.name != name]
    ignored = shutil.ignore_patterns(*others)
    shutil.copytree(REPOSITORY / "exams" / exam, root / "exams" / exam, ignore=ignored)
    shutil.copytree(REPOSITORY / "exams/_shared", root / "exams/_shared")
    shutil.copytree(REPOSITORY / "data", root / "data")
    solution = root / "solutions" / question / "solution.py"
    solution.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / "solutions" / question / "solution.py", solution)
    return Course(root)
