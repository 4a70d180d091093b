"""The command ``%check`` of a notebook, which ``%load_ext autograder`` brings."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from autograder.core.errors import UserError, told_in
from autograder.core.text import Language, default_language
from autograder.course.question_files import CHECKS_FOLDER
from autograder.handout.check_cell import Report, check_part
from autograder.handout.check_file import CheckFile, CheckFileError, check_files_near, read_check_file


class MagicError(UserError):
    """The line after ``%check`` cannot be understood; the message is its usage."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What ``%check`` shows of all parts; ``passed`` says whether nothing was found wrong."""

    reports: Sequence[Report]

    @property
    def passed(self) -> bool:
        """Whether every check passed that could be judged here."""
        return all(report.passed for report in self.reports)

    def _repr_html_(self) -> str:
        return "".join(report._repr_html_() for report in self.reports)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.reports))


class _Line(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


_LINE = _Line(prog="%check", add_help=False, exit_on_error=False)
_LINE.add_argument("parts", nargs="*")
_LINE.add_argument("--question")
_LINE.add_argument("--lang", choices=["ko", "en"])


def check_line(line: str, names: Mapping[str, Any]) -> Report | Reports:
    """Check the parts that a line names, else all parts of the questions that the notebook answers.

    Args:
        line: what stands after ``%check``: ``[PART …] [--question QUESTION] [--lang ko|en]``.
        names: the notebook's.

    Raises:
        MagicError: the line has another form.
        CheckFileError: there is no such part, no checks are near, or the notebook answers no question.
    """
    with told_in(default_language()):
        given = _parsed(line)
    language: Language = given.lang or default_language()
    with told_in(language):
        wanted = [(part, given.question) for part in given.parts] or _all_parts(names, given.question)
        reports = [check_part(part, {}, names, question, language) for part, question in wanted]
    return reports[0] if len(given.parts) == 1 else Reports(reports)


def _parsed(line: str) -> argparse.Namespace:
    try:
        return _LINE.parse_args(shlex.split(line))
    except (ValueError, argparse.ArgumentError) as error:
        raise MagicError(
            f"{error}; usage: %check [PART …] [--question QUESTION] [--lang ko|en]",
            ko=f"%check {line}: 이렇게는 쓸 수 없습니다. "
            "사용법: %check [소문항 …] [--question 문항] [--lang ko|en]",
        ) from None


def _all_parts(names: Mapping[str, Any], question: str | None) -> list[tuple[str, str]]:
    """Return the parts, each with its question, of those questions of whose names the notebook has one."""
    files = check_files_near(Path.cwd())
    if question is not None:
        files = [file for file in files if file.stem == question.rpartition("/")[2]]
    released = [read_check_file(file) for file in files]
    answered = released if question else [one for one in released if _answers(names, one)]
    if not answered:
        raise CheckFileError(
            f"no question to check: {CHECKS_FOLDER}/ here or above ({Path.cwd()}) has "
            f"{', '.join(one.name for one in released) or 'none'}; run the notebook's cells first",
            ko=f"검사할 문항이 없습니다. 여기나 위의 {CHECKS_FOLDER}/({Path.cwd()})에 있는 문항: "
            f"{', '.join(one.name for one in released) or '없음'}. 먼저 노트북의 셀을 실행하세요",
        )
    return [(part.name, one.name) for one in answered for part in one.question.parts]


def _answers(names: Mapping[str, Any], released: CheckFile) -> bool:
    return any(name in names for name in released.question.interface)


def register(shell: Any) -> None:
    """Give IPython's shell the command; what is wrong is said in one line, without a traceback."""
    from IPython.core.error import UsageError

    def check(line: str) -> Report | Reports:
        try:
            return check_line(line, shell.user_ns)
        except UserError as error:
            raise UsageError(str(error)) from None

    shell.register_magic_function(check, "line", "check")
