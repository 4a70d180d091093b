"""Inside the sandbox: reads the bytes of a handed-in file, before any student code is loaded.

Reading is tolerant: what a notebook lacks is taken to be empty, and its outputs are never looked at.
"""

from __future__ import annotations

import ast
import codecs
import io
import json
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from autograder.worker.messages import Elsewhere, Note, NoteKind

MAX_CODE = 512 * 1024  # characters of Python text
_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_MAX_LINE = 120  # characters of a line that are quoted
_MAX_NAMES = 500  # names that stand elsewhere than in code cells
_CONFLICT = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
_PYTHONS = ("python", "ipython", "python3", "python2", "sage")
_OTHER_KERNELS = re.compile(r"(ir|julia|scala|bash|octave|matlab|sas|js)\b", re.IGNORECASE)
_COMMENT = re.compile(r"^\s*#\s?", re.MULTILINE)
_DEFINITION = re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)", re.MULTILINE)


class UnreadableError(ValueError):
    """The file holds no code that could be run."""

    def __init__(self, kind: NoteKind, where: str, **details: str | int) -> None:
        super().__init__(kind)
        self.note = Note(kind, where, details)


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of code; ``where`` names it in tracebacks.

    Attributes:
        name: the cell's id in nbgrader, if it has one.
        code: whether it is run.
    """

    where: str
    source: str
    name: str = ""
    code: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file holds.

    Attributes:
        cells: the code cells in order; a module is one cell.
        notebook: whether it is run as a notebook, where ``__name__`` is ``__main__``.
        notes: what was odd and costs nothing.
        elsewhere: names that are defined where nothing is run (Markdown, raw cells, comments), with where.
        every: all cells in order, those too that are not run.
    """

    cells: tuple[Cell, ...]
    notebook: bool
    notes: tuple[Note, ...] = ()
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    every: tuple[Cell, ...] = ()


def read_contents(name: str, data: bytes) -> Contents:
    """Read a module or notebook.

    Args:
        name: the file's name; its ending says which it is.
        data: its bytes.

    Raises:
        UnreadableError: there is nothing that could be run; its note says why.
    """
    notebook = name.lower().endswith(".ipynb")
    text = _decode(name, data, cookie=not notebook)
    contents = _notebook(name, text) if notebook else _module(name, text)
    if (size := sum(len(cell.source) for cell in contents.cells)) > MAX_CODE:
        raise UnreadableError("too_large", name, size=size, allowed=MAX_CODE)
    return contents


def _decode(name: str, data: bytes, *, cookie: bool) -> str:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
        elif cookie:
            # Of a zero byte the parser says where it is; Python 3.14 would refuse it here.
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data.replace(b"\0", b" ")).readline)
        else:
            encoding = "utf-8-sig"
        with warnings.catch_warnings(action="ignore"):  # unicode_escape's, of escapes that it does not know
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except (UnicodeError, SyntaxError, LookupError) as error:
        raise UnreadableError("encoding", name, error=str(error)) from None


# -- modules ------------------------------------------------------------------------------------------------


def _module(name: str, text: str) -> Contents:
    if not text.strip():
        raise UnreadableError("empty", name)
    if _looks_like_a_notebook(text):
        return _notebook(name, text)
    problem = parses(text)
    if problem is None:
        # A script that nbconvert or Colab wrote is a notebook's code.
        notebook = "get_ipython" in text or _awaits(text)
        return Contents(cells=(Cell(name, text),), notebook=notebook, elsewhere=_in_comments(text))
    if has_conflict(text):
        raise UnreadableError("conflict", name)
    if parses(transformed(text)) is None:
        return Contents(cells=(Cell(name, text),), notebook=True, elsewhere=_in_comments(text))
    line, error = problem
    raise UnreadableError("file_syntax", name, line=line, error=error, text=line_of(text, line))


def _looks_like_a_notebook(text: str) -> bool:
    return text.lstrip().startswith("{") and '"cells"' in text


def _awaits(text: str) -> bool:
    """Return whether a text awaits at its top level, which only a cell of a notebook may."""
    asks = "await" in text or "async" in text
    return asks and _compiles(text, _AWAIT) and not _compiles(text, 0)


def _compiles(text: str, flags: int) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(text, "<submission>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


@lru_cache(maxsize=8)
def parses(source: str) -> tuple[int, str] | None:
    """Return None if the text is Python or a cell's, else (line, error); nothing of it is run."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(source, "<submission>", "exec", ast.PyCF_ONLY_AST | _AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:  # NUL bytes, nesting
        return 1, str(error) or type(error).__name__
    return None


def line_of(source: str, number: int) -> str:
    """Return a line, from 1, of a text, without the space around it; empty if there is none."""
    return next(islice(source.splitlines(), number - 1, None), "").strip()[:_MAX_LINE]


def has_conflict(text: str) -> bool:
    """Return whether git's marks of a conflict are left in a text."""
    return _CONFLICT.search(text) is not None


def transformed(source: str) -> str:
    """Return a cell with IPython's commands turned into calls; as it is where that cannot be done."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with warnings.catch_warnings(action="ignore"):
            return str(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RuntimeError, MemoryError):  # RuntimeError: of hundreds of commands
        return source


# -- notebooks ----------------------------------------------------------------------------------------------


def _notebook(name: str, text: str) -> Contents:
    if not text.strip():
        raise UnreadableError("empty", name)
    notes = []
    try:
        document, end = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
        if text.lstrip()[end:].strip():
            notes.append(Note("trailing", name))
    except (ValueError, RecursionError, MemoryError) as error:
        if has_conflict(text):
            raise UnreadableError("conflict", name) from None
        raise UnreadableError("json", name, error=str(error)[:200]) from None
    if not isinstance(document, dict):
        raise UnreadableError("no_notebook", name)
    _refuse_other_kernels(name, document)
    named = list(_cells(document))
    cells = [(kind, source) for kind, source, _ in named]
    code = [source for kind, source in cells if kind == "code" and source.strip()]
    elsewhere = _elsewhere(cells)
    if not code:
        raise UnreadableError(
            "no_code", name, **({"hint": next(iter(elsewhere.values()))} if elsewhere else {})
        )
    every = tuple(_numbered(name, named))
    numbered = tuple(cell for cell in every if cell.code)
    return Contents(cells=numbered, notebook=True, notes=tuple(notes), elsewhere=elsewhere, every=every)


def _numbered(name: str, cells: list[tuple[str, str, str]]) -> Iterator[Cell]:
    number = 0
    for kind, source, grade_id in cells:
        if kind == "code":
            number += 1
            yield Cell(f"{name}[{number}]", _below_comments(source), grade_id)
        else:
            yield Cell(name, source, grade_id, code=False)


def _below_comments(source: str) -> str:
    """Return a cell without its first comments where a cell magic follows, as below titles in Colab."""
    lines = source.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    return "\n" * first + "\n".join(lines[first:]) if lines[first].startswith("%%") else source


def _refuse_other_kernels(name: str, document: Mapping[str, Any]) -> None:
    """Refuse a notebook whose kernel is none of Python's."""
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return
    kernel, language = (
        part if isinstance(part := metadata.get(key), dict) else {} for key in ("kernelspec", "language_info")
    )
    said = language.get("name") or kernel.get("language")
    short = kernel.get("name")
    if isinstance(said, str) and said:
        other = said.lower() not in _PYTHONS
    else:
        other = isinstance(short, str) and _OTHER_KERNELS.match(short) is not None
    if other:
        shown = kernel.get("display_name") or short or said
        raise UnreadableError("kernel", name, kernel=str(shown)[:100])


def _cells(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, source, nbgrader's id) of every cell, of nbformat 4 or 3; what is not there is empty."""
    sheets = document.get("worksheets")
    parts = [document, *(sheets if isinstance(sheets, list) else ())]
    lists = [part.get("cells") for part in parts if isinstance(part, dict)]
    for cell in chain.from_iterable(cells for cells in lists if isinstance(cells, list)):
        if isinstance(cell, dict):
            source = cell.get("source", cell.get("input", ""))
            if isinstance(source, list):
                source = "".join(line for line in source if isinstance(line, str))
            yield str(cell.get("cell_type", "code")), source if isinstance(source, str) else "", _id_of(cell)


def _id_of(cell: Mapping[str, Any]) -> str:
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name[:200] if isinstance(name, str) else ""


def _elsewhere(cells: list[tuple[str, str]]) -> dict[str, Elsewhere]:
    """Return the names that cells define where nothing runs them, and in which kind of text."""
    found: dict[str, Elsewhere] = {}
    for kind, source in cells:
        if kind == "code":
            found |= _in_comments(source)
        else:
            found |= dict.fromkeys(defined_names(source), "raw" if kind == "raw" else "markdown")
        if len(found) > _MAX_NAMES:
            break
    return found


def _in_comments(source: str) -> dict[str, Elsewhere]:
    comments = [line for line in source.splitlines() if line.lstrip().startswith("#")]
    return dict.fromkeys(defined_names(_COMMENT.sub("", "\n".join(comments))), "comment")


def defined_names(text: str) -> list[str]:
    """Return the names that a text seems to define, whether or not it parses."""
    return [first or second for first, second in _DEFINITION.findall(text)][:_MAX_NAMES]
