"""Inside the sandbox: puts a submission's files into its folder, runs it, and gives probes its names."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from autograder.core.evidence import Array, EvidenceError
from autograder.probing.arrays import BadReturnError
from autograder.worker.commands import module_source, plain_source, written_modules
from autograder.worker.messages import Hint, Note, Problem, ProblemKind, Read
from autograder.worker.reading import (
    Contents,
    UnreadableError,
    read_contents,
)
from autograder.worker.reset import put_back_settings
from autograder.worker.shell import InputUnavailableError, make_shell, name_not_defined, run_module, said

MODULE = "submission"
MAX_ABSENT = 50
MAX_CODE = 512 * 1024  # characters of other modules that the checks of names look at
_TRACEBACK_CHARACTERS = 4_000
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "Unable to allocate", "Cannot allocate memory")
_NO_DEVICE = ("CUDA enabled", "NVIDIA driver", "No CUDA GPUs", "on a CUDA device", "support for mps")


class MissingNameError(AttributeError):
    """The submission does not define a name of the interface."""


class Student:
    """The submission's names as attributes, for probes.

    After a call of one of its functions ``put_back`` puts the global state back, so that the probe's own
    computations never depend on what a function has set.
    """

    def __init__(self, module: ModuleType, put_back: Callable[[], None] = put_back_settings) -> None:
        self._module, self._put_back = module, put_back
        self._absent: list[str] = []

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._module, name)
        except AttributeError:
            self._absent.append(name[:100])
            raise MissingNameError(name) from None
        return _leaving_no_trace(value, self._put_back) if type(value) is FunctionType else value


def take_absent(student: Student) -> tuple[str, ...]:
    """Return the names that were asked for and are not defined, and forget them."""
    found = tuple(dict.fromkeys(student._absent))[:MAX_ABSENT]
    student._absent.clear()
    return found


def _leaving_no_trace(function: Callable[..., Any], put_back: Callable[[], None]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        finally:
            put_back()

    return call


def write_files(paths: Sequence[bytes], contents: Mapping[str, Array]) -> None:
    """Write the student's other files into the working folder.

    Args:
        paths: relative to it.
        contents: the bytes of each, uint8, under ``:beside/<number>``.
    """
    for number, path in enumerate(paths):
        if folder := os.path.dirname(path):
            os.makedirs(folder, exist_ok=True)
        with open(path, "wb") as file:
            file.write(contents[f":beside/{number}"].tobytes())


def read_submission(name: str, data: bytes, own: Mapping[str, str]) -> tuple[Contents | None, Read]:
    """Read a submission's file; nothing of it is run.

    Args:
        name: of the file.
        data: its bytes.
        own: the texts of the student's other modules, as :func:`own_modules` returns them.

    Returns:
        What it holds, None where that cannot be run, and the message that says so.
    """
    try:
        contents = read_contents(name, data)
    except UnreadableError as error:
        return None, Read(fault=error.note)
    of_cell = plain_source if contents.notebook else module_source
    texts = [*map(of_cell, (cell.source for cell in contents.cells)), *own.values()]
    message = Read(
        source="\n\n".join(texts),
        modules=tuple(dict.fromkeys([*own, *written_modules(contents.cells)])),
        notes=contents.notes,
        elsewhere=contents.elsewhere,
    )
    return contents, message


def own_modules(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the text of a student's other modules by dotted name, as far as they are read as Python.

    Args:
        folder: where they are.
        paths: of files in it.
    """
    found: dict[str, str] = {}
    size = 0
    for path in paths:
        if path.endswith(".py"):
            try:
                (cell,) = read_contents(path, (folder / path).read_bytes()).cells
            except (OSError, UnreadableError, ValueError):
                continue
            size += len(cell.source)
            if size > MAX_CODE:
                break
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            found[name] = module_source(cell.source)
    return found


def load(
    contents: Contents, put_back: Callable[[], None] = put_back_settings
) -> tuple[Student, tuple[Note, ...]]:
    """Run a submission from the working folder; what raises stops as little as possible.

    Args:
        contents: what its file holds.
        put_back: called after each call of one of its functions.

    Returns:
        The names it defines, and what went wrong.
    """
    if "" not in sys.path:
        sys.path.insert(0, "")
    for cell in contents.cells:
        lines = cell.source.splitlines(keepends=True)
        linecache.cache[cell.where] = (len(cell.source), None, lines, cell.where)
    shell = make_shell()
    if contents.notebook:
        notes = shell.run(contents.cells)
        return Student(shell.user_module, put_back), tuple(notes)
    module = ModuleType(MODULE)
    (cell,) = contents.cells
    module.__dict__["__file__"] = cell.where
    # Objects that a notebook or a script pickled belong to __main__.
    sys.modules[MODULE] = sys.modules["__main__"] = module
    return Student(module, put_back), tuple(run_module(cell, module))


def describe(error: BaseException, cells: Collection[str], folder: str = "") -> Problem:
    """Return what a student's code raised, its traceback trimmed to the student's lines.

    Args:
        error: what was raised.
        cells: where the submission's cells are said to be.
        folder: the working folder, if all that is in it is the student's.
    """
    trace = traceback.extract_tb(error.__traceback__)
    files = [frame.filename for frame in trace]
    own = []
    for frame in trace:
        beside = folder and frame.filename.startswith(f"{folder}/")
        if beside:
            frame.filename = frame.filename.removeprefix(f"{folder}/")
        if beside or frame.filename in cells:
            own.append(frame)
    kind, text = _kind_and_text(error, own)
    return Problem(
        kind=kind,
        error=text[:1_000],
        traceback="".join(traceback.format_list(own))[-_TRACEBACK_CHARACTERS:],
        name=name_not_defined(error),
        hint=_hint(error, text, files),
    )


def _hint(error: BaseException, text: str, files: Sequence[str]) -> Hint:
    if isinstance(error, InputUnavailableError):
        return "input"
    if isinstance(error, RuntimeError | AssertionError) and any(phrase in text for phrase in _NO_DEVICE):
        return "device"
    starts_processes = any("multiprocessing" in file for file in files)
    if starts_processes and any(file.endswith("dataloader.py") for file in files):
        return "workers"
    return ""


def _kind_and_text(error: BaseException, own: Sequence[traceback.FrameSummary]) -> tuple[ProblemKind, str]:
    message, text = said(error)
    if isinstance(error, MissingNameError):
        return "missing", message
    if isinstance(error, NotImplementedError):
        return "unwritten", own[-1].name if own else text
    if isinstance(error, SystemExit):
        return "exit", str(error.code)
    if isinstance(error, MemoryError) or any(phrase in text for phrase in _OUT_OF_MEMORY):
        return "memory", text
    if isinstance(error, BadReturnError | EvidenceError):
        return "return", message
    return "exception", text
