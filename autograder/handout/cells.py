"""Makes the notebook of a question.

Every cell has ``metadata["autograder"] = {"kind", "question", "part", "names"}``: ``kind`` is ``title``,
``imports``, ``statement``, ``stub`` or ``check``; ``part`` is None in the first two; ``names`` has the name
of the interface that a stub cell defines.
"""

from __future__ import annotations

import ast
import base64
from typing import Any

from autograder.core.diagram import svg
from autograder.core.exam import Part
from autograder.core.text import NOTEBOOK_INTRODUCTION
from autograder.course.question import QuestionEntry
from autograder.course.source import reachable_source
from autograder.course.template import both, preamble

Cell = Any  # nbformat's NotebookNode

CHECK_IMPORT = "from autograder import check"


def notebook(entry: QuestionEntry) -> Cell:
    """Return the notebook of a question, in nbformat 4.5.

    Raises:
        CatalogError: the question cannot be loaded, or the source of a stub or probe is missing.
    """
    import nbformat

    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    made = nbformat.v4.new_notebook(cells=question_cells(entry), metadata=metadata)
    nbformat.validate(made)
    return made


def question_cells(entry: QuestionEntry) -> list[Cell]:
    """Return the cells of a question's notebook: title, imports, and for each part statement, stubs, check.

    A stub belongs to the first part whose probe uses it.

    Raises:
        CatalogError: the question cannot be loaded, or the source of a stub or probe is missing.
    """
    question, sources = entry.question, entry.stubs
    title = f"# {both(question.title.ko, question.title.en, f'{chr(10) * 2}## ')}\n\n"
    introduction = NOTEBOOK_INTRODUCTION.format(question=entry.name)
    cells = [
        _cell(entry, "title", title + f"{introduction.ko}\n\n{introduction.en}"),
        _cell(entry, "imports", f"{preamble(entry)}\n\n{CHECK_IMPORT}"),
    ]
    shares = names_by_part(entry)
    for number, part in enumerate(question.parts, start=1):
        cells.append(_cell(entry, "statement", _statement(part, number), part=part.name))
        for name in shares[part.name]:
            cells.append(_cell(entry, "stub", sources[name], part=part.name, names=[name]))
        cells.append(_cell(entry, "check", check_call(entry, part), part=part.name))
    return cells


def check_call(entry: QuestionEntry, part: Part) -> str:
    """Return the source of the check cell of a part."""
    return f'check("{part.name}", question="{entry.name}")'


def names_by_part(entry: QuestionEntry) -> dict[str, list[str]]:
    """Return the names of the interface by the first part whose probe uses them, else by the first part."""
    question = entry.question
    shares: dict[str, list[str]] = {part.name: [] for part in question.parts}
    trees = {part.name: _observing(entry, part) for part in question.parts}
    for name in question.interface:
        users = [part.name for part in question.parts if name in _attributes(trees[part.name])]
        users += [part.name for part in question.parts if _mentions(trees[part.name], part, name)]
        shares[users[0] if users else question.parts[0].name].append(name)
    return shares


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


def _statement(part: Part, number: int) -> str:
    title = both(part.title.ko, part.title.en, " / ")
    heading = " ".join(filter(None, [f"### ({number})", title, f"`{part.name}` [{part.points:g}]"]))
    texts = [heading, both(part.statement.ko, part.statement.en, "\n\n---\n\n")]
    if part.diagram is not None:
        picture = base64.b64encode(svg(part.diagram).encode()).decode()
        texts.append(f"![{part.name}](data:image/svg+xml;base64,{picture})")
    return "\n\n".join(texts)


def _cell(
    entry: QuestionEntry, kind: str, source: str, part: str | None = None, names: list[str] | None = None
) -> Cell:
    from nbformat.v4 import new_code_cell, new_markdown_cell

    make = new_markdown_cell if kind in ("title", "statement") else new_code_cell
    about = {"kind": kind, "question": entry.id, "part": part, "names": names or []}
    name = "-".join([*filter(None, [part]), *(names or []), kind])[-64:]
    return make(source, id=name, metadata={"autograder": about})
