"""Mutants: a program with one small slip, made from its syntax; every other byte stays as it was."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course.slips import SLIPS, Edit, Written

_UNTOUCHED = ast.Import | ast.ImportFrom | ast.JoinedStr | ast.arg


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A program with one slip.

    Attributes:
        number: its place among the program's mutants, from 1.
        line: where the slip is, from 1.
        before: the lines that it changes, stripped.
        after: the same lines with the slip.
        inside: the name that the top-level statement defines where the slip is; empty if it defines none.
        source: the program with the slip.
    """

    number: int
    line: int
    before: str
    after: str
    inside: str
    source: str

    def edit(self, original: str) -> tuple[str, str]:
        """Return the old text, which stands in ``original`` exactly once, and the new one."""
        old, new = (text.encode().splitlines(keepends=True) for text in (original, self.source))
        first, last = self.line - 1, self.line + self.before.count("\n")
        while original.encode().count(b"".join(old[first:last])) != 1:
            first, last = max(first - 1, 0), min(last + 1, len(old))
        after = new[first : last + len(new) - len(old)]
        return b"".join(old[first:last]).decode(), b"".join(after).decode()


def mutants(source: str) -> list[Mutant]:
    """Return the mutants of a program, from its beginning to its end.

    Docstrings, annotations, imports and f-strings are left alone. No two are the same; each parses.

    Raises:
        SyntaxError: the program does not parse.
    """
    tree, text = ast.parse(source), Written(source)
    known, found = {ast.dump(tree)}, list[Mutant]()
    edits = {edit: inside for statement in tree.body for edit, inside in _edits(statement, text)}
    for edit in sorted(edits):
        changed = text.changed(edit)
        try:
            meaning = ast.dump(ast.parse(changed))
        except SyntaxError:
            continue
        if meaning not in known:
            known.add(meaning)
            line, before, after = text.lines(edit)
            found.append(
                Mutant(
                    number=len(found) + 1,
                    line=line,
                    before=before,
                    after=after,
                    inside=edits[edit],
                    source=changed,
                )
            )
    return found


def _edits(statement: ast.stmt, text: Written) -> Iterator[tuple[Edit, str]]:
    """Yield the slips in a top-level statement, with the name that it defines."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    inside = getattr(statement, "name", names[0] if names else "")
    for node in _nodes(statement):
        for slip in SLIPS:
            for edit in slip(node, text):
                yield edit, inside


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and those below it, without imports, annotations and f-strings."""
    if isinstance(node, _UNTOUCHED):
        return
    yield node
    annotations = {id(getattr(node, name, None)) for name in ("annotation", "returns")}
    for child in ast.iter_child_nodes(node):
        if id(child) not in annotations:
            yield from _nodes(child)
