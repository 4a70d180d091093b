"""Makes the cells of a question of an assignment: in the sandbox's form, the solution's, and as they were."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.core.cells import APART, LAST, UNSEEDED, NamedCell
from autograder.integrations.importers.forms import Aliases, aliases_of
from autograder.integrations.importers.model import Assignment, Piece
from autograder.integrations.importers.slicing import (
    Assertion,
    Context,
    Numbering,
    Sliced,
    UnsuitableError,
    functions_with_assertions,
    slice_cell,
)
from autograder.integrations.importers.taint import Students, bound, loads
from autograder.worker.reading import transformed


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a test cell is imported.

    Attributes:
        cut: whether what only the expected side needs is cut.
        drawn: whether inputs are drawn anew in hidden variants.
        seeded: whether random numbers begin anew at the cell.
        trusted: why the cell is run as it is; empty where it records.
        whole: the numbers, from 0, of assertions that are judged where they stand.
    """

    cut: bool = True
    drawn: bool = True
    seeded: bool = True
    trusted: str = ""
    whole: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A question's cells.

    Attributes:
        student: for the sandbox.
        expected: with the expected sides.
        raw: the test cells as they were.
        assertions: by test, those that stand in it.
        shared: those in functions that tests share, by name.
        trusted: by test, why it is run as it is.
        files, expected_files, raw_files: the files beside it, in these forms.
    """

    student: Sequence[NamedCell]
    expected: Sequence[NamedCell]
    raw: Sequence[NamedCell]
    assertions: Mapping[str, Sequence[Assertion]]
    shared: Mapping[str, Assertion]
    trusted: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)
    expected_files: Mapping[str, bytes] = field(default_factory=dict)


def parsed(piece: Piece) -> ast.Module | None:
    """Return the syntax of a piece's code, its magics as calls; None if it does not parse."""
    try:
        return ast.parse(transformed(piece.source))
    except (SyntaxError, ValueError, RecursionError):
        return None


def make_cells(assignment: Assignment, treatments: Mapping[str, Treatment]) -> Made:
    """Make the cells of a question; ``treatments`` has those of tests that are not the default."""
    return _Making(assignment, treatments).made()


class _Making:
    def __init__(self, assignment: Assignment, treatments: Mapping[str, Treatment]) -> None:
        self._assignment, self._treatments = assignment, treatments
        self._pieces = [piece for piece in assignment.pieces if piece.kind != "words"]
        self._trees = {piece.name: parsed(piece) for piece in self._pieces if piece.code}
        self._modules = dict(_modules(assignment))
        known = [tree for tree in self._trees.values() if tree is not None]
        self._aliases: Aliases = aliases_of([*self._modules.values(), *known])
        self._local = {name.removesuffix(".py").partition("/")[0] for name in assignment.files}
        self._numbering = Numbering()
        self._shared: dict[str, Assertion] = {}
        self._students = self._read()

    def _read(self) -> Students:
        """Return which names depend on the student's code after the whole notebook; parameters are then
        known."""
        students = Students()
        for _ in range(2):
            for module in self._modules.values():
                students.own(module)
            for piece in self._pieces:
                self._advance(students, piece)
        students.names.clear()
        return students

    def _advance(self, students: Students, piece: Piece) -> None:
        tree = self._trees.get(piece.name)
        if tree is None:
            return
        if piece.kind in ("answer", "essay"):
            students.answer(tree)
        else:
            students.own(tree)

    def made(self) -> Made:
        assertions: dict[str, Sequence[Assertion]] = {}
        trusted: dict[str, str] = {}
        modules = {name: self._module(name, tree) for name, tree in self._modules.items()}
        cells: list[tuple[NamedCell, NamedCell, NamedCell]] = []  # the student's, the solution's, as it was
        for number, piece in enumerate(self._pieces):
            self._advance(self._students, piece)
            if piece.kind in ("given", "test"):
                plain = self._plain(piece)
                if piece.kind == "given":
                    shown: Sliced | None = self._given(piece, number)
                else:
                    shown, why = self._test(piece, number)
                    assertions[piece.name] = shown.assertions if shown else ()
                    trusted |= {piece.name: why} if why else {}
                mine = replace(plain, source=shown.student) if shown else plain
                cells.append((mine, replace(plain, source=shown.expected) if shown else plain, plain))
            else:
                cells.append((self._plain(piece),) * 3)
        files = {**self._assignment.files, **{name: one.student.encode() for name, one in modules.items()}}
        return Made(
            student=[one for one, _, _ in cells],
            expected=[one for _, one, _ in cells],
            raw=[one for _, _, one in cells],
            assertions=assertions,
            shared=self._shared,
            trusted=trusted,
            files=files,
            expected_files={
                **{name: one.expected.encode() for name, one in modules.items()},
                **self._assignment.secrets,
            },
        )

    def _plain(self, piece: Piece) -> NamedCell:
        """Return a cell of the plan as it was; of one that students fill in only its place is known."""
        match piece.kind:
            case "given":
                return NamedCell("given", piece.name, transformed(piece.source))
            case "task":
                return NamedCell("given", piece.name, "")
            case "essay":
                return NamedCell("answer", piece.name, commented(piece.template))
            case "test":
                flags = [UNSEEDED] if not self._treatment(piece).seeded else []
                flags += [APART] if piece.apart else []
                flags += [LAST] if piece.apart and not re.search(r"-\d+$", piece.name) else []
                return NamedCell("test", piece.name, transformed(piece.source), tuple(flags))
        return NamedCell("answer", piece.name, "")

    def _treatment(self, piece: Piece) -> Treatment:
        return self._treatments.get(piece.name, Treatment())

    def _context(self, number: int, *, cutting: bool, drawing: bool) -> Context:
        later = set[str]()
        for piece in self._pieces[number + 1 :]:
            tree = self._trees.get(piece.name)
            if tree is not None:
                later |= loads(tree)
        return Context(
            students=self._students,
            aliases=self._aliases,
            numbering=self._numbering,
            later=later,
            local=self._local,
            cutting=cutting,
            drawing=drawing,
        )

    def _test(self, piece: Piece, number: int) -> tuple[Sliced | None, str]:
        treatment = self._treatment(piece)
        if treatment.trusted:
            return None, treatment.trusted
        if self._trees[piece.name] is None:
            return None, "its syntax cannot be read"
        context = self._context(number, cutting=treatment.cut, drawing=treatment.drawn)
        context = replace(context, whole=treatment.whole)
        source = transformed(piece.source)
        same = source.rstrip().count("\n") == piece.source.rstrip().count("\n")
        try:
            sliced = slice_cell(
                source, context, piece.hidden if same or not piece.hidden else _all_lines(source)
            )
        except UnsuitableError as error:
            return None, str(error)
        except Exception as error:  # a form that nobody has thought of costs no more than its own cell
            return None, f"it cannot be taken apart: {type(error).__name__}: {error}"
        return sliced, ""

    def _given(self, piece: Piece, number: int) -> Sliced:
        """Return a locked cell in which functions that tests call record."""
        plain = transformed(piece.source)
        as_is = Sliced(student=plain, expected=plain, assertions=())
        tree = self._trees[piece.name]
        if tree is None:
            return as_is
        functions = functions_with_assertions(tree, self._aliases)
        if not functions or not functions.isdisjoint(self._called(trusted=True)):
            return as_is
        if functions.isdisjoint(self._called(trusted=False)) or any(_asserts(one) for one in tree.body):
            return as_is
        try:
            sliced = slice_cell(plain, self._context(number, cutting=False, drawing=False))
        except Exception:
            return as_is
        self._shared |= {one.name: replace(one, varying=True) for one in sliced.assertions}
        return sliced

    def _module(self, name: str, tree: ast.Module) -> Sliced:
        plain = self._assignment.files[name].decode("utf-8", "replace")
        as_is = Sliced(student=plain, expected=plain, assertions=())
        functions = functions_with_assertions(tree, self._aliases)
        if not functions or self._called(trusted=True) & (functions | {name.removesuffix(".py")}):
            return as_is
        try:
            context = self._context(-1, cutting=True, drawing=False)
            context = replace(context, later={*context.later, *bound(tree.body)})
            sliced = slice_cell(plain, context)
        except Exception:
            return as_is
        self._shared |= {one.name: replace(one, varying=True) for one in sliced.assertions}
        return sliced

    def _called(self, *, trusted: bool) -> set[str]:
        """Return the names that tests read which record, or those that do not."""
        found = set[str]()
        for piece in self._pieces:
            tree = self._trees.get(piece.name) if piece.kind == "test" else None
            if tree is not None and bool(self._treatment(piece).trusted) is trusted:
                found |= loads(tree)
        return found


def _asserts(statement: ast.stmt) -> bool:
    return not isinstance(statement, ast.FunctionDef | ast.ClassDef) and any(
        isinstance(one, ast.Assert) for one in ast.walk(statement)
    )


def _all_lines(source: str) -> frozenset[int]:
    return frozenset(range(1, source.count("\n") + 2))


def _modules(assignment: Assignment) -> list[tuple[str, ast.Module]]:
    """Return the modules beside a notebook that its cells import."""
    text = "\n".join(piece.source for piece in assignment.pieces if piece.kind in ("test", "given", "own"))
    found = []
    for name, data in assignment.files.items():
        stem = name.removesuffix(".py")
        if name.endswith(".py") and "/" not in name and stem in text:
            try:
                found.append((name, ast.parse(data.decode())))
            except (SyntaxError, ValueError):
                continue
    return found


def commented(text: str) -> str:
    """Return a text as comments."""
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())
