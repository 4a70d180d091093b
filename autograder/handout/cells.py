"""Makes the notebook of a question.

Every cell has ``metadata["autograder"] = {"kind", "question", "part", "names"}``: ``kind`` is ``title``,
``name``, ``imports``, ``statement``, ``data``, ``stub`` or ``check``; ``part`` is None in the first three;
``names`` has the name of the interface that a stub cell defines.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from typing import Any

from autograder.core.diagram import svg
from autograder.core.exam import Part
from autograder.core.text import (
    MINUTES,
    NAME_AND_NUMBER,
    NOTEBOOK_INTRODUCTION,
    POINTS,
    SET_UP,
    Language,
    Text,
)
from autograder.course.asked import names_by_part
from autograder.course.catalog import ExamEntry
from autograder.course.question import QuestionEntry
from autograder.course.template import preamble, said

Cell = Any  # nbformat's NotebookNode

CHECK_IMPORT = "from autograder import check"
BOTH: Sequence[Language] = ("ko", "en")
_OTTERS_IMPORT = "from autograder.integrations.otter import stand_in as otter"
_OTTER = re.compile(r"^import otter$", re.MULTILINE)
_DATA = re.compile(r"^```python data\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def notebook(entry: QuestionEntry, languages: Sequence[Language] = BOTH, wheel: str = "") -> Cell:
    """Return the notebook of a question, in nbformat 4.5.

    Args:
        entry: the question.
        languages: of what it says.
        wheel: the name of the engine's wheel in the release; without it ``check`` must be installed.

    Raises:
        CatalogError: the question cannot be loaded, or the source of a stub or probe is missing.
    """
    import nbformat

    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    cells = question_cells(entry, languages, wheel)
    made = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(made)
    return made


def question_cells(entry: QuestionEntry, languages: Sequence[Language] = BOTH, wheel: str = "") -> list[Cell]:
    """Return the cells of a question's notebook: heading, set-up, and for each part statement, stubs, check.

    A stub belongs to the first part whose probe uses it. A block of code that a statement marks as
    ``python data`` becomes a cell of its own.

    Raises:
        CatalogError: the question cannot be loaded, or the source of a stub or probe is missing.
    """
    question, sources = entry.question, entry.stubs
    cells = [
        _cell(entry, "title", _heading(entry, languages)),
        _cell(entry, "name", said(NAME_AND_NUMBER, languages, "\n\n")),
        _cell(entry, "imports", _set_up(entry, languages, wheel)),
    ]
    shares = names_by_part(entry)
    for number, part in enumerate(question.parts, start=1):
        cells += _statement(entry, part, number, languages)
        for name in shares[part.name]:
            cells.append(_cell(entry, "stub", sources[name], part=part.name, names=[name]))
        cells.append(_cell(entry, "check", check_call(entry, part, languages), part=part.name))
    return cells


def archive_name(exam: str) -> str:
    """Return the name of the ZIP file with all of a release, for upload to Google Colab."""
    return f"{exam}.zip"


def _heading(entry: QuestionEntry, languages: Sequence[Language]) -> str:
    """Return the title of the exam and of the question, with minutes and points, and what is to be done."""
    exam, question = ExamEntry(entry.course, entry.exam).exam, entry.question
    facts = [said(POINTS.format(points=question.points), languages, " / ")]
    if exam.minutes:
        facts.insert(0, said(MINUTES.format(minutes=exam.minutes), languages, " / "))
    introduction = NOTEBOOK_INTRODUCTION.format(question=entry.name)
    return "\n\n".join(
        [
            f"# {said(exam.title, languages, ' / ')}",
            f"## {said(question.title, languages, ' / ')}",
            " · ".join(facts),
            said(introduction, languages, "\n\n"),
        ]
    )


def _set_up(entry: QuestionEntry, languages: Sequence[Language], wheel: str) -> str:
    """Return the first cell: the imports, and ``check``, which is installed where it is not there."""
    return f"{preamble(entry)}\n\n{_installed(CHECK_IMPORT, entry.exam, languages, wheel)}"


def _installed(line: str, exam: str, languages: Sequence[Language], wheel: str) -> str:
    """Return an import, and the engine's installation where it is not there, if a wheel lies beside.

    On Google Colab the ZIP file of the release is unpacked, if it was uploaded.
    """
    if not wheel:
        return line
    archive = archive_name(exam)
    remark = said(SET_UP.format(archive=archive), languages, " / ")
    return f"""\
# {remark}
try:
    {line}
except ModuleNotFoundError:
    !unzip -qo {archive}
    %pip install --quiet ./{wheel}
    {line}"""


def imported_notebook(entry: QuestionEntry, languages: Sequence[Language], wheel: str) -> bytes:
    """Return an imported notebook as students get it: the checks of the release stand for otter there."""
    import nbformat

    data = entry.handout_path.read_bytes()
    made = nbformat.reads(data.decode("utf-8"), as_version=4)
    asking = [cell for cell in made.cells if cell.cell_type == "code" and _OTTER.search(cell.source)]
    with_checks = _installed(_OTTERS_IMPORT, entry.exam, languages, wheel)
    for cell in asking:
        cell.source = _OTTER.sub(lambda _: with_checks, cell.source)
    return f"{nbformat.writes(made)}\n".encode() if asking else data


def check_call(entry: QuestionEntry, part: Part, languages: Sequence[Language] = BOTH) -> str:
    """Return the source of the check cell of a part."""
    language = f', lang="{languages[0]}"' if len(languages) == 1 else ""
    return f'check("{part.name}", question="{entry.name}"{language})'


def _statement(
    entry: QuestionEntry, part: Part, number: int, languages: Sequence[Language]
) -> Iterator[Cell]:
    """Yield the cells with a part's statement, and the code in it that makes the data."""
    title = said(part.title, languages, " / ")
    heading = " ".join(filter(None, [f"### ({number})", title, f"`{part.name}` [{part.points:g}]"]))
    data = _DATA.findall(part.statement[languages[0]])
    plain = Text(*(_DATA.sub("", part.statement[language]).strip() for language in BOTH))
    texts = [heading, said(plain, languages, "\n\n---\n\n")]
    if part.diagram is not None:
        picture = base64.b64encode(svg(part.diagram).encode()).decode()
        texts.append(f"![{part.name}](data:image/svg+xml;base64,{picture})")
    yield _cell(entry, "statement", "\n\n".join(texts), part=part.name)
    if data:
        yield _cell(entry, "data", "\n\n".join(map(str.strip, data)), part=part.name)


def _cell(
    entry: QuestionEntry, kind: str, source: str, part: str | None = None, names: list[str] | None = None
) -> Cell:
    from nbformat.v4 import new_code_cell, new_markdown_cell

    make = new_markdown_cell if kind in ("title", "name", "statement") else new_code_cell
    about = {"kind": kind, "question": entry.id, "part": part, "names": names or []}
    name = "-".join([*filter(None, [part]), *(names or []), kind])[-64:]
    return make(source, id=name, metadata={"autograder": about})
