"""The tests of a student's file: collecting reads the checks; running runs the file, in a sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.core.errors import UserError
from autograder.core.exam import Question
from autograder.core.text import Language, Text, default_language
from autograder.core.verdict import Status, Verdict
from autograder.course.catalog import Course
from autograder.course.modules import CatalogError
from autograder.course.which_file import question_meant
from autograder.handout.check_file import check_files_near
from autograder.handout.own_files import OwnFiles, confine_own_code
from autograder.handout.self_check import SelfCheck, choose_check_file, guess_question, self_check
from autograder.reports.part import part_text, waits
from autograder.running.executor import Local
from autograder.running.jobs import Runner

_OWN = pytest.StashKey[OwnFiles]()
_NO_QUESTION = Text(
    ko="{file}: 가까운 배포본에도 과목에도 이 이름의 문항이 없습니다. 배포본의 폴더 autograder_checks/ "
    "옆에서 실행하거나 --autograder-course PATH를 주세요.",
    en="{file}: no release or course near it has a question of this name; run it beside the folder "
    "autograder_checks/ of its release, or give --autograder-course PATH.",
)
_OTHER_NAME = Text(
    ko="{file}: 어느 문항의 답안인지 이름으로 알 수 없습니다. 파일 이름을 문항의 이름으로 바꾸세요: {names}.",
    en="{file}: its name does not tell which question it answers; give it the name of one: {names}.",
)


def question_file(path: Path, parent: pytest.Collector) -> QuestionFile | None:
    """Return the file as parts if it answers a question of a release near it or of the course; else None.

    A course counts if ``--autograder-course`` names it, or if the file is named on the command line and the
    current folder is in it.
    """
    given = parent.config.getoption("--autograder-course")
    if given is None and _in_release(path):
        return QuestionFile.from_parent(parent, path=path)
    if given is None and not parent.session.isinitpath(path):
        return None
    course = _course_of(path, given)
    return None if course is None else QuestionFile.from_parent(parent, path=path, course=course)


def remark(path: Path, config: pytest.Config) -> str:
    """Return what to do if a file answers no question of a release near it or of the course; else nothing."""
    given = config.getoption("--autograder-course")
    if (given is None and _in_release(path)) or _course_of(path, given) is not None:
        return ""
    near = ", ".join([] if given else _names_near(path))
    return (_OTHER_NAME if near else _NO_QUESTION).format(file=path.name, names=near)[_language(config)]


def _in_release(path: Path) -> bool:
    return question_meant(path.name, _names_near(path), "own") is not None  # or a copy: "q1_numbers (1).py"


def _names_near(path: Path) -> list[str]:
    return [file.stem for file in check_files_near(path.absolute().parent)]


def _course_of(path: Path, given: Path | None) -> Course | None:
    """Return the course, if one of its questions has the file's name."""
    try:
        course = Course.find(given)
    except CatalogError:
        return None
    names = {entry.name for exam in course.exams() for entry in exam.questions}
    return course if question_meant(path.name, names, "own") else None


class QuestionFile(pytest.File):
    """A module or a notebook that answers a question; ``course`` is None where a release judges it."""

    def __init__(self, *, course: Course | None = None, **about: Any) -> None:
        super().__init__(**about)
        self.course = course
        self._checked: dict[str, tuple[Verdict, SelfCheck]] = {}

    def collect(self) -> Iterator[PartItem]:
        """Yield a test for each part; nothing of the file is run."""
        try:
            parts = self._question().parts
        except UserError as error:
            raise self.CollectError(str(error)) from None
        for part in parts:
            yield PartItem.from_parent(self, name=part.name)

    def _question(self) -> Question:
        if self.course is not None:
            return guess_question(self.course, self.path).question
        return choose_check_file(check_files_near(self.path.parent), self.path, None).question

    def check(self, part: str) -> tuple[Verdict, SelfCheck]:
        """Return the verdict on a part; the file is run once for all parts that were selected.

        Each process of xdist runs the parts that it is given.

        Raises:
            UserError: the question cannot be run here.
        """
        if part not in self._checked:
            own, wanted = _own_files(self.config, self.course), [part]
            if "PYTEST_XDIST_WORKER" not in os.environ:
                wanted = [item.name for item in self.session.items if item.parent is self]
            result = self_check(self.path, own.prepared(self.path), own.runner, wanted)
            self._checked |= {verdict.part: (verdict, result) for verdict in result.verdicts}
        return self._checked[part]


def _own_files(config: pytest.Config, course: Course | None) -> OwnFiles:
    """Return what prepares questions, one for the session."""
    if _OWN not in config.stash:

        def say(text: Text) -> None:
            if reporter := config.pluginmanager.get_plugin("terminalreporter"):
                reporter.write_line(text[_language(config)])

        runner = Runner(executor=Local(confine_own_code("auto", say)))
        by_course = config.getoption("--autograder-course")
        own = OwnFiles(runner=runner, course=lambda: Course.find(by_course), by_course=by_course is not None)
        config.stash[_OWN] = own
    return config.stash[_OWN]


def _language(config: pytest.Config) -> Language:
    given: Language | None = config.getoption("--autograder-lang")
    return given or default_language()


class PartItem(pytest.Item):
    """A part as a test: it fails with what was found wrong, and is skipped where nothing can be said yet."""

    def setup(self) -> None:
        """Have the part judged, so that a failure of ours is an error and not a failed test."""
        assert isinstance(self.parent, QuestionFile)
        try:
            self._verdict, result = self.parent.check(self.name)
        except UserError as error:
            pytest.fail(str(error), pytrace=False)
        language = _language(self.config)
        notes = [note[language] for note in result.notes]
        self._text = "\n".join([part_text(self._verdict, language), *notes])
        if self._verdict.status is Status.UNGRADED:
            pytest.fail(self._text, pytrace=False)
        if waits(self._verdict):
            raise pytest.skip.Exception(self._text, _use_item_location=True)

    def runtest(self) -> None:
        """Fail if a check did."""
        if any(not finding.passed for finding in self._verdict.findings):
            pytest.fail(self._text, pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the test is: in the student's file."""
        return self.path, 0, self.name
