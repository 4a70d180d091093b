"""What pytest loads in every session: two options, and a look at the names of files; see items.py."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from autograder.course.question_files import CHECKS_FOLDER, QUESTION_NAME

_SUFFIXES = (".py", ".ipynb")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("autograder")
    course = "Check students' files by this course, as its release would."
    group.addoption("--autograder-course", metavar="PATH", type=Path, help=course)
    group.addoption("--autograder-lang", choices=["ko", "en"], help="Language of findings.")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a course that is none."""
    course = config.getoption("--autograder-course")
    if course is not None and not (course / "exams").is_dir():
        raise pytest.UsageError(f"{course}: not a course, it has no folder exams/; see --autograder-course")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect a question's file as its parts and not as a module, which would be imported here."""
    found = yield
    if not _named_as_question(file_path):
        return found
    from autograder.integrations.pytest.items import question_file

    ours = question_file(file_path, parent)
    return found if ours is None else [ours]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Say what is missing where a file named as a question, or in a release, gave no test."""
    if exitstatus not in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
        return
    for path in {Path(named.partition("::")[0]) for named in config.args}:
        released = path.suffix in _SUFFIXES and (path.absolute().parent / CHECKS_FOLDER).is_dir()
        if path.is_file() and (released or _named_as_question(path)):
            from autograder.integrations.pytest.items import remark

            if told := remark(path, config):
                terminalreporter.write_line(told)


def _named_as_question(path: Path) -> bool:
    return path.suffix in _SUFFIXES and QUESTION_NAME.match(path.stem.casefold()) is not None
