"""Writes the files of a new question; they pass ``autograder verify`` unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.core.errors import UserError
from autograder.core.framework import Framework
from autograder.core.text import Language
from autograder.course.course_file import languages_of
from autograder.records.files import write_whole

_EXTRAS = {"python": "plots", "torch": "torch", "fastai": "vision", "tensorflow": "tensorflow"}
Kind = Literal["code", "true-false", "essay"]
_QUESTION, _EXAM = re.compile(r"q\d+_[a-z][a-z0-9_]*"), re.compile(r"[a-z][a-z0-9_]*")
_TEMPLATES = Environment(
    loader=PackageLoader("autograder.workflows.scaffold", "."),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    autoescape=False,
)


def write_question(
    course: Path,
    exam: str,
    name: str,
    framework: Framework,
    kind: Kind = "code",
    languages: Sequence[Language] = ("ko", "en"),
) -> list[Path]:
    """Write a working question for an author to change; return the written files.

    Args:
        course: the folder of the course; made if absent.
        exam: an exam of the course, or a new one.
        name: ``q<N>_<name>``.
        framework: the question's framework, if it asks for code.
        kind: what is asked for.
        languages: of a course that is new.

    Raises:
        UserError: a name has another form, or the question exists.
        RunError: a file cannot be written.
    """
    _demand_form(exam, name)
    question, solutions = course / "exams" / exam / name, course / "solutions" / exam / name
    if there := [folder for folder in (question, solutions) if folder.exists()]:
        raise UserError(
            f"{there[0]} is there already; nothing was written",
            ko=f"{there[0]}이(가) 이미 있습니다. 아무것도 쓰지 않았습니다",
        )
    spoken = languages_of(course) if (course / "course.toml").is_file() else list(languages)
    targets = {course / "course.toml": "course.toml", question.parent / "__init__.py": "exam.py"}
    targets |= _files(question, solutions, kind.replace("-", "_"), spoken)
    known, written = set(_TEMPLATES.list_templates()), []
    for path, template in targets.items():
        if f"{template}.jinja" in known and not path.exists():
            words = {"exam": exam, "framework": framework, "languages": spoken, "text": _text(spoken)}
            write_whole(path, _TEMPLATES.get_template(f"{template}.jinja").render(words).encode())
            written.append(path)
    return written


def _demand_form(exam: str, name: str) -> None:
    if not _EXAM.fullmatch(exam) or not _QUESTION.fullmatch(name):
        raise UserError(
            f"{exam}/{name}: expected EXAM/QUESTION such as my_exam/q1_attention: small letters, digits and "
            "underscores, the question beginning with q and its number",
            ko=f"{exam}/{name}: my_exam/q1_attention과 같은 EXAM/QUESTION이어야 합니다. 소문자, 숫자, "
            "밑줄을 쓰고 문항은 q와 번호로 시작합니다",
        )


def write_course(
    course: Path, framework: Framework, languages: Sequence[Language], github: bool
) -> list[Path]:
    """Write a course with one exam of one question; return the written files.

    Args:
        course: the folder, which is new or has no ``exams/``.
        framework: the first question's.
        languages: of the statements.
        github: whether workflows are written too: for the course, and in ``student/`` for the template of the
            students' repositories.

    Raises:
        UserError: there is a course already.
        RunError: a file cannot be written.
    """
    if (course / "exams").exists():
        raise UserError(
            f"{course / 'exams'} is there already; nothing was written",
            ko=f"{course / 'exams'}이(가) 이미 있습니다. 아무것도 쓰지 않았습니다",
        )
    written = write_question(course, "exam1", "q1_first", framework, languages=languages)
    names = ["README.md", ".gitignore"]
    names += [".github/workflows/verify.yml", "student/.github/workflows/classroom.yml"] if github else []
    words = {"framework": framework, "github": github, "extra": _EXTRAS[framework]}
    for name in names:
        template = _TEMPLATES.get_template(f"course/{Path(name).name.removeprefix('.')}.jinja")
        if not (course / name).exists():
            write_whole(course / name, template.render(words).encode())
            written.append(course / name)
    return written


def _files(question: Path, solutions: Path, kind: str, spoken: Sequence[Language]) -> dict[Path, str]:
    """Return the template of each file of a question."""
    return {
        question / "interface.py": f"{kind}/interface.py",
        **{question / f"statement.{one}.md": f"{kind}/statement.{one}.md" for one in spoken},
        question / "question.py": f"{kind}/question.py",
        solutions / "solution.py": f"{kind}/solution.py",
        solutions / "mistakes.py": f"{kind}/mistakes.py",
        solutions / "alternatives" / "another.py": f"{kind}/alternative.py",
    }


def _text(spoken: Sequence[Language]) -> Callable[[str, str], str]:
    """Return what writes a Text in the course's languages, as Python."""

    def write(korean: str, english: str) -> str:
        words = {"ko": korean, "en": english}
        return f"Text({', '.join(f'{one}={words[one]!r}' for one in spoken)})".replace("'", '"')

    return write
