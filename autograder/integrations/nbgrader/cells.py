"""Makes a question's source notebook: the release's cells with nbgrader's metadata and the solutions."""

from __future__ import annotations

import re
from typing import Any

from autograder.checks import Essay
from autograder.core.exam import Part
from autograder.core.points import add_points
from autograder.course.modules import CatalogError
from autograder.course.question import QuestionEntry
from autograder.course.source import shares
from autograder.handout.cells import notebook, question_cells

Cell = Any  # nbformat's NotebookNode
SCHEMA_VERSION = 3
_ALLOWED = re.compile(r"[a-zA-Z0-9_-]+")  # the ids of cells that nbgrader accepts

_HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS\n", re.MULTILINE | re.DOTALL)

# nbgrader takes the value of the last line for the points; it is None outside a notebook.
_TEST = """\
### BEGIN HIDDEN TESTS
from autograder.integrations.nbgrader.kernel import judge as check

### END HIDDEN TESTS
report = check("{part}", question="{question_id}")
report and report.credit({points!r})"""


def points_by_hand(part: Part) -> float:
    """Return the points of a part that are given by hand."""
    essays = [check for check in part.checks if isinstance(check, Essay)]
    if essays and all(check.points is None for check in part.checks):
        return float(part.points)
    return add_points(check.points or 0 for check in essays)


def automatic_points(part: Part) -> float:
    """Return the points of a part that are given by the machine."""
    return add_points([part.points, -points_by_hand(part)])


def notebook_name(entry: QuestionEntry) -> str:
    """Return the name of a question's notebook: that of an imported one is kept."""
    return entry.question.notebook or entry.name


def test_cell_id(part: Part) -> str:
    """Return the id of the cell with the automatic points of a part."""
    if part.cell:
        return part.cell if automatic_points(part) else ""
    return part.name


def task_cell_id(part: Part) -> str:
    """Return the id of the cell with the points given by hand for a part."""
    if part.cell:
        return part.cell if points_by_hand(part) else ""
    return f"{part.name}-by-hand"


def graded_cells(entry: QuestionEntry) -> dict[str, float]:
    """Return the points of a question's graded cells, by the cell's id."""
    parts = entry.question.parts
    cells = [(test_cell_id(part), automatic_points(part)) for part in parts]
    cells += [(task_cell_id(part), points_by_hand(part)) for part in parts]
    return {name: points for name, points in cells if points > 0}


def without_hidden_tests(source: str) -> str:
    """Return a cell's source as students see it."""
    return _HIDDEN.sub("", source)


def source_notebook(entry: QuestionEntry) -> Cell:
    """Return the instructor's notebook of a question, from which nbgrader makes the students' one.

    Raises:
        CatalogError: the question or its solution is wrong, or nbgrader does not accept a name.
    """
    import nbformat

    if entry.question.notebook:
        return _imported(entry)
    parts = {part.name: part for part in entry.question.parts}
    names = [name for cell in question_cells(entry) for name in cell.metadata["autograder"]["names"]]
    solutions = shares(entry.solution_source, names)
    made = notebook(entry)
    cells: list[Cell] = []
    for cell in made.cells:
        about = cell.metadata["autograder"]
        part = parts.get(about["part"])
        cells.append(cell)
        if about["kind"] == "stub":
            cell.source = _with_solution(cell.source, solutions[about["names"][0]])
            _mark(cell, _id(entry, cell.id), solution=True)
        elif about["kind"] == "check" and part is not None:
            cells += _graded(entry, part, cell)
        else:
            _mark(cell, _id(entry, cell.id), locked=True)
    made.cells = cells
    nbformat.validate(made)
    return made


def _imported(entry: QuestionEntry) -> Cell:
    """Return the notebook that a question was imported from; of its test cells it says which part they
    are."""
    import nbformat

    try:
        text = entry.notebook_path.read_text(encoding="utf-8")
        found = nbformat.reads(text, as_version=4)
    except (OSError, ValueError) as error:
        raise CatalogError(f"{entry.notebook_path}: {error}") from None
    parts = {part.cell: part for part in entry.question.parts}
    for cell in found.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in parts:
            about = {"kind": "check", "question": entry.id, "part": parts[name].name, "names": []}
            cell.metadata["autograder"] = about
    return found


def _with_solution(stub: str, solution: str) -> str:
    return f"{stub}\n### BEGIN SOLUTION\n\n\n{solution.strip()}\n### END SOLUTION"


def _graded(entry: QuestionEntry, part: Part, check: Cell) -> list[Cell]:
    """Give a check cell its points, and return the cells that follow it."""
    if points := automatic_points(part):
        check.source = _TEST.format(question_id=entry.id, part=part.name, points=points)
        _mark(check, _id(entry, test_cell_id(part)), grade=True, locked=True, points=points)
    else:
        _mark(check, _id(entry, check.id), locked=True)
    return [_task(entry, part)] if points_by_hand(part) else []


def _task(entry: QuestionEntry, part: Part) -> Cell:
    """Return the cell of a task that is graded by hand, with the rubric, which students do not see."""
    from nbformat.v4 import new_markdown_cell

    rubrics = [check.criteria for check in part.checks if isinstance(check, Essay)]
    scheme = "\n\n".join(f"{rubric.ko}\n\n{rubric.en}" for rubric in rubrics)
    points = points_by_hand(part)
    text = (
        f"`{part.name}`: 위의 서술형 답을 사람이 {points:g}점 만점으로 채점합니다. / "
        f"A person grades the written answer above, out of {points:g} points.\n\n"
        f"<!-- BEGIN MARK SCHEME -->\n**채점 기준 / Rubric**\n\n{scheme}\n<!-- END MARK SCHEME -->"
    )
    about = {"kind": "task", "question": entry.id, "part": part.name, "names": []}
    cell = new_markdown_cell(text, id=f"{part.name}-task"[-64:], metadata={"autograder": about})
    _mark(cell, _id(entry, task_cell_id(part)), task=True, locked=True, points=points)
    return cell


def _mark(cell: Cell, name: str, points: float | None = None, **flags: bool) -> None:
    about = {"schema_version": SCHEMA_VERSION, "grade_id": name, "cell_type": cell.cell_type}
    about |= dict.fromkeys(("grade", "solution", "locked", "task"), False) | flags
    cell.metadata["nbgrader"] = about | ({} if points is None else {"points": points})


def _id(entry: QuestionEntry, name: str) -> str:
    if not _ALLOWED.fullmatch(name):
        raise CatalogError(f"{entry.path}: nbgrader accepts only letters a-z, digits, _ and -, not {name!r}")
    return name
