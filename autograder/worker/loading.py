"""Inside the sandbox: puts a submission's files into its folder, runs it, and gives probes its names."""

from __future__ import annotations

import linecache
import os
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from difflib import get_close_matches
from functools import partial, wraps
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, BinaryIO, NoReturn

from autograder.core.evidence import EvidenceError
from autograder.probing.arrays import BadReturnError
from autograder.worker.commands import module_source, plain_source, written_modules
from autograder.worker.jobs import FileBeside
from autograder.worker.messages import Hint, Note, Problem, ProblemKind, Read
from autograder.worker.notes import InputUnavailableError, hint_of, name_not_defined, said
from autograder.worker.reading import MAX_CODE, Contents, UnreadableError, read_contents
from autograder.worker.settings import settings_put_back
from autograder.worker.shell import make_shell, run_module

MODULE = "submission"
MAX_ABSENT = 50
_CHUNK = 1 << 20  # bytes
_TRACEBACK_CHARACTERS = 4_000
_ARGUMENTS = re.compile(r"[\w.<>]+\(\) (?:takes|missing|got (?:an unexpected|multiple|some))")
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "Unable to allocate", "Cannot allocate memory")

Turn = Callable[[], AbstractContextManager[None]]


class MissingNameError(AttributeError):
    """The submission does not define a name of the interface; ``close`` is a similar one that it does."""

    def __init__(self, name: str, close: str = "") -> None:
        super().__init__(name)
        self.close = close


class Student:
    """The submission's names as attributes, for probes.

    Each call of one of its functions is made within ``turn``, which puts the global state back, so that the
    probe's own computations never depend on what a function has set.
    """

    def __init__(self, module: ModuleType, turn: Turn = settings_put_back) -> None:
        self._module, self._turn = module, turn
        self._absent: list[str] = []

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._module, name)
        except AttributeError:
            self._absent.append(name[:100])
            close = get_close_matches(name, self._defined(), n=1)
            raise MissingNameError(name, *close) from None
        return _within(self._turn, value) if type(value) is FunctionType else value

    def _defined(self) -> list[str]:
        return [name for name in vars(self._module) if type(name) is str and len(name) < 80][:2_000]


def take_absent(student: Student) -> tuple[str, ...]:
    """Return the names that were asked for and are not defined, and forget them."""
    found = tuple(dict.fromkeys(student._absent))[:MAX_ABSENT]
    student._absent.clear()
    return found


def _within(turn: Turn, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        with turn():
            return function(*arguments, **named)

    return call


def write_files(files: Sequence[FileBeside], contents: BinaryIO) -> None:
    """Write the student's other files, read one after the other, into the working folder.

    Raises:
        EOFError: a file became shorter while it was sent.
    """
    for other in files:
        if folder := os.path.dirname(other.path):
            os.makedirs(folder, exist_ok=True)
        with open(other.path, "wb") as file:
            left = other.size
            while left:
                if not (chunk := contents.read(min(left, _CHUNK))):
                    raise EOFError(f"{left:,} bytes of {os.fsdecode(other.path)} did not come")
                file.write(chunk)
                left -= len(chunk)


def _exit_no_more(worker: int, leave: Callable[[int], NoReturn], status: int) -> NoReturn:
    """Stand for ``os._exit``, with which notebooks restart Colab's kernel: end other processes only."""
    if os.getpid() != worker:
        leave(status)
    raise SystemExit(status)


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


def prepare(contents: Contents) -> None:
    """Make ready for running a submission's cells in the working folder."""
    os._exit = partial(_exit_no_more, os.getpid(), os._exit)
    if "" not in sys.path:
        sys.path.insert(0, "")
    for cell in contents.cells:
        lines = cell.source.splitlines(keepends=True)
        linecache.cache[cell.where] = (len(cell.source), None, lines, cell.where)


def load(contents: Contents, turn: Turn = settings_put_back) -> tuple[Student, tuple[Note, ...]]:
    """Run a submission from the working folder; what raises stops as little as possible.

    Args:
        contents: what its file holds.
        turn: what each call of one of its functions is made within.

    Returns:
        The names it defines, and what went wrong.
    """
    prepare(contents)
    shell = make_shell()
    if contents.notebook:
        notes = shell.run(contents.cells)
        return Student(shell.user_module, turn), tuple(notes)
    module = ModuleType(MODULE)
    (cell,) = contents.cells
    module.__dict__["__file__"] = os.path.abspath(cell.where)
    # Objects that a notebook or a script pickled belong to __main__.
    sys.modules[MODULE] = sys.modules["__main__"] = module
    return Student(module, turn), tuple(run_module(cell, module))


def describe(error: BaseException, cells: Collection[str], folder: str = "") -> Problem:
    """Return what a student's code raised, its traceback trimmed to the student's lines.

    Args:
        error: what was raised.
        cells: where the submission's cells are said to be.
        folder: the working folder, if all that is in it is the student's.
    """
    trace = traceback.extract_tb(error.__traceback__)
    own = []
    for frame in trace:
        beside = folder and frame.filename.startswith(f"{folder}/")
        if beside:
            frame.filename = frame.filename.removeprefix(f"{folder}/")
        if beside or frame.filename in cells:
            own.append(frame)
    kind, text = _kind_and_text(error, own)
    none: Hint = "none" if kind == "use" and "'NoneType' object" in text else ""
    return Problem(
        kind=kind,
        error=text[:1_000],
        traceback="".join(traceback.format_list(own))[-_TRACEBACK_CHARACTERS:],
        korean=error.ko[:1_000] if type(error) is BadReturnError else "",
        name=name_not_defined(error),
        hint="input" if isinstance(error, InputUnavailableError) else hint_of(error) or none,
        close=error.close if isinstance(error, MissingNameError) else "",
    )


def authors_problem(error: BaseException, code_name: str) -> Problem:
    """Return what the question's own code raised, with its line in the file or call of this name."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == code_name or frame.filename.startswith("<")]
    where = f"{own[-1].filename}, line {own[-1].lineno}: " if own else ""
    return Problem(kind="author", error=f"{where}{said(error)[1]}"[:1_000], traceback="")


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
    if own or name_not_defined(error):
        return "exception", text
    return "arguments" if isinstance(error, TypeError) and _ARGUMENTS.match(message) else "use", text
