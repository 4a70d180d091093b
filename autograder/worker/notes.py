"""Inside the sandbox: what is noted of an exception that a piece of a submission raised."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Iterator

from IPython.core.error import UsageError

from autograder.worker.messages import Hint, Note, NoteKind
from autograder.worker.reading import Cell, defined_names, has_conflict, line_of

_NO_DEVICE = ("CUDA enabled", "NVIDIA driver", "No CUDA GPUs", "on a CUDA device", "support for mps")
_DOWNLOADS = (
    "download",
    "url fetch failure",
    "urlopen error",
    "connection refused",
    "connection error",
    "max retries",
    "name resolution",
)
_MAX_CHAIN = 10  # exceptions, each raised while the one before was handled
MAX_NAMES = 50  # that one note says would have been defined


class UnavailableError(RuntimeError):
    """Something was asked for that does not exist where submissions are graded."""


class InputUnavailableError(EOFError):
    """``input()`` was called; nobody is there to answer."""


def said(error: BaseException) -> tuple[str, str]:
    """Return an exception's message, and the same with the type before it.

    It raises nothing, whatever an exception class of the student's does.
    """
    kind = type(error).__name__
    try:
        message = str(error)
    except BaseException:
        message = "<its message cannot be shown>"
    return message, f"{kind}: {message}" if message else kind


def name_not_defined(error: BaseException) -> str:
    """Return the name that is not defined, if the exception says so."""
    plain = type(error) in (NameError, UnboundLocalError)
    return str(error.name or "")[:200] if isinstance(error, NameError) and plain else ""


def note_of(error: BaseException, node: ast.stmt, where: str) -> Note:
    """Describe what a top-level statement raised."""
    message, text = said(error)
    kind: NoteKind = "raised"
    if isinstance(error, UnavailableError):
        kind, text = "command", message
    elif isinstance(error, InputUnavailableError):
        kind = "input"
    elif isinstance(error, SystemExit):
        kind = "exit"
    elif is_absence(error):
        kind = "absent"
    details: dict[str, str | int] = {"error": text[:1_000], "line": _line_of(error, where) or node.lineno}
    if name := name_not_defined(error):
        details["name"] = name
    binds = tuple(dict.fromkeys([*bound_names(node), *_binds_of_magic(node)]))[:MAX_NAMES]
    return Note(kind, where, details, binds, hint_of(error))


def unread_note(cell: Cell, error: BaseException) -> Note:
    """Return the note of a cell of which nothing is run, and of the names that it would define."""
    kind: NoteKind = "conflict" if has_conflict(cell.source) else "syntax"
    details: dict[str, str | int] = {"error": getattr(error, "msg", None) or str(error)}
    if line := getattr(error, "lineno", None):
        details |= {"line": line, "text": line_of(cell.source, line)}
    return Note(kind, cell.where, details, tuple(dict.fromkeys(binds_of_text(cell.source))))


def hint_of(error: BaseException) -> Hint:
    """Return what an exception is known to come of."""
    text = said(error)[1]
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, RuntimeError | AssertionError) and any(phrase in text for phrase in _NO_DEVICE):
        return "device"
    if any("multiprocessing" in file or "subprocess" in file for file in files):
        return "workers" if any(file.endswith("dataloader.py") for file in files) else "processes"
    if isinstance(error, OSError) and any(word in text.lower() for word in _DOWNLOADS):
        return "network"
    return ""


def _line_of(error: BaseException, where: str) -> int | None:
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == where:
            line = line or trace.tb_lineno
        trace = trace.tb_next
    return line


def is_absence(error: BaseException | None) -> bool:
    """Return whether an exception says that a program, package, magic, file or the network is not here."""
    for _ in range(_MAX_CHAIN):
        if error is None:
            return False
        message = said(error)[0]
        if isinstance(error, UnavailableError | ImportError | OSError):
            return True
        if isinstance(error, UsageError) and "not found" in message:
            return True
        if any(phrase in message.lower() for phrase in _DOWNLOADS):
            return True
        error = error.__cause__ or error.__context__
    return False


def read_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement reads."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            yield inner.id


def bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement binds in its module, ``*`` for a star import."""
    todo = [node]
    while todo:  # no recursion: a hostile expression may be thousands deep
        inner = todo.pop()
        if isinstance(inner, ast.Import | ast.ImportFrom):
            yield from ((item.asname or item.name).split(".")[0] for item in inner.names)
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.Name):
            if isinstance(inner.ctx, ast.Store):
                yield inner.id
        elif not isinstance(inner, ast.Lambda):
            todo += reversed([*ast.iter_child_nodes(inner)])


def _binds_of_magic(node: ast.stmt) -> Iterator[str]:
    """Yield the names that the body of a cell magic seems to bind."""
    match node:
        case ast.Expr(
            ast.Call(func=ast.Attribute(attr="run_cell_magic"), args=[_, _, ast.Constant(str(body))])
        ):
            yield from binds_of_text(body)


def binds_of_text(source: str) -> Iterator[str]:
    """Yield the names that a cell which does not parse seems to bind."""
    yield from defined_names(source)
    for line in source.splitlines():
        words = line.replace(",", " ").split()
        if words[:1] in (["import"], ["from"]):
            start = words.index("import") + 1 if "import" in words else len(words)
            yield from (word.split(".")[0] for word in words[start:] if word != "as")
