"""The check cell of a notebook: a part is run in the student's own kernel, and judged as a self-check.

Nothing is confined: it is the student's own machine. The state of the random generators is put back, so that
a check changes nothing of what comes after it.
"""

from __future__ import annotations

import ast
import io
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from msgspec import structs

from autograder.core.cells import NamedCell, split_cells
from autograder.core.exam import Part, Question
from autograder.core.outcome import Attempt, Fault, Outcome, Task
from autograder.core.text import Language, Text
from autograder.core.verdict import Verdict
from autograder.course.question_files import CHECKS_FOLDER
from autograder.course.source import defines
from autograder.handout.check_file import CheckFile, CheckFileError, check_files_near, read_check_file
from autograder.handout.drawings import draw_own
from autograder.handout.self_check import judged, question_of_release
from autograder.pictures.render import Rendered
from autograder.probing.arrays import PRELOAD, make_repeatable
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.faults import fault_of
from autograder.worker.codec import decode, encode
from autograder.worker.commands import plain_source
from autograder.worker.jobs import CellCall
from autograder.worker.loading import Student, describe, own_modules
from autograder.worker.messages import Read
from autograder.worker.notebook import recorded
from autograder.worker.reading import parses
from autograder.worker.settings import fresh_settings, settings_put_back
from autograder.worker.tasks import load_code, observe

_MOST_EVIDENCE = 1 << 32  # bytes


@dataclass(frozen=True, slots=True)
class Report:
    """What a check cell shows; ``passed`` says whether nothing was found wrong."""

    question: Question
    verdict: Verdict
    language: Language
    pictures: Sequence[Rendered] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed that could be judged here."""
        return all(finding.passed for finding in self.verdict.findings)

    def credit(self, max_points: float) -> float:
        """Show the report, and return the points of nbgrader's cell: a finite float from 0 to ``max_points``.

        What was printed before is cleared: nbgrader gives no points to a cell that wrote to stderr, if only a
        warning.
        """
        from IPython.display import clear_output, display

        sys.stdout.flush()
        sys.stderr.flush()
        clear_output()
        display(self)
        return float(max_points if self.passed else min(max(self.verdict.points, 0.0), max_points))

    def _repr_html_(self) -> str:
        from autograder.reports.part import part_html

        title = self.question.part(self.verdict.part).title
        return part_html(self.verdict, self.language, title, self.pictures)

    def __repr__(self) -> str:
        from rich.console import Console

        from autograder.reports.part import part_table

        file = io.StringIO()
        table = part_table(self.question, [self.verdict], [], self.language)
        Console(file=file, width=110, force_jupyter=False, color_system=None).print(table)
        return file.getvalue()


def check_part(
    part: str, answers: Mapping[str, Any], names: Mapping[str, Any], question: str | None, language: Language
) -> Report:
    """Run one part and judge it.

    Args:
        part: its name.
        answers: functions and values that stand for the names of the same name.
        names: the notebook's names.
        question: its name, or ``exam/question``; None if only one question has such a part.
        language: of the report.

    Raises:
        CheckFileError: there is no such part, or no checks are near the current folder.
    """
    found = question_of_release(_find(part, question))
    declared = found.entry.question.part(part)
    attempt = run_part(found, part, answers, names, own_source(history(names)))
    verdict = judged(found, declared, attempt)
    return Report(found.entry.question, verdict, language, draw_own(found, declared, attempt))


def run_part(
    question: PreparedQuestion, part: str, answers: Mapping[str, Any], names: Mapping[str, Any], source: str
) -> Attempt:
    """Run one part's probe here, in the notebook's own process; arguments as of :func:`check_part`.

    ``source`` is what the checks of names look at.
    """
    module = ModuleType("notebook")
    module.__dict__.update({**names, **answers})
    tasks = [task for task in question.tasks if task.part == part]
    for name in PRELOAD[question.entry.question.framework]:  # the notebook may have imported nothing
        import_module(name)
    own = _imported_modules()
    with _own_state(), _own_figures(), _own_words():
        outcomes = {task: _run(question, task, module, names, source) for task in tasks}
    return Attempt(outcomes=outcomes, source="\n\n".join([source, *own.values()]), modules=tuple(own))


def _imported_modules() -> dict[str, str]:
    """Return the text of the student's own modules, which lie in the current folder and were imported."""
    here = Path.cwd()
    files = [Path(str(getattr(module, "__file__", ""))) for module in list(sys.modules.values())]
    own = [str(file.relative_to(here)) for file in files if file.is_relative_to(here)]
    return own_modules(here, [path for path in own if "site-packages" not in path])


def _find(part: str, question: str | None) -> CheckFile:
    paths = check_files_near(Path.cwd())
    if not paths:
        raise CheckFileError(
            f"no folder {CHECKS_FOLDER}/ here or above ({Path.cwd()}); start Jupyter in the release's folder",
            ko=f"폴더 {CHECKS_FOLDER}/가 여기에도 위에도 없습니다({Path.cwd()}). 배포본의 폴더에서 "
            "Jupyter를 시작하세요",
        )
    if question is not None:
        name = question.rpartition("/")[2]
        paths = [path for path in paths if path.stem == name]
    found = [
        released
        for released in map(read_check_file, paths)
        if part in [item.name for item in released.question.parts]
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(released.name for released in found)
        raise CheckFileError(
            f"{part} is a part of {names}: write check({part!r}, question=...) or %check {part} --question …",
            ko=f"소문항 {part}은(는) {names}에 모두 있습니다. check({part!r}, question=...)나 "
            f"%check {part} --question …로 쓰세요",
        )
    named = Text(ko=f"문항 {question}", en=f"question {question}")
    where = named if question else Text(ko="이 배포본의 문항", en="question of this release")
    raise CheckFileError(
        f"no {where.en} has a part {part!r}; the check cells of the notebook name them",
        ko=f"{where.ko}에는 소문항 {part!r}이(가) 없습니다. 노트북의 check 셀에 소문항의 이름이 있습니다",
    )


def history(names: Mapping[str, Any]) -> list[str]:
    """Return the cells run so far, the present one last."""
    cells = names.get("In")
    return cells if isinstance(cells, list) else []


def own_source(cells: Iterable[str]) -> str:
    """Return the module that cells make, for the checks of names; without those that later ones replaced."""
    replaced, kept = set[str](), list[str]()
    for cell in reversed(list(cells)):
        plain = plain_source(cell)
        if parses(plain) is not None:
            continue
        defined = {name for node in ast.parse(plain).body for name in defines(node)}
        if not defined or not defined <= replaced:
            kept.append(plain)
            replaced |= defined
    return "\n\n".join(reversed(kept))


def _run(
    question: PreparedQuestion, task: Task, module: ModuleType, names: Mapping[str, Any], source: str
) -> Outcome:
    """Observe what the task asks for, and pass it through the form it is sent in."""
    entry, arrays = question.entry, question.open_inputs[task.variant].arrays
    part = entry.question.part(task.part)
    make_repeatable()
    try:
        call = question.call(task)
        if isinstance(call, CellCall):
            cells = {cell.name: cell for cell in split_cells(entry.probe_source)}
            seen = recorded(cells.get(call.cell, NamedCell("test", call.cell, "")), dict(vars(module)))
        else:
            code = load_code(entry.probe_source, entry.code_name, entry.shared)
            seen = observe(code, call, Student(module), arrays, "cpu", settings_put_back)
        evidence = decode(encode(seen.evidence), limit=_MOST_EVIDENCE, facts_limit=_MOST_EVIDENCE)
        missing = {
            name: _fault(error, names, source, part, seen.calls.get(name, ""))
            for name, error in seen.missing.items()
        }
        return Outcome(evidence=evidence, missing=missing, changed=seen.changed)
    except Exception as error:
        return Outcome(fault=_fault(error, names, source, part))


def _fault(error: BaseException, names: Mapping[str, Any], source: str, part: Part, call: str = "") -> Fault:
    problem = structs.replace(describe(error, _own_files(error, names)), call=call)
    return fault_of(problem, Read(source=source), {}, part.limit)


def _own_files(error: BaseException, names: Mapping[str, Any]) -> frozenset[str]:
    """Return the files whose frames run on the notebook's names: its cells."""
    files, trace = set(), error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is names:
            files.add(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return frozenset(files)


@contextmanager
def _own_state() -> Iterator[None]:
    """Run with fresh settings, and put back afterwards what they were, and the random generators."""
    kept: list[tuple[Callable[..., Any], Any]] = [
        (random.setstate, random.getstate()),
        (np.random.set_state, np.random.get_state()),
    ]
    torch = sys.modules.get("torch")
    if torch is not None:
        kept.append((torch.set_rng_state, torch.get_rng_state()))
    try:
        with fresh_settings(), warnings.catch_warnings(action="ignore"):
            yield
    finally:
        for put_back, state in kept:
            put_back(state)


@contextmanager
def _own_figures() -> Iterator[None]:
    """Close the figures that a probe's calls leave open: the notebook would show them all below the cell."""
    before = _figures()
    try:
        yield
    finally:
        for number in _figures() - before:
            sys.modules["matplotlib.pyplot"].close(number)


def _figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


@contextmanager
def _own_words() -> Iterator[None]:
    """Drop what libraries write to descriptor 2, as torch's profiler does; sys.stderr is the notebook's."""
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
