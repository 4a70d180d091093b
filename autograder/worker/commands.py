"""Inside the sandbox: what Python text a cell with IPython's commands runs, for the checks of names.

A command whose code is known stands as that code, one that runs none as ``None``. Any other stays a call of
``get_ipython()``, which such a check refuses; so does whatever cannot be read here and might be run all the
same.
"""

from __future__ import annotations
import __future__

import ast
import re
import warnings
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress

from autograder.worker.reading import Cell, parses, transformed


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNKNOWN = "get_ipython().ex('')"  # what no check of names accepts
# They run no code of the student's in this process, but what stands in braces.
_HARMLESS = _words(
    """
    matplotlib autoreload cd pwd ls env set_env pip conda precision who whos who_ls reset_selective xmode
    colors html HTML latex markdown svg SVG javascript js tensorboard watermark notebook pprint psource pinfo
    pinfo2 pdoc pdef system sx sc bash sh script ruby perl check
    """
)
_EXTENSIONS = _words("autograder autoreload tensorboard memory_profiler line_profiler watermark")
# What comes before the code in commands that run code; nothing that could be code itself.
_FLAGS = r"(?:-[a-z]+\s*\d*\s+)*"
_OPTIONS = dict.fromkeys(("timeit", "memit", "mprun", "lprun"), _FLAGS) | {
    "time": "",
    "prun": r"(?:-[DlsT]\s*[\w./]+\s+|-[rq]+\s+)*",
}
_RUN = re.compile(r"[\w./-]+\.py")
_WRITES = re.compile(r"%%(?:writefile|file)\s(.*)")
_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=]")


def plain_source(cell: str) -> str:
    """Return what Python text a cell runs, for the checks of names: the same lines where it is plain Python.

    A cell that cannot be run is empty.
    """
    text = transformed(explicit(cell))
    if text.rstrip() == cell.rstrip():
        text = cell
    return module_source(text)


def module_source(text: str) -> str:
    """Return what Python text a module runs: as :func:`plain_source`, but it has no magic commands."""
    if parses(text) is not None:
        return UNKNOWN if _may_run(text) else ""
    if "get_ipython" not in text:
        return text
    replaced = _replace_commands(text)
    return replaced if parses(replaced) is None else UNKNOWN


def explicit(cell: str, names: Container[str] = ()) -> str:
    """Return a cell of one line with a ``%`` before a command that stands there without, as in ``cd data``.

    Args:
        cell: its source.
        names: the names that are defined, which are no commands.
    """
    found = re.match(r"\s*([A-Za-z]\w*)(\s+(?![=!?])|$)", cell)
    if found is None or len(cell.splitlines()) != 1 or found[1] in names or not _is_command(found[1]):
        return cell
    return cell if cell[found.end() :].strip() and parses(transformed(cell)) is None else f"%{cell.lstrip()}"


def _is_command(word: str) -> bool:
    """Return whether this is the name of a command; none can be added without being seen."""
    from IPython.core.interactiveshell import InteractiveShell

    return InteractiveShell.initialized() and InteractiveShell.instance().find_line_magic(word) is not None


def _may_run(source: str) -> bool:
    """Return whether a text that does not parse here may do so later, with other limits or in a dialect."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | __future__.barry_as_FLUFL.compiler_flag
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(source, "<submission>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    except (RecursionError, MemoryError, OverflowError):
        pass
    return True


def written_modules(cells: Sequence[Cell]) -> list[str]:
    """Return the names of the modules that cells write with ``%%writefile``."""
    first_lines = (cell.source.lstrip().partition("\n")[0] for cell in cells)
    targets = (_target(found[1]) for line in first_lines if (found := _WRITES.match(line)))
    return list(dict.fromkeys(name.rpartition("/")[2][:-3] for name in targets if name.endswith(".py")))


def _target(line: str) -> str:
    """Return the file that ``%%writefile`` writes."""
    name = re.sub(r"^\s*(?:(?:-a|--append)\s+)?|\s+$", "", line)
    return name[1:-1] if re.fullmatch(r"'[^']*'|\"[^\"]*\"", name) else name


def _replace_commands(source: str) -> str:
    """Replace calls of ``get_ipython().run_line_magic`` and the like by the text that they stand for."""
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    calls = sorted(_commands(tree), key=lambda node: (node.lineno, node.col_offset))
    for call in reversed(calls):
        begin = starts[call.lineno - 1] + call.col_offset
        end = starts[(call.end_lineno or call.lineno) - 1] + (call.end_col_offset or 0)
        whole = isinstance(tree.body[0], ast.Expr) and tree.body[0].value is call and len(tree.body) == 1
        if (text := _stands_for(call, whole=whole)) is not None:
            data = data[:begin] + text.encode() + data[end:]
    return data.decode()


def _commands(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of ``get_ipython().<name>`` ; where one in an f-string stands is not known."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if not isinstance(node, ast.JoinedStr):
            todo += ast.iter_child_nodes(node)
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"), args=[], keywords=[]))
            ):
                yield node


def _stands_for(call: ast.Call, *, whole: bool) -> str | None:
    """Return the Python text that a command runs; None where a check must see the command itself.

    Args:
        call: of a method of ``get_ipython()``.
        whole: whether it is all of its cell.
    """
    assert isinstance(call.func, ast.Attribute)
    words = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if call.keywords or len(words) != len(call.args):
        return None
    match call.func.attr, words:
        case (("system" | "getoutput"), [_]):
            return "None"
        case "run_line_magic", [name, line]:
            return _of_line(name, line)
        case "run_cell_magic", [name, line, body] if whole:
            return _of_cell(name, line, body)
    return None


def _of_line(name: str, line: str) -> str | None:
    if name in _OPTIONS:
        return _code(re.sub(rf"^\s*{_OPTIONS[name]}", "", line))
    if name in _HARMLESS:
        return _expanded(line)
    if "{" in line or "$" in line:
        return _constant_setting(line) if name == "config" else None
    match name, line.replace(",", " ").split():
        case "pylab", _:
            return "from numpy import *"
        case "config", words:
            return _constant_setting(line) if words else "None"
        case (("load_ext" | "reload_ext" | "unload_ext"), [extension]) if extension in _EXTENSIONS:
            return "None"
        case "run", [*flags, file] if _RUN.fullmatch(file) and set(flags) <= {"-i", "-e", "-t"}:
            return "None"  # the shell tells its text before it runs it
        case "aimport", modules if all(re.fullmatch(r"[\w.]+", module) for module in modules):
            return f"import {', '.join(modules)}" if modules else "None"
    return None


def _of_cell(name: str, line: str, body: str) -> str | None:
    if name in ("writefile", "file"):
        if "{" in line or "$" in line:
            return None
        if not _target(line).endswith(".py"):
            return "None"
        # It may be a piece of a module only, or be read in another encoding.
        return "\n" + module_source(body) if parses(body) is None and not _has_cookie(body) else None
    if name in ("time", "capture"):
        return "\n" + plain_source(body) if _expanded(line) == "None" else None
    if name in _OPTIONS:
        setup = re.sub(rf"^\s*{_OPTIONS[name]}", "", f"{line} ").strip()
        return f"{plain_source(setup)}\n{plain_source(body)}" if parses(setup) is None else None
    return _expanded(line) if name in _HARMLESS else None


def _has_cookie(text: str) -> bool:
    return any(_COOKIE.match(line) for line in text.split("\n", 2)[:2])


def _code(line: str) -> str | None:
    """Return what a line of code runs that a command is given; one line, without a comment."""
    text = plain_source(line).strip()
    if "#" in text:
        text = "; ".join(map(ast.unparse, ast.parse(text).body))
    return text if text and "\n" not in text else None


def _expanded(line: str) -> str | None:
    """Return the expressions in a command's braces, and the names after dollar signs, as a tuple."""
    from IPython.utils.text import DollarFormatter

    with suppress(ValueError):
        found = [
            ":".join(filter(None, field[1:3]))
            for field in DollarFormatter().parse(line)
            if field[1] is not None
        ]
        text = "".join(f"({field}), " for field in found) or "None"
        return text if parses(text) is None else None
    return None


def _constant_setting(line: str) -> str | None:
    """Return ``None`` as text for ``Class.trait = constant``; anything else runs code."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        target, _, value = line.partition("=")
        if re.fullmatch(r"\s*\w+(\.\w+)?\s*", target) and (
            not value or ast.literal_eval(value.strip()) is not ...
        ):
            return "None"
    return None
