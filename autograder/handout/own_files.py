"""The questions of a student's own files, from a release near them or a course: for terminal and pytest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.core.text import OWN_CODE_UNCONFINED, Text
from autograder.course.catalog import Course
from autograder.course.modules import CatalogError
from autograder.course.question import QuestionEntry
from autograder.course.question_files import CHECKS_FOLDER
from autograder.handout import self_check
from autograder.handout.check_file import check_files_near
from autograder.running.jobs import Runner
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.choose import choose
from autograder.sandbox.gpus import choose_device
from autograder.sandbox.protocol import Isolation, IsolationError
from autograder.sandbox.unconfined import Unconfined


@dataclass(frozen=True, kw_only=True)
class OwnFiles:
    """Prepares the question of each file; once in a course, where sealing references takes seconds.

    Attributes:
        runner: runs the solutions of a course.
        course: finds the course, if there is no release.
        by_course: whether the course is taken though a release may be near.
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:I``.
    """

    runner: Runner
    course: Callable[[], Course]
    by_course: bool = False
    device: str = "auto"
    _known: dict[QuestionEntry, PreparedQuestion] = field(default_factory=dict)

    def prepared(self, path: Path, question: str | None = None) -> PreparedQuestion:
        """Return the question of a file; its name is needed where the file has another.

        Raises:
            CatalogError: the file or its question is not there, or it is no module or notebook.
            CheckFileError, NotRunnableError, InputsError, RunError: the question cannot be run here.
        """
        self_check.demand_answers(path)
        device = choose_device(self.device)
        if not self.by_course and (files := check_files_near(path.absolute().parent)):
            released = self_check.choose_check_file(files, path, question)
            return self_check.question_of_release(released, [file.stem for file in files], device)
        try:
            course = self.course()
        except CatalogError as error:
            raise CatalogError(
                f"{path}: no folder {CHECKS_FOLDER}/ of a release beside it or above it, and {error}",
                ko=f"{path}: 옆에도 위에도 배포본의 폴더 {CHECKS_FOLDER}/가 없습니다. {error.text.ko}",
            ) from None
        entry = course.question(question) if question else self_check.guess_question(course, path)
        if entry not in self._known:
            self._known[entry] = self_check.question_of_course(entry, self.runner, device)
        return self._known[entry]


def confine_own_code(isolation: str, say: Callable[[Text], None]) -> Isolation:
    """Return the isolation; without a working sandbox students may run their own code unconfined.

    Raises:
        IsolationError: the isolation was named, and does not work.
    """
    try:  # a single submission needs no warm worker
        return choose("bubblewrap" if isolation == "auto" else isolation)
    except IsolationError:
        if isolation != "auto":
            raise
        say(OWN_CODE_UNCONFINED)
        return Unconfined()
