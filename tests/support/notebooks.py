"""What students do to a released notebook or template: they fill it with a solution, and mistreat it."""

from __future__ import annotations

import ast
from copy import deepcopy

import nbformat

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


def mistreated(made):
    """The bytes of a notebook after what students do to it, by what that is."""

    def changed(edit):
        copy = deepcopy(made)
        edit(copy)
        return nbformat.writes(copy).encode()

    def drop(copy):
        copy.cells = [cell for cell in copy.cells if cell.metadata.autograder.kind != "check"]

    def double(copy):
        for cell in [deepcopy(cell) for cell in copy.cells if "check(" in cell.source]:
            cell.id += "-2"
            copy.cells.append(cell)

    def strip(copy):
        for cell in copy.cells:
            cell.metadata = nbformat.NotebookNode()

    def rename(copy):
        copy.metadata.kernelspec = {"name": "my-conda", "display_name": "Conda 한글", "language": "python"}

    def print_much(copy):
        output = nbformat.v4.new_output("stream", text="x" * (50 << 20))
        next(cell for cell in copy.cells if cell.cell_type == "code").outputs.append(output)

    plain = nbformat.writes(made)
    old = nbformat.v4.downgrade(deepcopy(made))
    return {
        "deleted_checks": changed(drop),
        "doubled_checks": changed(double),
        "no_metadata": changed(strip),
        "other_kernel": changed(rename),
        "much_output": changed(print_much),
        "nbformat_3": nbformat.v3.writes_json(nbformat.convert(old, 3)).encode(),
        "windows": plain.replace("\n", "\r\n").encode(),
        "windows_cells": plain.replace("\\n", "\\r\\n").encode(),
        "byte_order_mark": b"\xef\xbb\xbf" + plain.encode(),
        "cut_off": plain.encode()[:-200],
    }
