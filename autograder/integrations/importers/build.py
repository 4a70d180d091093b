"""Makes the cells of a question of an assignment: in the sandbox's form, the solution's, and as they were."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count

from autograder.core.cells import APART, LAST, UNSEEDED, NamedCell
from autograder.core.text import EMPTY, Text
from autograder.integrations.importers import reasons
from autograder.integrations.importers.forms import Aliases, aliases_of, functions_with_assertions, imported
from autograder.integrations.importers.model import Assignment, Piece
from autograder.integrations.importers.pruning import NOTHING, unread
from autograder.integrations.importers.slicing import (
    Assertion,
    Context,
    Sliced,
    UnsuitableError,
    slice_cell,
)
from autograder.integrations.importers.taint import Function, Students, bound, loads
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
        reducing: whether values are so large that they are reduced in the sandbox.
    """

    cut: bool = True
    drawn: bool = True
    seeded: bool = True
    trusted: Text = EMPTY
    whole: frozenset[int] = frozenset()
    reducing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A question's cells.

    Attributes:
        student: for the sandbox.
        expected: with the expected sides.
        raw: the test cells as they were.
        shown: those that record, and all others as they were, without what students do not see.
        assertions: by test, those that stand in it.
        shared: those in functions that tests share, by name.
        trusted: by test, why it is run as it is.
        inside: by test, the functions that it calls and that judge in the sandbox.
        files, expected_files: the files beside it, in these forms.
    """

    student: Sequence[NamedCell]
    expected: Sequence[NamedCell]
    raw: Sequence[NamedCell]
    shown: Sequence[NamedCell]
    assertions: Mapping[str, Sequence[Assertion]]
    shared: Mapping[str, Assertion]
    trusted: Mapping[str, Text]
    inside: Mapping[str, Sequence[str]]
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
        known = [tree for tree in self._trees.values() if tree is not None]
        self._modules = _modules(assignment, known)
        self._aliases: Aliases = aliases_of([*self._modules.values(), *known])
        self._local = {name.removesuffix(".py").partition("/")[0] for name in assignment.files}
        self._students = Students(assignment.written)
        for _ in range(3):  # what functions get is then known
            for module in self._modules.values():
                self._students.apart().own(module)
            for piece in self._pieces:
                self._advance(self._students, piece)
        own = [
            self._trees[one.name] for one in self._pieces if one.kind not in ("answer", "essay") and one.code
        ]
        own += self._modules.values()
        self._functions = {
            one.name: one for tree in own if tree for one in tree.body if isinstance(one, Function)
        }
        asserting = {name for tree in own if tree for name in functions_with_assertions(tree, self._aliases)}
        self._judging = {
            name
            for name, one in self._functions.items()
            if self._reading(one) & asserting or name in asserting
        }
        self._own_judges = {  # functions in cells that students may change
            name
            for piece in self._pieces
            if piece.kind == "own" and (tree := self._trees[piece.name]) is not None
            for name in functions_with_assertions(tree, self._aliases)
        }
        self._unread = NOTHING
        first = self.made()
        answers = [tree for one in self._pieces if one.kind == "answer" and (tree := self._trees[one.name])]
        mine = self._syntax(first.student, first.files)
        whole = self._syntax(first.expected, first.expected_files)
        self._unread = unread(mine, answers, whole)

    def _syntax(self, cells: Sequence[NamedCell], files: Mapping[str, bytes]) -> list[ast.Module]:
        """Return the syntax of cells and modules, as far as it is Python's."""
        found = []
        for source in (*(one.source for one in cells), *(files[name].decode() for name in self._modules)):
            with suppress(SyntaxError, ValueError):
                found.append(ast.parse(source))
        return found

    def _advance(self, students: Students, piece: Piece) -> None:
        tree = self._trees.get(piece.name)
        if tree is None:
            return
        if piece.kind in ("answer", "essay"):
            students.answer(tree)
        else:
            students.own(tree)

    def made(self) -> Made:
        self._numbering, self._shared = count(1), dict[str, Assertion]()
        self._inside = set(self._own_judges)
        self._students.names.clear()
        self._assertions, self._trusted = dict[str, Sequence[Assertion]](), dict[str, Text]()
        modules = {
            name: self._helper(self._assignment.files[name].decode(), tree)
            for name, tree in self._modules.items()
        }
        cells = [self._forms(number, piece) for number, piece in enumerate(self._pieces)]
        files = {**self._assignment.files, **{name: one.student.encode() for name, one in modules.items()}}
        return Made(
            student=[one for one, _, _, _ in cells],
            expected=[one for _, one, _, _ in cells],
            raw=[one for _, _, one, _ in cells],
            shown=[one for _, _, _, one in cells],
            assertions=self._assertions,
            shared=self._shared,
            trusted=self._trusted,
            inside=self._judged_inside(),
            files=files,
            expected_files={
                **{name: one.expected.encode() for name, one in modules.items()},
                **self._assignment.secrets,
            },
        )

    def _forms(self, number: int, piece: Piece) -> tuple[NamedCell, NamedCell, NamedCell, NamedCell]:
        """Return a cell in the student's form, the solution's, as it was, and as students see it."""
        self._advance(self._students, piece)
        plain = shown = self._plain(piece)
        made: Sliced | None = None
        if piece.kind == "given":
            made = self._helper(plain.source, self._trees[piece.name], number)
        elif piece.kind == "test":
            made, why = self._test(piece, number)
            self._assertions[piece.name] = made.assertions if made else ()
            self._trusted |= {piece.name: why} if why else {}
            shown = replace(plain, source=self._shown(piece, made))
        if made is None:
            return plain, plain, plain, shown
        return replace(plain, source=made.student), replace(plain, source=made.expected), plain, shown

    def _judged_inside(self) -> dict[str, list[str]]:
        """Return by test the functions that it calls and that judge in the sandbox."""
        return {
            piece.name: sorted(self._reading(tree) & self._inside)
            for piece in self._pieces
            if piece.kind == "test" and (tree := self._trees[piece.name]) is not None
        }

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
        trees = (self._trees.get(piece.name) for piece in self._pieces[number + 1 :])
        return Context(
            students=self._students,
            aliases=self._aliases,
            numbering=self._numbering,
            later=set[str]().union(*(loads(tree) for tree in trees if tree)),
            local=self._local,
            cutting=cutting,
            drawing=drawing,
            unread=self._unread,
        )

    def _test(self, piece: Piece, number: int) -> tuple[Sliced | None, Text]:
        treatment = self._treatment(piece)
        if treatment.trusted:
            return None, treatment.trusted
        if self._trees[piece.name] is None:
            return None, reasons.UNREAD
        context = self._context(number, cutting=treatment.cut, drawing=treatment.drawn)
        context = replace(context, whole=treatment.whole, reducing=treatment.reducing)
        try:
            return slice_cell(transformed(piece.source), context, _hidden(piece)), EMPTY
        except UnsuitableError as error:
            return None, error.text
        except Exception as error:  # a form that nobody has thought of costs no more than its own cell
            return None, reasons.NOT_TAKEN_APART.format(error=f"{type(error).__name__}: {error}")

    def _shown(self, piece: Piece, made: Sliced | None) -> str:
        """Return a test cell as students check themselves with it; empty if they see nothing of it, or cannot
        run it, as it needs a file that they do not get."""
        source = transformed(piece.source)
        if any(name in source for name in self._assignment.secrets):
            return ""
        if made is not None:
            return made.shown
        hidden = _hidden(piece)
        lines = enumerate(source.split("\n"), start=1)
        visible = "\n".join(line for number, line in lines if number not in hidden)
        return visible if parsed(replace(piece, source=visible)) is not None else ""

    def _helper(self, source: str, tree: ast.Module | None, number: int = -1) -> Sliced:
        """Return a locked cell, or by default a module, in which functions that tests call record."""
        as_is = Sliced(student=source, expected=source, assertions=())
        own = {one.name for one in tree.body if isinstance(one, Function)} & self._judging if tree else set()
        if tree is None or not own & self._reached(trusted=False):
            return as_is
        module = number < 0
        try:
            if own & self._reached(trusted=True) or any(map(_asserts, tree.body)):
                raise UnsuitableError(reasons.CALLED_AS_IT_IS)
            context = self._context(number, cutting=module, drawing=False)
            if module:
                later = {*context.later, *bound(tree.body)}
                context = replace(context, students=self._students.apart(), later=later)
            sliced = slice_cell(source, context)
        except Exception:  # a form that nobody has thought of judges in the sandbox, and that is said
            self._inside |= functions_with_assertions(tree, self._aliases)
            return as_is
        self._shared |= {one.name: replace(one, varying=True) for one in sliced.assertions}
        return sliced

    def _reached(self, *, trusted: bool) -> set[str]:
        """Return what tests read, and functions that they call: tests that record, or others."""
        found = set[str]()
        for piece in self._pieces:
            tree = self._trees.get(piece.name) if piece.kind == "test" else None
            if tree is not None and bool(self._treatment(piece).trusted) is trusted:
                found |= self._reading(tree)
        return found

    def _reading(self, tree: ast.AST) -> set[str]:
        """Return the names that a cell reads, and the functions that it calls."""
        found, todo = set[str](), [tree]
        while todo:
            node = todo.pop()
            more = {*loads(node), *self._of_modules(node)} - found
            found |= more
            todo += [self._functions[name] for name in more & self._functions.keys()]
        return found

    def _of_modules(self, tree: ast.AST) -> Iterator[str]:
        """Yield the functions of modules beside the notebook that are called by the module's name."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                module, _, name = self._aliases.full(node).rpartition(".")
                if f"{module}.py" in self._modules:
                    yield name


def _hidden(piece: Piece) -> Collection[int]:
    """Return the numbers of the lines that students do not see of a test, its magics as calls."""
    lines = transformed(piece.source).rstrip().count("\n") + 1
    moved = lines != piece.source.rstrip().count("\n") + 1
    return range(1, lines + 2) if piece.hidden and moved else piece.hidden


def _asserts(statement: ast.stmt) -> bool:
    return not isinstance(statement, ast.FunctionDef | ast.ClassDef) and any(
        isinstance(one, ast.Assert) for one in ast.walk(statement)
    )


def _modules(assignment: Assignment, cells: Sequence[ast.Module]) -> dict[str, ast.Module]:
    """Return the modules beside a notebook that its cells import, and those that these import."""
    found: dict[str, ast.Module] = {}
    todo = list(cells)
    while todo:
        for name in imported(todo.pop()):
            data = assignment.files.get(f"{name}.py")
            if data is not None and f"{name}.py" not in found:
                with suppress(SyntaxError, ValueError):
                    found[f"{name}.py"] = ast.parse(data.decode())
                    todo.append(found[f"{name}.py"])
    return found


def commented(text: str) -> str:
    """Return a text as comments."""
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def judging(functions: Sequence[str]) -> Text:
    """Say that functions judge in the sandbox; empty if there are none."""
    names = ", ".join(f"{name}()" for name in functions)
    return reasons.JUDGES_INSIDE.format(names=names) if names else EMPTY
