"""Cuts from a cell what nothing that is recorded needs: what only the expected side was for."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from typing import Any

from autograder.integrations.importers.forms import imported, is_constant, prints
from autograder.integrations.importers.taint import Function, Students, bound, loads, roots

OBSERVE = "_observe"
_FILLING = ("append", "extend", "add", "update", "insert")


def cut(
    body: Sequence[ast.stmt], students: Students, later: set[str], local: Collection[str]
) -> list[ast.stmt]:
    """Return the statements that are needed.

    Args:
        body: the cell's, without expected sides.
        students: the names that depend on the student's code; what does is never cut.
        later: names that other cells read.
        local: modules that lie beside the notebook; imports of others are never cut.
    """
    cutting = _Cutting(students, later, local)
    made = list(body)
    for _ in range(6):
        before = [ast.dump(one) for one in made]
        made = cutting.block(made, set(later))
        _prune_loops(made)
        if before == [ast.dump(one) for one in made]:
            break
    return made


class _Cutting:
    def __init__(self, students: Students, later: set[str], local: Collection[str]) -> None:
        self._students, self._later, self._local = students, later, local

    def block(self, body: Sequence[ast.stmt], needed: set[str]) -> list[ast.stmt]:
        """Return what is kept of a block; the names that it reads are added to ``needed``."""
        kept: list[ast.stmt] = []
        for statement in reversed(body):
            if self._removable(statement, needed):
                continue
            self._inside(statement, needed)
            needed |= loads(statement)
            kept.append(statement)
        return kept[::-1]

    def _inside(self, statement: ast.stmt, needed: set[str]) -> None:
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, None)
            if not (isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt)):
                continue
            if isinstance(statement, ast.ClassDef):
                continue  # who calls its methods is not known
            own = set(needed)
            if isinstance(statement, Function):
                own |= loads(statement)
            for _ in range(4 if isinstance(statement, ast.For | ast.While) else 2):
                made = self.block(inner, own)  # again for what an iteration needs of the one before
            setattr(statement, field, made or ([ast.Pass()] if field == "body" else []))
            needed |= own

    def _removable(self, statement: ast.stmt, needed: set[str]) -> bool:
        match statement:
            case ast.Pass():
                return False
            case ast.Import() | ast.ImportFrom():
                own = all(one.partition(".")[0] in self._local for one in imported(statement))
                return own and needed.isdisjoint(bound([statement]))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return statement.name not in needed
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return needed.isdisjoint(bound([statement])) and not self._students.depends(statement)
            case ast.Expr(value=value):
                filled = _filled(value)
                free = prints(statement) or (filled and filled not in needed)
                return is_constant(value) or bool(free and not self._students.depends(statement))
            case ast.If() | ast.For() | ast.While() | ast.With():
                if self._students.depends(statement) or "_observe" in loads(statement):
                    return False
                blocks = [*statement.body, *getattr(statement, "orelse", [])]
                return all(self._removable(one, needed) or isinstance(one, ast.Pass) for one in blocks)
        return False


def _filled(value: ast.expr) -> str:
    """Return the name of the list, set or dictionary that a call only fills; empty if it does not."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _FILLING:
            return name
    return ""


# -- loops over tables --------------------------------------------------------------------------------------


def _prune_loops(body: list[ast.stmt]) -> None:
    """Take out of the tables that loops go over the columns that nobody reads."""
    whole = ast.Module(body, [])
    for node in ast.walk(whole):
        if isinstance(node, ast.For):
            read = set().union(*map(loads, [*node.body, *node.orelse])) if node.body else set()
            _prune(node.target, node.iter, read, node, whole)


def _prune(target: ast.expr, table: ast.expr, read: set[str], loop: ast.For, whole: ast.Module) -> None:
    match table:
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]) if isinstance(target, ast.Tuple):
            _prune(target.elts[1], inner, read, loop, whole)
        case ast.Call(func=ast.Name(id="zip"), args=columns, keywords=_) if isinstance(target, ast.Tuple):
            if len(columns) == len(target.elts):
                kept = [n for n, one in enumerate(target.elts) if not read.isdisjoint(roots(one))] or [0]
                table.args = [columns[n] for n in kept]
                target.elts = [target.elts[n] for n in kept]
        case ast.Call(func=ast.Attribute(value=of, attr="items"), args=[]) if isinstance(target, ast.Tuple):
            literal = _literal(of, whole)
            if isinstance(literal, ast.Dict) and read.isdisjoint(roots(target.elts[1])):
                literal.values = [ast.Constant(None) for _ in literal.values]
        case _:
            literal = _literal(table, whole)
            if isinstance(literal, ast.List | ast.Tuple):
                _prune_rows(target, literal.elts, read, loop)


def _prune_rows(target: ast.expr, rows: list[ast.expr], read: set[str], loop: ast.For) -> None:
    if isinstance(target, ast.Tuple):
        for number, one in enumerate(target.elts):
            for row in rows:
                if (
                    read.isdisjoint(roots(one))
                    and isinstance(row, ast.Tuple | ast.List)
                    and number < len(row.elts)
                ):
                    row.elts[number] = ast.Constant(None)
    elif isinstance(target, ast.Name) and all(isinstance(row, ast.Dict) for row in rows):
        keys = _keys(target.id, loop)
        for row in rows if keys is not None else ():
            assert isinstance(row, ast.Dict)
            for number, key in enumerate(row.keys):
                if isinstance(key, ast.Constant) and key.value not in (keys or ()):
                    row.values[number] = ast.Constant(None)


def _keys(name: str, loop: ast.For) -> set[object] | None:
    """Return the keys under which a loop reads rows; None if it reads them in another way too."""
    keys, uses = set[object](), 0
    for node in (one for statement in loop.body for one in ast.walk(statement)):
        match node:
            case ast.Name(id=found) if found == name:
                uses += 1
            case ast.Subscript(value=ast.Name(id=found), slice=ast.Constant(value=key)) if found == name:
                keys.add(key)
                uses -= 1
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=found), attr="get"), args=[ast.Constant(value=key), *_]
            ) if found == name:
                keys.add(key)
                uses -= 1
    return keys if uses == 0 else None


def _literal(node: ast.expr, whole: ast.Module) -> ast.expr | None:
    """Return a table that is written out where it is used, or once above and used here alone."""
    if not isinstance(node, ast.Name):
        return node
    uses = [one for one in ast.walk(whole) if isinstance(one, ast.Name) and one.id == node.id]
    made = [
        one.value
        for one in ast.walk(whole)
        if isinstance(one, ast.Assign) and [ast.unparse(target) for target in one.targets] == [node.id]
    ]
    return made[0] if len(made) == 1 and len(uses) == 2 else None


# -- what is left out for somebody -----------------------------------------------------------------------


class Visible(ast.NodeTransformer):
    """Leaves out the statements that begin in hidden lines."""

    def __init__(self, hidden: Collection[int]) -> None:
        self._hidden = hidden

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.stmt) and node.lineno in self._hidden:
            return None
        made = super().visit(node)
        if getattr(made, "body", None) == [] and isinstance(made, ast.stmt):
            made.body = [ast.Pass()]  # type: ignore[attr-defined]
        return made


def without_expected(tree: ast.Module) -> ast.Module:
    """Return a cell that records, without the expected sides."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (OBSERVE, f"{OBSERVE}.raising"):
            node.keywords = []
        if isinstance(node, ast.ExceptHandler):  # what it prints compares with what is expected
            node.body = [ast.Pass() if prints(one) else one for one in node.body]
    return tree
