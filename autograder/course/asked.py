"""Which names of the interface each part asks for."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache

from autograder.core.exam import Part
from autograder.course.question import QuestionEntry
from autograder.course.source import reachable_source


def names_by_part(entry: QuestionEntry) -> dict[str, list[str]]:
    """Return the names of the interface by the first part whose probe uses them, else by the first part."""
    question, used = entry.question, names_used(entry)
    shares: dict[str, list[str]] = {part.name: [] for part in question.parts}
    for name in question.interface:
        users = [part for part, names in used.items() if name in names]
        shares[users[0] if users else question.parts[0].name].append(name)
    return shares


@lru_cache(maxsize=64)  # every page of a class asks for the same
def names_in_order(entry: QuestionEntry) -> Mapping[str, Sequence[str]]:
    """Return the names that each part uses, those first that no earlier part uses."""
    own, used = names_by_part(entry), names_used(entry)
    return {part: list(dict.fromkeys([*own[part], *used[part]])) for part in used}


def names_used(entry: QuestionEntry) -> dict[str, list[str]]:
    """Return the names of the interface that each part's probe uses, in the order of the interface.

    Raises:
        CatalogError: the question cannot be loaded, or the source of a probe is missing.
    """
    found: dict[str, list[str]] = {}
    for part in entry.question.parts:
        tree = _observing(entry, part)
        attributes = _attributes(tree)
        found[part.name] = [
            name for name in entry.question.interface if name in attributes or _mentions(tree, part, name)
        ]
    return found


def _observing(entry: QuestionEntry, part: Part) -> ast.AST:
    """Return the syntax of a part's probe and all it uses; of calls, ``student.name`` for each name."""
    if part.probe:
        return ast.parse(reachable_source(entry.probe_source, {part.probe}))
    used = [f"student.{name}" for call in part.parsed_calls for name in call.names]
    return ast.parse("\n".join(used))


def _attributes(tree: ast.AST) -> set[str]:
    """Return the names that a probe and its helpers use as ``student.name``."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "student"
    }


def _mentions(tree: ast.AST, part: Part, name: str) -> bool:
    """Return whether a probe has the name as a string, or as a string followed by a setting."""
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    endings = ["", *map(str, part.settings.values())]
    return any(text + ending == name for text in constants if isinstance(text, str) for ending in endings)
