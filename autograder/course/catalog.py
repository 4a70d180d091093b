"""Finds courses, exams and questions by path."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.core.errors import not_known
from autograder.core.exam import Exam
from autograder.core.text import Text
from autograder.course.modules import CatalogError, declared, load_module
from autograder.course.question import QuestionEntry
from autograder.course.question_files import QUESTION_NAME, question_names

KEY_VARIABLE = "AUTOGRADER_KEY"
_EXAM = Text(ko="시험", en="exam")


@dataclass(frozen=True)
class ExamEntry:
    """An exam of a course."""

    course: Path
    name: str

    @cached_property
    def exam(self) -> Exam:
        """The heading declared in the package's ``__init__.py``."""
        path = self.course / "exams" / self.name / "__init__.py"
        return declared(load_module(path), path, "EXAM", Exam)

    @cached_property
    def questions(self) -> list[QuestionEntry]:
        """The questions, by the number in their name.

        Raises:
            CatalogError: a question is a file.
        """
        folder = self.course / "exams" / self.name
        for path in sorted(folder.glob("q*.py")):
            if QUESTION_NAME.fullmatch(path.stem):
                raise CatalogError(
                    f"{path}: a question is a folder with question.py, see docs/authoring.md",
                    ko=f"{path}: 문항은 question.py가 있는 폴더입니다. docs/authoring.md를 보세요",
                )
        return [QuestionEntry(self.course, self.name, name) for name in question_names(folder)]


@dataclass(frozen=True)
class Course:
    """The folder that holds ``exams/``, ``solutions/`` and ``data/``."""

    root: Path

    @classmethod
    def find(cls, given: Path | None = None) -> Course:
        """Return the course at ``given``, else at the current folder or its nearest parent with ``exams/``.

        Raises:
            CatalogError: there is none.
        """
        if given is not None:
            if not os.path.isdir(given / "exams"):  # False for an invalid path, too
                raise CatalogError(
                    f"{given}: not a course, it has no folder exams/",
                    ko=f"{given}: 과목이 아닙니다. 폴더 exams/가 없습니다",
                )
            return cls(given.resolve())
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "exams").is_dir():
                return cls(folder)
        raise CatalogError(
            f"no course: neither {here} nor a parent has a folder exams/; give --course PATH",
            ko=f"과목을 찾지 못했습니다. {here}에도 그 위에도 폴더 exams/가 없습니다. --course PATH를 주세요",
        )

    @property
    def exam_names(self) -> list[str]:
        """The names of the folders in ``exams/`` with an ``__init__.py``, which ``_shared`` lacks."""
        return sorted(path.parent.name for path in (self.root / "exams").glob("*/__init__.py"))

    def exams(self) -> Iterator[ExamEntry]:
        """Yield the exams in the order of their names."""
        for name in self.exam_names:
            yield ExamEntry(self.root, name)

    def exam(self, name: str) -> ExamEntry:
        """Return the exam of this name.

        Raises:
            CatalogError: there is none; the message names close matches.
        """
        init = self.root / "exams" / name / "__init__.py"
        if name and os.path.isdir(init.parent) and not init.is_file():  # any text may be asked for
            raise CatalogError(f"{init}: no such file; it declares EXAM = Exam(...)")
        return ExamEntry(self.root, _known(name, self.exam_names, _EXAM))

    def question(self, id: str) -> QuestionEntry:
        """Return the question ``exam/question``.

        Raises:
            CatalogError: there is none; the message names close matches.
        """
        exam_name, _, question_name = id.partition("/")
        questions = {entry.name: entry for entry in self.exam(exam_name).questions}
        what = Text(ko=f"{exam_name}의 문항", en=f"question of {exam_name}")
        return questions[_known(question_name, list(questions), what)]

    def key(self) -> bytes:
        """Return the course key, the secret from which hidden variants are drawn.

        It is ``$AUTOGRADER_KEY`` or the file ``.autograder/key``, which is made at the first call.

        Raises:
            CatalogError: the file cannot be read or written, or is empty.
        """
        if given := os.environ.get(KEY_VARIABLE):
            return given.encode()
        path = self.root / ".autograder" / "key"
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if not path.exists():
                own = path.with_name(f"key.{os.getpid()}")
                with os.fdopen(os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                    file.write(secrets.token_hex(32))
                with suppress(FileExistsError):  # another process was first; its key counts
                    os.link(own, path)
                own.unlink()
            key = path.read_bytes()
        except OSError as error:
            raise CatalogError(
                f"the course key cannot be kept: {error}; set {KEY_VARIABLE}",
                ko=f"과목의 키를 보관할 수 없습니다: {error}. {KEY_VARIABLE}을(를) 설정하세요",
            ) from None
        if not key.strip():
            raise CatalogError(
                f"{path}: the course key is empty; restore it, or delete it for a new one",
                ko=f"{path}: 과목의 키가 비어 있습니다. 되돌려 놓거나, 새로 만들려면 지우세요",
            )
        return key


def _known(name: str, names: list[str], what: Text) -> str:
    if name in names:
        return name
    raise CatalogError(not_known(what, name, names))
