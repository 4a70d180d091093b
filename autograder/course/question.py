"""A question of a course: its declaration, interface, statements and probes, and its solutions."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from autograder.checks import Close, Facts
from autograder.checks.base import Named
from autograder.core.cells import split_cells
from autograder.core.check import Check
from autograder.core.errors import DeclarationError
from autograder.core.exam import Part, Question
from autograder.core.mistake import Equivalent, Mistake, Trivial
from autograder.core.text import EMPTY, Language
from autograder.course.course_file import languages_of
from autograder.course.feedback import with_feedback
from autograder.course.measured import Measured, read_measured, with_tolerances
from autograder.course.mistake_file import mistake_of_file, read_source
from autograder.course.modules import CatalogError, declared, install_shared, load_module, raised
from autograder.course.question_files import QuestionFiles
from autograder.course.source import (
    imported_packages,
    line_of,
    reachable_source,
    shared_modules,
    top_level,
    with_shared,
)
from autograder.course.statement import with_statements

_DECLARED_BESIDE = ("MISTAKES", "TRIVIAL", "EQUIVALENT")  # in mistakes.py
_Declared = TypeVar("_Declared", Equivalent, Trivial)


class QuestionEntry(QuestionFiles):
    """A question of a course: its declarations, loaded when first used."""

    # -- the declaration --------------------------------------------------------------------------------

    @cached_property
    def question(self) -> Question:
        """The declaration with measured tolerances.

        Raises:
            CatalogError, StatementError: as :attr:`declaration`; or the file of measurements is damaged.
        """
        return with_tolerances(self.declaration, self.measured.measurements)

    @property
    def measured(self) -> Measured:
        """What was measured.

        Raises:
            CatalogError: the file is damaged.
        """
        return read_measured(self.measured_path, self.id)

    @cached_property
    def declaration(self) -> Question:
        """The declaration, with its title, statements, interface and default checks.

        Raises:
            CatalogError: a file cannot be loaded, or declares something that does not fit.
            StatementError: a statement, or a part in one, is missing.
        """
        if self.probes_path.is_file():
            install_shared(self.course, self.probes_path)
        install_shared(self.course, self.path)
        if re.search(r"^from \.+probes import|^from \.+ import .*probes", self._text, re.MULTILINE):
            load_module(self.probes_path)
        found = declared(load_module(self.path), self.path, "QUESTION", Question)
        title, words = with_statements(found, self.folder, self.languages)
        told = with_feedback([self._complete(part) for part in found.parts], self.folder, self.languages)
        for part in told:
            self._demand_words(part)
        parts = [replace(part, title=words[part.name][0], statement=words[part.name][1]) for part in told]
        given = found.given or ("given" if not found.notebook and "given" in self._functions else "")
        return replace(found, title=title, parts=parts, given=given, interface=list(self.stubs))

    @property
    def languages(self) -> Sequence[Language]:
        """The languages of the course."""
        return languages_of(self.course)

    @cached_property
    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise raised(self.path, error) from None

    def _complete(self, part: Part) -> Part:
        """Return a part with its probe and checks.

        Raises:
            CatalogError: its probe is not there, or nothing is observed.
        """
        if part.cell:
            return part
        if part.probe and part.probe not in self._functions:
            raise self.error(
                f"part {part.name}: {self.probes_path.name} has no function {part.probe!r}", part
            )
        if not part.probe and not part.calls and part.name in self._functions:
            part = replace(part, probe=part.name)
        try:
            if not part.probe and not part.parsed_calls:
                raise DeclarationError(f"part {part.name}: it needs calls, a probe or checks")
            if part.checks:
                return part
            observed = [name for call in part.parsed_calls for name in call.observed]
            if not observed:
                raise DeclarationError(f"part {part.name}: it has a probe, and so needs checks")
            return replace(part, checks=_default_checks(observed, part))
        except DeclarationError as error:
            raise self.error(str(error), part) from None

    def _demand_words(self, part: Part) -> None:
        """Demand that people have words for each check and picture.

        Raises:
            CatalogError: one has none, neither in ``question.py`` nor in the feedback.
        """
        lacking: list[tuple[str, str, Check | None]] = [
            (check.lacking, check.name, check) for check in part.checks if isinstance(check, Named)
        ]
        lacking += [("caption", "picture", None) for one in part.pictures if one.caption == EMPTY]
        for field, name, check in lacking:
            if field:
                place = f"what feedback.{self.languages[0]}.md says below '### {name}'"
                whose = f"part {part.name}: {check.id if check else name}"
                raise self.error(f"{whose} needs {field}=Text(...), or {place}", part, check)

    def error(self, why: str, part: Part | None = None, check: Check | None = None) -> CatalogError:
        """Return the error that something is wrong with a part or one of its checks, with file and line."""
        line = line_of(self._text, part.name, check.id if check else "") if part else 1
        return CatalogError(f"{self.path}:{line}: {why}")

    # -- what enters a sandbox --------------------------------------------------------------------------

    @cached_property
    def probe_source(self) -> str:
        """The source of ``probes.py``; with the shared modules the only code of the course in a sandbox.

        Where the question is a notebook it is that of ``cells.py``.
        """
        path = self.cells_path if self.cells_path.is_file() else self.probes_path
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise raised(path, error) from None

    @cached_property
    def expected_source(self) -> str:
        """The question's cells with the expected sides of the tests; of a notebook that has none, its cells.

        Raises:
            CatalogError: the file cannot be read.
        """
        return read_source(self.expected_path) if self.expected_path.is_file() else self.probe_source

    @property
    def shown_source(self) -> str:
        """The question's cells as students may see them.

        Raises:
            CatalogError: the file cannot be read, or the question was imported before there was one.
        """
        if not self.shown_path.exists():
            raise CatalogError(
                f"{self.shown_path}: no such file; run autograder import once more for what students may see",
                ko=f"{self.shown_path}: 그런 파일이 없습니다. autograder import를 다시 실행하세요",
            )
        return read_source(self.shown_path)

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """The question's own files that lie beside every submission, by path."""
        return files_in(self.files_path)

    @cached_property
    def expected_files(self) -> Mapping[str, Path]:
        """Those of them that lie beside the solution."""
        return {**self.files, **files_in(self.expected_files_path)}

    @cached_property
    def raw_files(self) -> Mapping[str, Path]:
        """Those of them that students get, and the modules that they write, unsolved."""
        return {**self.files, **files_in(self.raw_files_path), **files_in(self.unsolved_path)}

    @cached_property
    def drawn_cells(self) -> frozenset[str]:
        """The names of the test cells whose inputs are drawn anew in hidden variants."""
        cells = split_cells(self.probe_source)
        return frozenset(
            c.name for c in cells if any(f"_observe.{how}(" in c.source for how in ("drawn", "seed"))
        )

    @property
    def code_name(self) -> str:
        """Names ``probes.py`` in tracebacks."""
        return f"exams/{self.exam}/{self.name}/probes.py"

    @cached_property
    def shared(self) -> Mapping[str, str]:
        """The sources of the shared modules that ``probes.py`` imports, by dotted name."""
        return self._shared(self.probe_source, self.probes_path)

    @cached_property
    def given_packages(self) -> set[str]:
        """The packages that ``given`` and what it uses import."""
        sources = [self.probe_source, *self.shared.values()]
        if self.question.given:
            with_given = reachable_source(self.probe_source, {self.question.given})
            sources = [with_given, *self._shared(with_given, self.probes_path).values()]
        return set().union(*map(imported_packages, sources))

    @cached_property
    def _functions(self) -> set[str]:
        try:
            compile(self.probe_source, str(self.probes_path), "exec", dont_inherit=True)
            return set(top_level(self.probe_source, (ast.FunctionDef,)))
        except (SyntaxError, ValueError, RecursionError) as error:
            raise raised(self.probes_path, error) from None

    def excerpt(self, roots: set[str]) -> str:
        """Return the source of these names of the probes and the declaration, and of all they use.

        Raises:
            CatalogError: a name is not defined at the top level.
        """
        own = ast.parse(self._text).body
        for node in own:
            if isinstance(node, ast.FunctionDef):
                node.decorator_list = []
        body = [*ast.parse(self.probe_source).body, *own]
        body = [node for node in body if not (isinstance(node, ast.ImportFrom) and node.level)]
        future = "from __future__ import annotations\n"
        both = future + ast.unparse(ast.Module(body, [])).replace(future, "")
        try:
            source = reachable_source(both, roots)
        except LookupError as error:
            raise CatalogError(f"{self.path}: {error} must be a function defined at the top level") from None
        return with_shared(source, self._shared(source, self.path))

    def _shared(self, source: str, path: Path) -> dict[str, str]:
        try:
            return shared_modules(self.course, source)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise raised(path, error) from None

    # -- what students get ------------------------------------------------------------------------------

    @cached_property
    def interface_source(self) -> str:
        """What a student fills in: the text of ``interface.py``.

        Raises:
            CatalogError: there is none.
        """
        path = self.folder / "interface.py"
        try:
            text = path.read_text(encoding="utf-8")
            ast.parse(text)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise raised(path, error) from None
        return text

    @cached_property
    def stubs(self) -> dict[str, str]:
        """The source of each name that a student defines: functions, classes and annotated constants."""
        return top_level(
            self.interface_source, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)
        )

    # -- solutions --------------------------------------------------------------------------------------

    @cached_property
    def solution_source(self) -> str:
        """The source of the solution, as a student would hand it in.

        Raises:
            CatalogError: there is no solution.
        """
        return read_source(self.solution_path)

    @cached_property
    def alternatives(self) -> Mapping[str, str]:
        """Other right answers: the source of each file in ``alternatives/``, by name.

        Raises:
            CatalogError: one cannot be read.
        """
        return _sources(self.solutions / "alternatives")

    @cached_property
    def alternatives_on_mini(self) -> Mapping[str, str]:
        """Answers that are right on the embedded data alone, where less is asked of a network, by name.

        Raises:
            CatalogError: one cannot be read.
        """
        return _sources(self.solutions / "alternatives" / "mini")

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The declared mistakes: those of ``mistakes.py``, then the files in ``mistakes/``.

        Raises:
            CatalogError: one is malformed, or names an unknown part.
        """
        found = [
            *self.declared_beside("MISTAKES"),
            *map(mistake_of_file, sorted((self.solutions / "mistakes").glob("*.py"))),
        ]
        parts = {part.name for part in self.question.parts}
        for mistake in found:
            if not isinstance(mistake, Mistake):
                raise CatalogError(f"{self.mistakes_path}: {mistake!r:.80} must be a Mistake")
            if other := ", ".join(sorted(mistake.loses - parts)):
                what = f"mistake {mistake.name} loses {other}, which is no part"
                raise CatalogError(f"{self.mistakes_path}: {what}; parts: {', '.join(sorted(parts))}")
        names = [mistake.name for mistake in found]
        if len(set(names)) != len(names):
            raise CatalogError(f"{self.mistakes_path}: names of mistakes must be unique, got {names}")
        return tuple(found)

    @cached_property
    def equivalents(self) -> tuple[Equivalent, ...]:
        """The slips that are declared to lose nothing, ``EQUIVALENT``.

        Raises:
            CatalogError: it cannot be loaded, or holds something else.
        """
        return self._each_of("EQUIVALENT", Equivalent)

    @cached_property
    def trivial_answers(self) -> tuple[Trivial, ...]:
        """The trivial answers that are declared to earn points, ``TRIVIAL``.

        Raises:
            CatalogError: it cannot be loaded, or holds something else.
        """
        return self._each_of("TRIVIAL", Trivial)

    def _each_of(self, name: str, kind: type[_Declared]) -> tuple[_Declared, ...]:
        found = self.declared_beside(name)
        if wrong := [item for item in found if not isinstance(item, kind)]:
            raise CatalogError(f"{self.mistakes_path}: {name} holds {wrong[0]!r}, not {kind.__name__}(...)")
        return found

    def declared_beside(self, name: str) -> tuple[Any, ...]:
        """Return what a list in ``mistakes.py`` has; nothing if there is no such list or file."""
        if not self.mistakes_path.is_file():
            return ()
        module = load_module(self.mistakes_path)
        if not any(hasattr(module, known) for known in _DECLARED_BESIDE):
            raise CatalogError(f"{self.mistakes_path}: it has none of {', '.join(_DECLARED_BESIDE)}")
        return tuple(declared(module, self.mistakes_path, name, list)) if hasattr(module, name) else ()

    def mistake_source(self, mistake: Mistake) -> str:
        """Return the source of the wrong solution.

        Raises:
            CatalogError: an edit does not fit the solution.
        """
        try:
            return mistake.apply(self.solution_source)
        except DeclarationError as error:
            raise CatalogError(f"{self.mistakes_path}: {error}") from None


def files_in(folder: Path) -> dict[str, Path]:
    """Return the files in a folder and its folders, by their paths within."""
    found = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): path for path in found}


def _default_checks(observed: Sequence[str], part: Part) -> list[Check]:
    """Return a check of each observation; they share the points evenly, in hundredths."""
    share = round(part.points / len(observed), 2)
    shares = [round(part.points - share * (len(observed) - 1), 2), *[share] * (len(observed) - 1)]
    return [
        Facts(name, points=points) if name in part.facts else Close(name, points=points)
        for name, points in zip(observed, shares, strict=True)
    ]


def _sources(folder: Path) -> Mapping[str, str]:
    """Return the sources of the modules in a folder, by name; none if there is no such folder."""
    return {path.stem: read_source(path) for path in sorted(folder.glob("*.py"))}
