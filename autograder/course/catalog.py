"""Finds courses, exams, questions and solutions by path, and loads their modules."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.core.errors import UserError
from autograder.core.exam import DeclarationError, Exam, Mistake, Question
from autograder.course.source import (
    imported_packages,
    reachable_source,
    shared_modules,
    with_shared,
    without_assignment,
)
from autograder.probing.shared import install

KEY_VARIABLE = "AUTOGRADER_KEY"
_QUESTION_FILE = re.compile(r"q(\d+)_\w+\.py")


class CatalogError(UserError):
    """A course, exam or question is absent or cannot be loaded; the message is one line."""


def load_module(path: Path) -> ModuleType:
    """Import a file without sys.path and bytecode, which Python would reuse after a small, quick edit.

    Raises:
        CatalogError: the file is absent or raises while it is imported.
    """
    name = "course_" + re.sub(r"\W", "_", str(path.with_suffix("").resolve()))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or not path.is_file():
        raise CatalogError(f"{path}: no such module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and inspect look modules up by name
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _raised(path, error) from error
    return module


def _raised(path: Path, error: BaseException) -> CatalogError:
    return CatalogError(f"{path}: {type(error).__name__}: {' '.join(str(error).split())}")


def _declared(module: ModuleType, path: Path, name: str, kind: type) -> object:
    value = getattr(module, name, None)
    if not isinstance(value, kind):
        raise CatalogError(f"{path}: {name} must be a {kind.__name__}, got {type(value).__name__}")
    return value


@dataclass(frozen=True)
class QuestionEntry:
    """A question of a course: its files' paths and its declarations, loaded when first used."""

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
        return [entry.name for entry in ExamEntry(self.course, self.exam).questions]

    @property
    def path(self) -> Path:
        """The exam module's file."""
        return self.course / "exams" / self.exam / f"{self.name}.py"

    @property
    def solution_path(self) -> Path:
        """The solution module's file."""
        return self.course / "solutions" / self.exam / f"{self.name}.py"

    @property
    def pinned_path(self) -> Path:
        """The file of pinned reference values."""
        return self.course / "data" / "pinned" / self.exam / f"{self.name}.json"

    @cached_property
    def question(self) -> Question:
        """The declaration.

        Raises:
            CatalogError: the module cannot be loaded or declares no QUESTION.
        """
        self._install_shared()
        return _declared(load_module(self.path), self.path, "QUESTION", Question)  # type: ignore[return-value]

    @cached_property
    def probe_source(self) -> str:
        """The source of the probes and of all they use; a sandbox gets no other part of the exam module.

        Raises:
            CatalogError: a probe is not a function defined at the top level of the module.
        """
        return self.excerpt({part.probe.__name__ for part in self.question.parts})

    @cached_property
    def given_source(self) -> str:
        """The source of ``given`` and of all it uses.

        Raises:
            CatalogError: ``given`` is not a function defined at the top level of the module.
        """
        return self.excerpt({self.question.given.__name__})

    @cached_property
    def given_packages(self) -> set[str]:
        """The packages that ``given`` and what it uses import."""
        sources = [self.given_source, *self._shared(self.given_source).values()]
        return set().union(*map(imported_packages, sources))

    def excerpt(self, roots: set[str]) -> str:
        """Return the source of these names and of all they use, with shared modules.

        Raises:
            CatalogError: a name is not defined at the top level of the module.
        """
        try:
            found = reachable_source(self.path.read_text(encoding="utf-8"), roots)
        except LookupError as error:
            raise CatalogError(f"{self.path}: {error} must be a function defined at the top level") from None
        return with_shared(found, self._shared(found))

    def _install_shared(self) -> None:
        """Make the shared modules importable; errors of the module itself are raised when it is loaded."""
        try:
            found = shared_modules(self.course, self.path.read_text(encoding="utf-8", errors="replace"))
        except (FileNotFoundError, SyntaxError, ValueError, RecursionError):
            return
        try:
            for name, source in found.items():
                install(name, source)
        except (Exception, SystemExit) as error:
            raise _raised(self.path, error) from error

    def _shared(self, source: str) -> dict[str, str]:
        try:
            return shared_modules(self.course, source)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise _raised(self.path, error) from None

    @cached_property
    def solution_source(self) -> str:
        """The source of the solution without its MISTAKES, as a student would hand it in.

        Raises:
            CatalogError: there is no solution.
        """
        try:
            return without_assignment(self.solution_path.read_text(encoding="utf-8"), "MISTAKES")
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise _raised(self.solution_path, error) from None

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The declared mistakes.

        Raises:
            CatalogError: the module cannot be loaded, or a mistake names an unknown part.
        """
        mistakes = self._declared_mistakes()
        parts = {part.name for part in self.question.parts}
        for mistake in mistakes:
            if not isinstance(mistake, Mistake) or not mistake.loses <= parts:
                raise CatalogError(
                    f"{self.solution_path}: {mistake!r} must be a Mistake that loses parts of the question"
                )
        names = [mistake.name for mistake in mistakes]
        if len(set(names)) != len(names):
            raise CatalogError(f"{self.solution_path}: names of mistakes must be unique, got {names}")
        return mistakes

    def _declared_mistakes(self) -> tuple[Any, ...]:
        """Execute only the statements that MISTAKES needs, so that no framework is imported."""
        names: dict[str, Any] = {}
        try:
            source = reachable_source(self.solution_path.read_text(encoding="utf-8"), {"MISTAKES"})
        except LookupError:
            return ()
        except (OSError, ValueError, SyntaxError, RecursionError) as error:
            raise _raised(self.solution_path, error) from error
        try:
            exec(compile(source, str(self.solution_path), "exec", dont_inherit=True), names)
            return tuple(names["MISTAKES"])
        except (Exception, SystemExit) as error:
            raise _raised(self.solution_path, error) from error

    def mistake_source(self, mistake: Mistake) -> str:
        """Return the source of the wrong solution.

        Raises:
            CatalogError: an edit does not fit the solution.
        """
        try:
            return mistake.apply(self.solution_source)
        except DeclarationError as error:
            raise CatalogError(f"{self.solution_path}: {error}") from None


def question_number(name: str) -> int:
    """Return N of ``q<N>_<name>``, or 0; questions are ordered by it."""
    match = _QUESTION_FILE.fullmatch(f"{name}.py")
    return int(match[1]) if match else 0


@dataclass(frozen=True)
class ExamEntry:
    """An exam of a course."""

    course: Path
    name: str

    @cached_property
    def exam(self) -> Exam:
        """The heading declared in the package's ``__init__.py``."""
        path = self.course / "exams" / self.name / "__init__.py"
        return _declared(load_module(path), path, "EXAM", Exam)  # type: ignore[return-value]

    @cached_property
    def questions(self) -> list[QuestionEntry]:
        """The questions, by the number in their file name."""
        files = [
            path.stem
            for path in (self.course / "exams" / self.name).iterdir()
            if _QUESTION_FILE.fullmatch(path.name)
        ]
        return [QuestionEntry(self.course, self.name, stem) for stem in sorted(files, key=question_number)]


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
                raise CatalogError(f"{given}: not a course, it has no folder exams/")
            return cls(given.resolve())
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "exams").is_dir():
                return cls(folder)
        raise CatalogError(f"no course: neither {here} nor a parent has a folder exams/; give --course PATH")

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
        return ExamEntry(self.root, _known(name, self.exam_names, "exam"))

    def question(self, id: str) -> QuestionEntry:
        """Return the question ``exam/question``.

        Raises:
            CatalogError: there is none; the message names close matches.
        """
        exam_name, _, question_name = id.partition("/")
        questions = {entry.name: entry for entry in self.exam(exam_name).questions}
        return questions[_known(question_name, list(questions), f"question of {exam_name}")]

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
            raise CatalogError(f"the course key cannot be kept: {error}; set {KEY_VARIABLE}") from None
        if not key.strip():
            raise CatalogError(f"{path}: the course key is empty; restore it, or delete it for a new one")
        return key


def _known(name: str, names: list[str], what: str) -> str:
    if name in names:
        return name
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(names) or 'none'}"
    raise CatalogError(f"no {what} is named {name!r}; {hint}")
