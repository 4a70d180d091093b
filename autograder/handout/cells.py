"""Makes the notebook of a question.

Every cell has ``metadata["autograder"] = {"kind", "question", "part", "names"}``: ``kind`` is ``title``,
``imports``, ``statement``, ``stub`` or ``check``; ``part`` is None in the first two; ``names`` has the name
of the interface that a stub cell defines.
"""

from __future__ import annotations

import base64
from typing import Any

from autograder.core.diagram import svg
from autograder.core.exam import Part
from autograder.core.text import NOTEBOOK_INTRODUCTION
from autograder.course.asked import names_by_part
from autograder.course.question import QuestionEntry
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
