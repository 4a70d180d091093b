"""Fills a released notebook or template with a solution, cell by cell, as a student would."""

from __future__ import annotations

import ast
from copy import deepcopy

from autograder.course.source import defines


def pieces(source: str) -> list[tuple[set[str], str]]:
    """The top-level statements of a module: the names each binds, and its text."""
    lines = source.splitlines()
    found = []
    for node in ast.parse(source).body:
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        found.append((set(defines(node)), "\n".join(lines[first - 1 : node.end_lineno])))
    return found


def filled_notebook(notebook, source):
    """The notebook with the solution's definitions in the stub cells, and all else beside the imports."""
    made = deepcopy(notebook)
    stubs = {name for cell in made.cells for name in cell.metadata.autograder.names}
    rest = [text for names, text in pieces(source) if not names & stubs]
    for cell in made.cells:
        about = cell.metadata.autograder
        if about.kind == "imports":
            cell.source += "\n" + "\n\n".join(text for text in rest if "__future__" not in text)
        elif about.kind == "stub":
            cell.source = "\n\n".join(text for names, text in pieces(source) if names & set(about.names))
    return made


def filled_template(template, source):
    """The module with the stubs replaced by the solution's definitions, and all else before them."""
    solution = pieces(source)
    defined = set().union(*(names for names, _ in solution))
    kept = [text for names, text in pieces(template) if not names & defined]
    return "\n\n\n".join([*kept, *(text for _, text in solution if "__future__" not in text)]) + "\n"
