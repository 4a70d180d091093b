"""Inside the sandbox: runs a notebook once, with the question's own cells in it, as far as tasks ask for
it."""

from __future__ import annotations

import ast
import builtins
import re
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from autograder.core.cells import APART, ENDED, LAST, UNSEEDED, NamedCell, split_cells
from autograder.core.evidence import Evidence
from autograder.probing.arrays import make_repeatable
from autograder.probing.recording import Recorder
from autograder.worker.jobs import CellCall
from autograder.worker.messages import Note
from autograder.worker.reading import Cell, Contents, transformed
from autograder.worker.shell import GradingShell
from autograder.worker.tasks import Observed

_CELL_SECONDS = 30.0  # of a cell before it is interrupted, as nbgrader does
_OTTER = re.compile(r"^\s*grader\.check\(\s*[\"']([\w.-]+)[\"']\s*\)\s*;?\s*$", re.MULTILINE)


class CellTimeoutError(Exception):
    """A cell ran for too long, and was interrupted."""


class Notebook:
    """A student's cells and the question's own, in one order.

    Args:
        plan: the question's cells, see :mod:`autograder.core.cells`.
        contents: what the student's file holds.
        shell: runs them.
    """

    def __init__(self, plan: str, contents: Contents, shell: GradingShell) -> None:
        self._shell = shell
        self._every = contents.every or tuple(_of_module(contents.cells[0]))
        self._planned = {cell.name: cell for cell in split_cells(plan)}
        self._left = _merged(list(self._planned.values()), contents)
        self._found: dict[str, Observed] = {}
        builtins._observe = Recorder()  # type: ignore[attr-defined]  # where a test's function is called elsewhere
        self._names: dict[str, dict[str, Any]] = {}  # what a test cell with drawn inputs starts from

    def observe(self, call: CellCall) -> tuple[Observed, list[Note]]:
        """Observe what a task asks for; return what went wrong in cells that were run for it, too."""
        notes: list[Note] = []
        if call.text:
            return Observed(Evidence(facts={call.text: self._written(call.cell)})), notes
        while self._left and (call.seed is not None or call.cell not in self._found):
            cell = self._left.pop(0)
            if isinstance(cell, NamedCell):
                self._test(cell)
            else:
                with _interrupting():
                    notes += self._shell.run((cell,))
        if call.seed is None:
            return self._found.get(call.cell, Observed(Evidence())), notes
        make_repeatable(call.seed % 2**31)
        names = dict(self._names.get(call.cell) or self._shell.user_ns or {})
        return recorded(self._planned[call.cell], names, call.seed), notes

    def _test(self, cell: NamedCell) -> None:
        names: dict[str, Any] = self._shell.user_ns
        if "_observe.drawn(" in cell.source or "_observe.seed(" in cell.source:
            self._names[cell.name] = dict(names)
        if UNSEEDED not in cell.flags:
            make_repeatable()
        self._found[cell.name] = recorded(cell, dict(names) if APART in cell.flags else names)

    def _written(self, name: str) -> str:
        """Return the text that a student wrote in a cell, or below one that asks for a task."""
        cells = self._every
        at = max((n for n, cell in enumerate(cells) if cell.name == name), default=None)
        if at is None:
            return ""
        planned = self._planned.get(name)
        if planned is None or planned.kind == "answer":
            own = _plain(cells[at].source)
            return "" if planned is not None and own.split() == _plain(planned.source).split() else own
        below = []
        for cell in cells[at + 1 :]:
            if cell.name in self._planned:
                break
            below.append(_plain(cell.source))
        return "\n\n".join(text for text in below if text.strip())


def _plain(text: str) -> str:
    """Return a text without the signs of a comment, as a module has it."""
    lines = text.strip().splitlines()
    commented = lines and all(line.startswith("#") for line in lines)
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines) if commented else text


def recorded(cell: NamedCell, names: dict[str, Any], seed: int | None = None) -> Observed:
    """Run a test cell among these names, and return what it recorded; a seed draws its inputs anew."""
    recorder = Recorder(seed)
    builtins._observe = recorder  # type: ignore[attr-defined]  # for modules beside the notebook, too
    ended: dict[str, Any] = {"well": False, "drawn": seed is not None}
    missing: dict[str, BaseException] = {}
    try:
        *above, last = _compiled(cell)
        with _interrupting():
            for code in above:
                exec(code, names)
            value: Any = eval(last, names) if last is not None else None
        ended["well"] = True
        if type(value) in (int, float) and -1e9 < float(value) < 1e9:
            ended["credit"] = float(value)
    except (Exception, SystemExit) as error:
        missing[ENDED] = error
    facts = {**recorder.seen, ENDED: ended}
    missing |= recorder.missing
    return Observed(Evidence(arrays=recorder.arrays, facts=facts), missing)


def _compiled(cell: NamedCell) -> list[Any]:
    """Return the code of a cell's statements but a last expression, and of that; None where there is none."""
    tree = ast.parse(transformed(cell.source))
    last: Any = None
    if tree.body and isinstance(shown := tree.body[-1], ast.Expr):
        del tree.body[-1]
        last = compile(ast.Expression(shown.value), f"<{cell.name}>", "eval", dont_inherit=True)
    return [compile(tree, f"<{cell.name}>", "exec", dont_inherit=True), last]


@contextmanager
def _interrupting() -> Iterator[None]:
    """Interrupt a cell that runs for too long; it is tried again where the student's code goes on."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise CellTimeoutError(f"the cell ran for more than {_CELL_SECONDS:g} seconds")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, _CELL_SECONDS, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _merged(plan: Sequence[NamedCell], contents: Contents) -> list[Cell | NamedCell]:
    """Return the cells to run: the student's, with the question's own in the place of locked ones.

    A cell of the plan that the student's notebook lacks comes after the one before it in the plan.
    """
    mine = tuple(_apart(contents.every or _of_module(contents.cells[0])))
    planned = {one.name: one for one in plan}
    last = {cell.name: number for number, cell in enumerate(mine)}
    merged: list[tuple[str, Cell | NamedCell | None]] = []
    for number, cell in enumerate(mine):
        name = cell.name
        locked = planned.get(name) if last[name] == number else None
        if locked is None or locked.kind == "answer":
            merged.append((name if locked else "", cell if cell.code else None))
        elif locked.kind == "given":
            merged.append((name, Cell(locked.name, locked.source) if locked.source else None))
        else:
            merged.append((name, locked))
    place = 0
    for one in plan:
        at = next((n for n, (name, _) in enumerate(merged) if name == one.name), None)
        if at is None:
            given = Cell(one.name, one.source) if one.kind == "given" and one.source else None
            at = len(merged) if LAST in one.flags else place
            merged.insert(at, (one.name, one if one.kind == "test" else given))
        place = at + 1
    return [cell for _, cell in merged if cell is not None]


def _apart(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield cells; where one asks for a test of otter's, that is a cell of its own, below the rest of it."""
    for cell in cells:
        asked = _OTTER.findall(cell.source) if cell.code and "grader.check" in cell.source else []
        if not asked or cell.name:
            yield cell
            continue
        rest = _OTTER.sub("", cell.source)
        if rest.strip():
            yield Cell(cell.where, rest)
        yield from (Cell(cell.where, "", name) for name in asked)


def _of_module(cell: Cell) -> Iterator[Cell]:
    """Yield the cells of a module that has them marked, else the module."""
    marked = split_cells(cell.source)
    if not marked:
        yield cell
        return
    above = cell.source.partition("# %% ")[0]
    if above.strip():
        yield Cell(cell.where, above)
    for one in marked:
        at = cell.source.find(f"# %% {one.kind} {one.name}")
        lines = cell.source.count("\n", 0, at) + 1
        text = "\n" * lines + cell.source[at:].partition("\n")[2]
        end = re.search(r"^# %% (?:given|answer|test) ", text, re.MULTILINE)
        yield Cell(cell.where, text[: end.start()] if end else text, one.name)
