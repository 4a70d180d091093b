"""A question in a single module, whose probes are cut out of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.core.exam import Question
from autograder.course.modules import CatalogError, declared, install_shared, load_module, raised
from autograder.course.question import BESIDE, QuestionEntry
from autograder.course.source import (
    imported_packages,
    reachable_source,
    shared_modules,
    top_level,
    with_shared,
    without_assignment,
)


class FileEntry(QuestionEntry):
    """A question in ``exams/<exam>/<question>.py``, with its solution and mistakes in one file too."""

    @property
    def path(self) -> Path:
        """The exam module's file."""
        return self.course / "exams" / self.exam / f"{self.name}.py"

    @property
    def solution_path(self) -> Path:
        """The solution module's file."""
        return self.course / "solutions" / self.exam / f"{self.name}.py"

    @cached_property
    def declaration(self) -> Question:
        """The declaration.

        Raises:
            CatalogError: the module cannot be loaded or declares no QUESTION.
        """
        install_shared(self.course, self.path)
        return declared(load_module(self.path), self.path, "QUESTION", Question)

    @cached_property
    def probe_source(self) -> str:
        """The source of the probes and of all they use; a sandbox gets no other part of the exam module.

        Raises:
            CatalogError: a probe is not a function defined at the top level of the module.
        """
        return self.excerpt({part.function for part in self.question.parts})

    @cached_property
    def given_source(self) -> str:
        """The source of ``given`` and of all it uses.

        Raises:
            CatalogError: ``given`` is not a function defined at the top level of the module.
        """
        return self.excerpt({self.question.maker})

    @cached_property
    def given_packages(self) -> set[str]:
        """The packages that ``given`` and what it uses import."""
        sources = [self.given_source, *self._shared_by(self.given_source).values()]
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
        return with_shared(found, self._shared_by(found))

    def _shared_by(self, source: str) -> dict[str, str]:
        try:
            return shared_modules(self.course, source)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise raised(self.path, error) from None

    @cached_property
    def solution_source(self) -> str:
        """The source of the solution without what it declares, as a student would hand it in.

        Raises:
            CatalogError: there is no solution.
        """
        try:
            return without_assignment(self.solution_path.read_text(encoding="utf-8"), *BESIDE)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            raise raised(self.solution_path, error) from None

    @property
    def mistakes_path(self) -> Path:
        """The file that declares mistakes: the solution's."""
        return self.solution_path

    @property
    def code_name(self) -> str:
        """Names the probes in tracebacks."""
        return f"<{self.id}>"

    @property
    def shared(self) -> Mapping[str, str]:
        """Nothing: the source of the probes brings them along."""
        return {}

    @cached_property
    def stubs(self) -> dict[str, str]:
        """The source of each name that a student defines, in the interface's order."""
        found = top_level(self.path.read_text(encoding="utf-8"))
        if absent := [name for name in self.question.names if name not in found]:
            raise CatalogError(f"{self.path}: the interface names {absent[0]}, which is not defined there")
        return {name: found[name] for name in self.question.names}

    @property
    def interface_source(self) -> str:
        """What a student fills in: imports and stubs."""
        start = "\n\n".join(filter(None, ["from __future__ import annotations", self.question.preamble]))
        return "\n\n\n".join([start, *self.stubs.values()]) + "\n"

    def declared_beside(self, name: str) -> tuple[Any, ...]:
        """Execute only the statements that a list needs, so that no framework is imported."""
        names: dict[str, Any] = {}
        try:
            source = reachable_source(self.solution_path.read_text(encoding="utf-8"), {name})
        except LookupError:
            return ()
        except (OSError, ValueError, SyntaxError, RecursionError) as error:
            raise raised(self.solution_path, error) from error
        try:
            exec(compile(source, str(self.solution_path), "exec", dont_inherit=True), names)
            return tuple(names[name])
        except (Exception, SystemExit) as error:
            raise raised(self.solution_path, error) from error
