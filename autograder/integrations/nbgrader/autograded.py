"""Writes the notebooks for formgrader: the student's cells, with verdicts under the graded ones."""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.core.outcome import Attempt
from autograder.core.text import Language
from autograder.core.verdict import Verdict
from autograder.course.catalog import ExamEntry
from autograder.course.question import QuestionEntry
from autograder.course.submission import MAX_NOTEBOOK
from autograder.course.timestamps import TIMESTAMP
from autograder.integrations.nbgrader.cells import notebook_name, source_notebook, without_hidden_tests
from autograder.records.files import write_whole
from autograder.records.results import ClassResults
from autograder.records.run_folder import Run
from autograder.reports.material import Material, figures
from autograder.reports.plain import plain_lines
from autograder.sandbox.processes import Allowed, Processes, Steps

Cell = Any  # nbformat's NotebookNode
# A notebook of more cells or characters is shown as the source that was run.
_MAX_CELLS, _MAX_CHARACTERS = 2_000, 1 << 20
_ALLOWED = Allowed(seconds=2.0, more=0.5, memory_mb=256)  # for reading one


def write_autograded(
    run: Run, results: ClassResults, exam: ExamEntry, directory: Any, language: Language
) -> list[Path]:
    """Write ``autograded/<student>/<exam>/<question>.ipynb`` for every result, and return the paths.

    No student code is run. Outputs in submitted notebooks are dropped, because they could hold scripts.

    Args:
        run: has the submitted source where there is no submitted notebook.
        exam: the exam of the results.
        directory: nbgrader's CourseDirectory.
        language: the language of the findings.

    Raises:
        CatalogError: a question or its solution is wrong.
        RunError: a file cannot be written.
    """
    import nbformat

    _, submissions = run.recorded() or (None, ())
    material = Material(run=run, submissions=submissions)
    entries = {entry.name: entry for entry in exam.questions}
    masters = {name: _graded_cells(entry) for name, entry in entries.items()}
    files: dict[Path, None] = {}
    with Processes(_read, 1, _ALLOWED) as readers:
        for result in results:
            student, question = result.student, result.question
            name = f"{notebook_name(entries[question])}.ipynb"
            submitted = _folder(directory, directory.submitted_directory, student, exam) / name
            attempt = material.attempt(student, question)
            answer = _answer(readers, submitted, attempt.source if attempt else "")
            cells = _with_masters(answer, masters[question])
            verdicts = {verdict.part: verdict for verdict in result.verdicts}
            for cell in cells:
                _show_verdict(cell, verdicts, attempt, language)
            made = nbformat.v4.new_notebook(cells=cells, metadata=_METADATA)
            nbformat.validate(made)
            folder = _folder(directory, directory.autograded_directory, student, exam)
            written = {name: nbformat.writes(made), **_timestamp(results.header.submitted.get(student))}
            for file, text in written.items():
                write_whole(folder / file, text.encode("utf-8", "replace"))
                files[folder / file] = None
    return list(files)


def _read(path: Path, steps: Steps) -> list[tuple[str, str, str]]:
    """Return the type, the text and the claimed id of each cell of a submitted notebook.

    Raises:
        Exception: it is no ordinary notebook within the limits.
    """
    folder = os.path.realpath(path.parents[2])
    if os.path.realpath(path) != os.path.join(folder, *path.parts[-3:]):
        raise ValueError("a link could show any file of the instructor's")
    if not path.is_file() or path.stat().st_size > MAX_NOTEBOOK:
        raise ValueError("not a file, or too large")
    with steps.step(str(path)):
        found = json.loads(path.read_bytes())["cells"][: _MAX_CELLS + 1]
        cells = [(str(one["cell_type"]), "".join(one["source"]), _claimed_id(one)) for one in found]
        if len(cells) > _MAX_CELLS or sum(len(text) for _, text, _ in cells) > _MAX_CHARACTERS:
            raise ValueError("more than anybody looks through")
        return cells


def _timestamp(moment: str | None) -> dict[str, str]:
    """Return the file that says when work was handed in, if that is known."""
    return {TIMESTAMP: f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M:%S.%f} UTC\n"} if moment else {}


_METADATA = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}


def _folder(directory: Any, step: str, student: str, exam: ExamEntry) -> Path:
    return Path(directory.format_path(step, student, exam.name))


def _answer(readers: Processes[Path, list[tuple[str, str, str]]], submitted: Path, source: str) -> list[Cell]:
    """Return the cells of a submitted notebook without outputs, or the source if it is not a notebook.

    Markdown is shown verbatim: in formgrader a script would have the rights of the instructor.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell

    def make(kind: str, source: str, **about: Any) -> Cell:
        code = kind == "code"
        return new_code_cell(source, **about) if code else new_markdown_cell(_verbatim(source), **about)

    try:
        return [
            make(kind, text, metadata={"nbgrader": {"grade_id": claimed}}, id=f"answer-{index}")
            for index, (kind, text, claimed) in enumerate(readers.do(submitted))
        ]
    except Exception:  # a malformed file raises anything; the source is shown instead
        return [new_code_cell(source, id="answer-0", metadata={"nbgrader": {"grade_id": ""}})]


def _verbatim(source: str) -> str:
    """Return Markdown that shows a text verbatim."""
    fence = "`" * (2 + max(map(len, re.findall("`+", source)), default=1))
    return f"{fence}\n{source}\n{fence}"


def _claimed_id(cell: Mapping[str, Any]) -> str:
    about = cell["metadata"].get("nbgrader")
    return str(about.get("grade_id", "")) if isinstance(about, dict) else ""


def _graded_cells(entry: QuestionEntry) -> dict[str, Cell]:
    """Return the exam's graded cells and solution cells, by their id."""
    own = [cell for cell in source_notebook(entry).cells if "nbgrader" in cell.metadata]
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in own}
    for cell in cells.values():
        cell.source = without_hidden_tests(cell.source)
    return cells


def _with_masters(answer: Sequence[Cell], masters: Mapping[str, Cell]) -> list[Cell]:
    """Replace locked cells by the exam's own, and add graded cells that are missing.

    A cell with an unknown or repeated id is an ordinary cell.
    """
    cells, left = [], dict(masters)
    for cell in answer:
        master = left.pop(cell.metadata.nbgrader.grade_id, None)
        if master is None or master.cell_type != cell.cell_type:
            del cell.metadata["nbgrader"]
            cells.append(cell)
        elif master.metadata.nbgrader.locked:
            cells.append(_copy(master))
        else:
            cell.metadata["nbgrader"] = master.metadata.nbgrader
            cells.append(cell)
    gone = [master for master in left.values() if "points" in master.metadata.nbgrader]
    return [*cells, *(_copy(master) for master in gone)]


def _copy(cell: Cell) -> Cell:
    import nbformat

    return nbformat.from_dict(json.loads(json.dumps(cell)))


def _show_verdict(
    cell: Cell, verdicts: Mapping[str, Verdict], attempt: Attempt | None, language: Language
) -> None:
    about = cell.metadata.get("autograder", {})
    verdict = verdicts.get(about.get("part", ""))
    if about.get("kind") == "check" and verdict is not None:
        shown = figures(attempt, verdict.part) if attempt else {}
        cell["outputs"] = list(_outputs(verdict, shown, language))


def _outputs(verdict: Verdict, shown: Mapping[str, bytes], language: Language) -> Iterator[Cell]:
    from nbformat.v4 import new_output

    yield new_output("stream", name="stdout", text="\n".join(plain_lines(verdict, language)) + "\n")
    for png in shown.values():
        yield new_output("display_data", data={"image/png": b64encode(png).decode()})
