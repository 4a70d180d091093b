"""Takes arguments and columns of tables out of cells that nobody reads without expected sides."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.integrations.importers.taint import bound


@dataclass(frozen=True, slots=True)
class Unread:
    """What of the question's own code nobody reads.

    Attributes:
        parameters: by function, those of its parameters, each with its place.
        keys: the texts under which expected sides alone read something of a dictionary.
    """

    parameters: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    keys: Collection[str] = ()


NOTHING = Unread()


def unread(own: Sequence[ast.Module], answers: Sequence[ast.Module], whole: Sequence[ast.Module]) -> Unread:
    """Return what nobody reads in the question's own cells and modules; with expected sides they are
    ``whole``.

    What a function of the answers is given is never taken away: a student's may read what the solution's
    does not.
    """
    trees = [*own, *answers]
    theirs = {name for tree in answers for name in bound(tree.body)}
    functions = {
        one.name: one
        for tree in own
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and one.name not in theirs
    }
    unused = {
        name: {arg.arg: place for place, arg in enumerate([*one.args.posonlyargs, *one.args.args])}
        for name, one in functions.items()
    }
    size = -1
    while size != (size := sum(map(len, unused.values()))):
        values = {name for tree in trees for name in _reads(tree, unused)}
        for name, one in functions.items():
            read = {*_reads(one, unused), *(unused[name] if name in values else ())}
            unused[name] = {arg: place for arg, place in unused[name].items() if arg not in read}
    for tree in trees:
        prune(tree, Unread(unused))
    read, expected = ({text for tree in all for text in _texts(tree)} for all in (trees, whole))
    return Unread(unused, expected - read)


def _reads(node: ast.AST, unused: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield the names that are read, but for known functions that are called, and what they do not read."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    left_out = set(map(id, _left_out(node, unused)))
    known = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in unused
    if isinstance(node, ast.Call) and known and not _spreads(node):
        left_out.add(id(node.func))
    for child in ast.iter_child_nodes(node):
        if id(child) not in left_out:
            yield from _reads(child, unused)


def _left_out(node: ast.AST, unused: Mapping[str, Mapping[str, int]]) -> Iterator[ast.expr | ast.keyword]:
    """Yield the arguments of a call that the function does not read."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)) or _spreads(node):
        return
    here = unused.get(node.func.id, {})
    yield from (one for place, one in enumerate(node.args) if place in here.values())
    yield from (one for one in node.keywords if one.arg in here)


def _spreads(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Starred) for one in call.args) or any(k.arg is None for k in call.keywords)


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts that stand anywhere but as the keys of a dictionary."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node):
        yield from _texts(child)


def prune(tree: ast.Module, unread: Unread) -> None:
    """Put None in the place of what nobody reads."""
    for node in ast.walk(tree):
        gone = set(map(id, _left_out(node, unread.parameters)))
        if gone and isinstance(node, ast.Call):
            node.args = [ast.Constant(None) if id(one) in gone else one for one in node.args]
            for keyword in node.keywords:
                keyword.value = ast.Constant(None) if id(keyword) in gone else keyword.value
        rows = node.elts if isinstance(node, ast.List | ast.Tuple) else ()
        for row in rows:
            if isinstance(row, ast.Dict):
                row.values = [
                    ast.Constant(None)
                    if isinstance(key, ast.Constant) and key.value in unread.keys
                    else value
                    for key, value in zip(row.keys, row.values, strict=True)
                ]
