"""Turns a notebook into plain Python cells. Nothing is executed; IPython commands are removed."""

from __future__ import annotations

import ast
import logging
import warnings
from dataclasses import dataclass

from autograder.core.text import CELL_SKIPPED, MAGIC_SKIPPED, Text

# Cell magics whose body is ordinary code that a student expects to run.
_TRANSPARENT = frozenset({"%%time", "%%capture"})


class NotebookError(ValueError):
    """A file that is not a notebook."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of Python text that parses; ``where`` names it in tracebacks."""

    where: str
    source: str


def parses(source: str) -> tuple[int, str] | None:
    """Return None if the text is valid Python, else (line, error); nothing is executed."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(source, "<submission>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:  # NUL bytes, nesting
        return 1, str(error) or type(error).__name__
    return None


def read_cells(text: str, name: str) -> tuple[list[Cell], list[Text]]:
    """Read a notebook's code cells.

    Args:
        text: the ``.ipynb`` file.
        name: the file's name, for messages and tracebacks.

    Returns:
        The cells that parse, with IPython commands replaced by None, and a note for every cell with
        commands and every cell left out.

    Raises:
        NotebookError: the text is not a notebook of any version nbformat knows.
    """
    cells, notes = [], []
    for number, source in enumerate(_code_cells(text), start=1):
        where = f"{name}[{number}]"
        plain, magics = without_magics(source)
        if magics:
            notes.append(MAGIC_SKIPPED.format(where=where, magics=", ".join(magics)))
        if problem := parses(plain):
            notes.append(CELL_SKIPPED.format(where=where, line=problem[0], error=problem[1]))
        else:
            cells.append(Cell(where, plain))
    return cells, notes


def _code_cells(text: str) -> list[str]:
    import nbformat

    logger = logging.getLogger("traitlets")  # where nbformat reports invalid notebooks; it reads them anyway
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reads(text, as_version=4)
        sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        if not all(isinstance(source, str) for source in sources):
            raise NotebookError("a cell's source is not text")
    except Exception as error:  # whatever a malformed file makes nbformat raise
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise NotebookError(reason[0][:200]) from None
    finally:
        logger.setLevel(level)
    return sources


def without_magics(source: str) -> tuple[str, list[str]]:
    """Return the cell with every IPython command replaced by None on the same line, and the commands."""
    if parses(source) is None:
        return source, []
    first, _, body = source.lstrip().partition("\n")
    if first.split()[:1] and first.split()[0] in _TRANSPARENT:
        plain, magics = without_magics(body)
        return "\n" + plain, [first.split()[0], *magics]
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with warnings.catch_warnings(action="ignore"):
            transformed = TransformerManager().transform_cell(source)
    except (SyntaxError, ValueError, RecursionError):
        return source, []
    if parses(transformed) is not None:
        return source, []
    return _cut_commands(transformed)


def _cut_commands(source: str) -> tuple[str, list[str]]:
    """Replace the calls ``get_ipython().x(...)``, which the transformation wrote, by None."""
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and _is_command(node)]
    names = []
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        begin = starts[call.lineno - 1] + call.col_offset
        end = starts[(call.end_lineno or call.lineno) - 1] + (call.end_col_offset or 0)
        names.append(_command_name(call))
        data = data[:begin] + b"None" + data[end:]
    return data.decode(), names[::-1]


def _is_command(node: ast.Call) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")))):
            return True
    return False


def _command_name(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    words = [str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)]
    prefix = {"run_line_magic": "%", "run_cell_magic": "%%"}.get(call.func.attr, "!")
    return (prefix + " ".join(words[: 1 if prefix == "%%" else 2])).strip()[:60]
