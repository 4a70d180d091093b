"""Reads nbgrader's source notebooks."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.core.errors import UserError, reason
from autograder.integrations.importers import reasons
from autograder.integrations.importers.model import Assignment, ImportingError, LeftOut, Piece

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
WRITTEN = "YOUR ANSWER HERE"
_MAX_FILES, _MAX_BYTES = 200, 20 << 20  # beside a notebook
_MAGIC = re.compile(r"^%%(\w+)")
_OTHER = ("R", "bash", "sh", "javascript", "html", "script")
_TRANSPARENT = ("time", "capture", "timeit")
_FIGURE = re.compile(r"(!\[[^\]]*\]\()([^)\s]+)((?:\s+\"[^\"]*\")?\))")


# nose has no version for today's Python; its assertions are unittest's.
_NOSE = '''\
"""Stands for nose.tools."""

import re
import unittest

_case = unittest.TestCase()
for _name in dir(_case):
    if _name.startswith("assert") and not _name.startswith("assert_"):
        globals()[re.sub("([A-Z])", lambda found: "_" + found[1].lower(), _name)] = getattr(_case, _name)
eq_ = assert_equals = assert_equal = _case.assertEqual
ok_ = _case.assertTrue
assert_almost_equals = _case.assertAlmostEqual
'''


class MarkerError(UserError):
    """A cell cannot be read as it is marked; the message says why."""


def read_notebook(path: Path) -> Assignment:
    """Read one source notebook, with the files beside it.

    Raises:
        ImportingError: it is no notebook, or not one of Python's.
    """
    document, original = load(path)
    pieces: list[Piece] = []
    figures: dict[str, bytes] = {}
    left_out: list[LeftOut] = []
    for number, cell in enumerate(document.get("cells", []), start=1):
        about = about_of(cell)
        where = str(about.get("grade_id") or f"cell-{number}")
        try:
            made = _piece(cell, about, where, path.parent, figures, left_out)
        except MarkerError as error:
            points = 0.0
            with suppress(MarkerError):
                points = points_of(about)
            left_out.append(LeftOut(where=where, why=error.text, points=points))
            continue
        if made is not None:
            pieces.append(made)
    files = files_beside(path, left_out)
    if any("nose" in piece.source for piece in pieces) and find_spec("nose") is None:
        files |= {"nose/__init__.py": b"", "nose/tools.py": _NOSE.encode()}
    return Assignment(
        name=path.stem,
        title=title_of(pieces) or path.stem,
        pieces=unique(pieces),
        figures=figures,
        files=files,
        left_out=left_out,
        original=original,
        handout=handout(document),
    )


def handout(document: Mapping[str, Any]) -> bytes:
    """Return a source notebook without solutions, hidden tests and mark schemes."""
    import nbformat

    made = nbformat.from_dict(json.loads(json.dumps(document)))
    for cell in made.cells:
        about = about_of(cell)
        code = cell.cell_type == "code"
        with suppress(MarkerError):
            if about.get("solution"):
                plain, _ = split_marked(cell.source, "MARK SCHEME")
                _, cell.source = solution_and_template(plain, STUB if code else WRITTEN)
            elif about.get("task"):
                cell.source, _ = split_marked(cell.source, "MARK SCHEME")
            elif about.get("grade"):
                plain, hidden = hidden_lines(cell.source)
                shown = [line for n, line in enumerate(plain.split("\n"), start=1) if n not in hidden]
                cell.source = "\n".join(shown)
        if code:
            cell.outputs, cell.execution_count = [], None
    return f"{nbformat.writes(made)}\n".encode()


def load(path: Path) -> tuple[Mapping[str, Any], bytes]:
    """Return a notebook's JSON in nbformat 4, and its bytes.

    Raises:
        ImportingError: it is no notebook, or not one of Python's.
    """
    import nbformat

    try:
        original = path.read_bytes()
        document = nbformat.reads(original.decode("utf-8-sig"), as_version=4)
    except UnicodeDecodeError:
        raise ImportingError(reasons.NOT_UTF8.format(path=path)) from None
    except OSError as error:
        raise ImportingError(reasons.UNREADABLE.format(where=path, why=reason(error))) from None
    except Exception:  # the library raises what it stumbles over
        raise ImportingError(reasons.NOT_A_NOTEBOOK.format(path=path)) from None
    kernel = document.metadata.get("kernelspec", {})
    language = document.metadata.get("language_info", {}).get("name") or kernel.get("language") or "python"
    if str(language).lower() not in ("python", "ipython", "python3"):
        raise ImportingError(reasons.OTHER_LANGUAGE.format(path=path, language=language))
    return document, original


def about_of(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return nbgrader's metadata of a cell."""
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def points_of(about: Mapping[str, Any]) -> float:
    """Return how many points a cell is worth.

    Raises:
        MarkerError: that is no number, or less than zero.
    """
    said = about.get("points") or 0
    if not about.get("grade") and not about.get("task"):
        return 0.0
    try:
        points = float(said)
    except (TypeError, ValueError):
        points = -1.0
    if not 0 <= points < 1e6:
        raise MarkerError(reasons.POINTS.format(points=repr(said)))
    return points


def _piece(
    cell: Mapping[str, Any],
    about: Mapping[str, Any],
    where: str,
    folder: Path,
    figures: dict[str, bytes],
    left_out: list[LeftOut],
) -> Piece | None:
    source, points = str(cell.get("source", "")), points_of(about)
    code = cell.get("cell_type") == "code"
    if cell.get("cell_type") == "raw":
        if points:
            raise MarkerError(reasons.RAW)
        return None
    if not code:
        source = with_figures(source, cell, folder, figures, left_out, where)
    if code and (magic := _MAGIC.match(source.lstrip())) is not None:
        if magic[1] not in _TRANSPARENT and (about.get("grade") or magic[1] in _OTHER):
            why = reasons.MAGIC.format(magic=magic[1])
            left_out.append(LeftOut(where=where, why=why, points=points))
            return None
        if magic[1] in _TRANSPARENT:
            source = source.lstrip().partition("\n")[2]
    return _of_kind(source, about, where, points, code=code)


def _of_kind(source: str, about: Mapping[str, Any], where: str, points: float, *, code: bool) -> Piece:
    if about.get("task"):
        plain, rubric = split_marked(source, "MARK SCHEME")
        return Piece(kind="task", name=where, source=plain, points=points, rubric=rubric, code=False)
    if about.get("grade") and about.get("solution"):
        return _essay(source, where, points, code=code)
    if not code and points:
        raise MarkerError(reasons.TEST_IN_WORDS)
    if not code:
        return Piece(kind="words", name=where, source=source)
    if about.get("grade"):
        plain, hidden = hidden_lines(source)
        return Piece(kind="test", name=where, source=plain, points=points, hidden=hidden)
    if about.get("solution"):
        solution, template = solution_and_template(source)
        return Piece(kind="answer", name=where, source=solution, template=template)
    return Piece(kind="given" if about.get("locked") else "own", name=where, source=source)


def _essay(source: str, where: str, points: float, *, code: bool) -> Piece:
    plain, rubric = split_marked(source, "MARK SCHEME")
    solution, template = solution_and_template(plain, STUB if code else WRITTEN)
    return Piece(
        kind="essay", name=where, source=solution, template=template, points=points, code=code,
        rubric=rubric or (solution if solution.strip() != template.strip() else ""),
    )  # fmt: skip


def solution_and_template(source: str, stub: str = STUB) -> tuple[str, str]:
    """Return a solution cell without its markers, and what students get of it.

    Raises:
        MarkerError: a marker is not closed.
    """
    solution: list[str] = []
    template: list[str] = []
    inside, found = False, False
    for line in source.split("\n"):
        if "BEGIN SOLUTION" in line:
            if inside:
                raise MarkerError(reasons.NESTED)
            inside = found = True
            indent = line[: len(line) - len(line.lstrip())]
            template += [indent + one for one in stub.split("\n")]
        elif "END SOLUTION" in line:
            if not inside:
                raise MarkerError(reasons.CLOSES_NOTHING.format(marker="SOLUTION"))
            inside = False
        else:
            solution.append(line)
            template += [] if inside else [line]
    if inside:
        raise MarkerError(reasons.NOT_CLOSED.format(marker="BEGIN SOLUTION"))
    return "\n".join(solution), "\n".join(template) if found else stub


def hidden_lines(source: str) -> tuple[str, frozenset[int]]:
    """Return a test cell without the markers of hidden tests, and the numbers of the lines that were
    between them.

    Raises:
        MarkerError: a marker is not closed.
    """
    lines = list(_marked(source, "HIDDEN TESTS"))
    hidden = frozenset(number for number, (_, inside) in enumerate(lines, start=1) if inside)
    return "\n".join(line for line, _ in lines), hidden


def split_marked(source: str, marker: str) -> tuple[str, str]:
    """Return a text without what stands between markers, and that.

    Raises:
        MarkerError: a marker is not closed.
    """
    lines = list(_marked(source, marker))
    outside, within = ("\n".join(line for line, inside in lines if inside is one) for one in (False, True))
    return outside.strip(), within.strip()


def _marked(source: str, marker: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines but markers, each with whether it stands between two."""
    inside = False
    for line in source.split("\n"):
        if f"BEGIN {marker}" in line:
            inside = True
        elif f"END {marker}" in line:
            if not inside:
                raise MarkerError(reasons.CLOSES_NOTHING.format(marker=marker))
            inside = False
        else:
            yield line, inside
    if inside:
        raise MarkerError(reasons.NOT_CLOSED.format(marker=f"BEGIN {marker}"))


def with_figures(
    source: str,
    cell: Mapping[str, Any],
    folder: Path,
    figures: dict[str, bytes],
    left_out: list[LeftOut],
    where: str,
) -> str:
    """Return Markdown in which figures have names of files; these are added to ``figures``."""
    attached = cell.get("attachments") or {}

    def named(found: re.Match[str]) -> str:
        before, target, after = found.groups()
        if target.startswith(("http:", "https:", "data:")):
            return found[0]
        data = _attached(attached, target.removeprefix("attachment:")) or _beside(folder, target)
        name = re.sub(r"[^\w.-]", "_", target.removeprefix("attachment:").rpartition("/")[2])
        if data is None or not name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp")):
            left_out.append(LeftOut(where=where, why=reasons.NO_FIGURE.format(target=target)))
            return f"[{target}]"
        while name in figures and figures[name] != data:
            name = f"_{name}"
        figures[name] = data
        return f"{before}{name}{after[-1]}"

    return _FIGURE.sub(named, source)


def _attached(attached: Mapping[str, Any], name: str) -> bytes | None:
    found = attached.get(name)
    data = next(iter(found.values()), None) if isinstance(found, dict) else None
    with suppress(ValueError):
        return base64.b64decode("".join(data.split()), validate=True) if isinstance(data, str) else None
    return None


def _beside(folder: Path, target: str) -> bytes | None:
    path = (folder / target).resolve()
    inside = path.is_relative_to(folder.resolve()) and path.is_file() and path.stat().st_size < _MAX_BYTES
    return path.read_bytes() if inside else None


def title_of(pieces: Sequence[Piece]) -> str:
    """Return the first heading in the Markdown."""
    headings = (re.match(r"\s*#+\s+(.+)", piece.source) for piece in pieces if piece.kind == "words")
    return next((found[1].strip() for found in headings if found), "")


def files_beside(path: Path, left_out: list[LeftOut]) -> dict[str, bytes]:
    """Return the files beside a notebook, and in folders there, that go with it."""
    found: dict[str, bytes] = {}
    size = 0
    for file in sorted(path.parent.rglob("*")):
        name = file.relative_to(path.parent).as_posix()
        if not file.is_file() or file.is_symlink() or _is_no_data(name):
            continue
        size += file.stat().st_size
        if size > _MAX_BYTES or len(found) >= _MAX_FILES:
            why = reasons.TOO_MANY_FILES.format(most=_MAX_BYTES >> 20)
            left_out.append(LeftOut(where=name, why=why))
            break
        found[name] = file.read_bytes()
    return found


def _is_no_data(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith((".", "__pycache__")) for part in parts)
    return hidden or name.endswith((".ipynb", ".pyc", ".db", ".md", ".html", ".pdf", ".zip"))


def unique(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces with unique names, in letters that marks of cells may have."""
    found: dict[str, Piece] = {}
    for piece in pieces:
        name = re.sub(r"\s", "-", piece.name)
        while name in found:
            name += "-x"
        found[name] = replace(piece, name=name)
    return list(found.values())
