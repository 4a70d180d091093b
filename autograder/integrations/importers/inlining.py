"""Writes what a test cell compares in a variable where that is asked for, so that it is compared outside."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from autograder.integrations.importers.forms import Aliases, Filled, prints, says_or_counts
from autograder.integrations.importers.predicate import Sides, take_apart
from autograder.integrations.importers.taint import Students, bound, loads


class Inlining:
    """Knows how often each name of a cell is bound and read.

    Attributes:
        inside: the names of what is compared in the sandbox nevertheless, as something else reads it, too.
    """

    def __init__(
        self, tree: ast.Module, students: Students, aliases: Aliases, later: Collection[str]
    ) -> None:
        self._students, self._aliases, self._later = students, aliases, later
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        self._bound = Counter(node.id for node in names if isinstance(node.ctx, ast.Store))
        self._read = Counter(node.id for node in names if isinstance(node.ctx, ast.Load))
        self._places = {
            (node.lineno, node.col_offset): node for node in ast.walk(tree) if isinstance(node, ast.stmt)
        }
        self.inside: set[str] = set()

    def said(self, statement: ast.stmt) -> str:
        """Return a statement's first line as it stood in the cell."""
        as_it_was = self._places.get((statement.lineno, statement.col_offset), statement)
        return ast.unparse(as_it_was).partition("\n")[0]

    def block(self, body: Sequence[ast.stmt], names: set[str]) -> list[ast.stmt]:
        """Return a block's statements; ``names``, which depend on the student's code, may become more."""
        made, rest = list[ast.stmt](), [*body]
        while rest:
            statement = rest.pop(0)
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if sides := self._of(value, names):
                    calls = [one for one in sides.student if not isinstance(one, ast.Name)]
                    held = {f"_{name}_{number}": one for number, one in enumerate(calls)}
                    filled = self._filled(name, _Held(held).visit(copy.deepcopy(value)), rest)
                    if filled is None or sides.helper:
                        self.inside.add(name)
                        made.append(statement)
                    else:
                        names.update(held)
                        for one, of in held.items():  # is called once, and where it was
                            kept = ast.Assign([ast.Name(one, ast.Store())], of)
                            made.append(ast.copy_location(kept, statement))
                        rest = filled
                case _:
                    self.inside |= self._gathered(statement, names)
                    made.append(statement)
        return made

    def _gathered(self, statement: ast.stmt, names: set[str]) -> set[str]:
        """Return the names in which a statement gathers what it compares."""
        match statement:
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                return {name} if self._of(value, names) else set()
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value])
            ):
                return {name} if self._of(value, names) else set()
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                each = [one for one in ast.walk(value) if isinstance(one, ast.ListComp | ast.GeneratorExp)]
                return {name} if any(self._of(one.elt, names) for one in each) else set()
        return set()

    def _of(self, value: ast.expr, names: set[str]) -> Sides | None:
        """Return the sides of a value that compares what is the student's with what is not."""
        if not self._students.depends(value, names):
            return None
        sides = take_apart(value, self._students, names, self._aliases)
        compares = any(
            isinstance(one, ast.Compare | ast.Call)
            or (isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub))
            for one in ast.walk(ast.parse(sides.text))
        )
        return sides if compares or sides.helper else None

    def _filled(self, name: str, value: ast.expr, rest: Sequence[ast.stmt]) -> list[ast.stmt] | None:
        """Return the statements below with a value in the place of its name; None where that may not be."""
        uses = [number for number, one in enumerate(rest) if name in loads(one)]
        reads = [x for one in rest for x in ast.walk(one) if isinstance(x, ast.Name) and x.id == name]
        if not uses or self._bound[name] != 1 or name in self._later or len(reads) != self._read[name]:
            return None
        upto = rest[: uses[-1] + 1]
        if any(not loads(value).isdisjoint(bound([one])) for one in upto):
            return None
        if not all(self._may_ask(rest[number]) for number in uses):
            return None
        kept = [one for one in upto if not (prints(one) and name in loads(one))]
        filled = [
            Filled({name: value}).visit(copy.deepcopy(one)) if name in loads(one) else one for one in kept
        ]
        return [*filled, *rest[len(upto) :]]

    def _may_ask(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Assert() | ast.Assign(targets=[ast.Name()]):
                return True
            case ast.Expr(value=ast.Call() as call):
                return prints(statement) or self._aliases.statement(call) is not None
            case ast.If(body=[*says, ast.Raise()], orelse=[]):
                return all(map(says_or_counts, says))
        return False


class _Held(ast.NodeTransformer):
    """Puts names in the place of expressions."""

    def __init__(self, held: dict[str, ast.expr]) -> None:
        self._names = {ast.dump(of): name for name, of in held.items()}

    def visit(self, node: ast.AST) -> Any:
        if (name := self._names.get(ast.dump(node))) is not None:
            return ast.Name(name, ast.Load())
        return self.generic_visit(node)
