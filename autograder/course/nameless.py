"""Takes out of a student's code what the interface does not need, and every name of a person."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping, Set
from typing import TypeVar

from autograder.course.source import defines, needed_names

_SOMEBODY = "student"
_PIECE = re.compile(r"\d{5,}|[^\W\d_]+")  # of a name: a student number, or letters
_LETTERS = 4  # an ASCII word of a name has at least these, for shorter ones mean something else too
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Node = TypeVar("_Node", bound=ast.AST)


def nameless(source: str, interface: Collection[str], people: Iterable[str]) -> str:
    """Return the code that these names need, without comments, docstrings and names of people.

    What only prints, tries something out or belongs to no name of the interface is left out; calls of
    libraries at the top level stay, because they may set something, a seed say.

    Args:
        source: a student's module; notebooks as the Python text that was run.
        interface: the names that students define.
        people: the names of a class, as folders have them.

    Raises:
        SyntaxError: the source does not parse.
    """
    body = ast.parse(source).body
    needed = set[str]().union(*(needed_names(source, name) for name in interface))
    imported = {name for node in body if _is_import(node) for name in defines(node)}
    kept = [node for node in body if _is_kept(node, needed - imported, imported)]
    used = {"*"} | {one.id for node in kept for one in ast.walk(node) if isinstance(one, ast.Name)}
    kept = [node for node in kept if not _is_import(node) or _is_future(node) or used & set(defines(node))]
    tree = ast.Module(body=[_without_docstrings(node) for node in kept], type_ignores=[])
    renamed = _Renaming(tree, interface, _pieces(people)).visit(tree)
    return ast.unparse(ast.fix_missing_locations(renamed)) + "\n"


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_kept(node: ast.stmt, own: Set[str], imported: Set[str]) -> bool:
    """Return whether a statement is an import, defines what is needed, changes it, or calls a library."""
    if _is_import(node):
        return True
    if isinstance(node, ast.Expr):
        root: ast.expr | None = node.value if isinstance(node.value, ast.Call) else None
        method = isinstance(root, ast.Call) and not isinstance(root.func, ast.Name)
        while isinstance(root, ast.Attribute | ast.Call | ast.Subscript):
            root = root.func if isinstance(root, ast.Call) else root.value
        return isinstance(root, ast.Name) and root.id in (imported | own if method else imported)
    if isinstance(node, _Definition | ast.Assign | ast.AnnAssign):
        names = defines(node) or [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
        return not own.isdisjoint(names)
    if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
        return False
    return not own.isdisjoint(one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def _without_docstrings(node: _Node) -> _Node:
    for one in ast.walk(node):
        if isinstance(one, _Definition) and ast.get_docstring(one, clean=False) is not None:
            one.body = one.body[1:] or [ast.Pass()]
    return node


def _pieces(people: Iterable[str]) -> frozenset[str]:
    """Return what tells who somebody is: student numbers, and words that are not too short to be a name."""
    found = {name.casefold() for name in people if len(name) >= _LETTERS}
    for name in people:
        found |= {
            piece.casefold()
            for piece in _PIECE.findall(name)
            if len(piece) >= (_LETTERS if piece.isascii() else 2)
        }
    return frozenset(found)


class _Renaming(ast.NodeTransformer):
    """Replaces names of people in texts and in what the module itself calls so."""

    def __init__(self, tree: ast.Module, interface: Collection[str], pieces: frozenset[str]) -> None:
        self._pieces = pieces
        longest = sorted(map(re.escape, pieces), key=len, reverse=True)
        self._said = re.compile("|".join(longest), re.IGNORECASE) if longest else None
        self._names: Mapping[str, str] = {
            name: new
            for name in _bound(tree) - set(interface)
            if (new := self._renamed(name)) != name and new.isidentifier()
        }

    def _renamed(self, name: str) -> str:
        segments = (_SOMEBODY if one.casefold() in self._pieces else one for one in name.split("_"))
        return "_".join(segments)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field, value in ast.iter_fields(node):
            if field in ("id", "name", "arg", "attr") and isinstance(value, str):
                setattr(node, field, self._names.get(value, value))
            elif field == "names" and isinstance(node, ast.Global | ast.Nonlocal):
                node.names = [self._names.get(one, one) for one in node.names]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and self._said:
            node.value = self._said.sub(_SOMEBODY, node.value)
        return node


def _bound(tree: ast.AST) -> set[str]:
    """Return the names that a module binds itself, attributes included."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, _Definition):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found
