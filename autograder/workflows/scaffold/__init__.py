"""Writes the files of a new question; they pass ``autograder verify`` unchanged."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.core.errors import UserError
from autograder.core.framework import Framework
from autograder.records.files import write_whole

_QUESTION, _EXAM = re.compile(r"q\d+_[a-z][a-z0-9_]*"), re.compile(r"[a-z][a-z0-9_]*")
_TEMPLATES = Environment(
    loader=PackageLoader("autograder.workflows.scaffold", "."),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    autoescape=False,
)


def write_question(course: Path, exam: str, name: str, framework: Framework) -> list[Path]:
    """Write a working question for an author to change.

    Args:
        course: the folder of the course; made if absent.
        exam: an exam of the course, or a new one.
        name: ``q<N>_<name>``.
        framework: the question's framework.

    Returns:
        The written files.

    Raises:
        UserError: a name has another form, or the question exists.
        RunError: a file cannot be written.
    """
    if not _EXAM.fullmatch(exam) or not _QUESTION.fullmatch(name):
        raise UserError(
            f"{exam}/{name}: expected EXAM/QUESTION such as my_exam/q1_attention: small letters, digits and "
            "underscores, the question beginning with q and its number"
        )
    targets = {
        course / "exams" / exam / "__init__.py": "exam.py.jinja",
        course / "exams" / exam / f"{name}.py": "question.py.jinja",
        course / "solutions" / exam / f"{name}.py": "solution.py.jinja",
    }
    if there := [path for path in list(targets)[1:] if path.exists()]:
        raise UserError(f"{there[0]} is there already; nothing was written")
    written = []
    for path, template in targets.items():
        if not path.exists():
            source = _TEMPLATES.get_template(template).render(exam=exam, name=name, framework=framework)
            write_whole(path, source.encode())
            written.append(path)
    return written
