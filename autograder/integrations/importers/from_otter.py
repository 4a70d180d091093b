"""Reads otter's notebooks: a master with its questions in it, or one with its tests beside it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.core.errors import reason
from autograder.integrations.importers import reasons
from autograder.integrations.importers.from_nbgrader import (
    MarkerError,
    files_beside,
    load,
    title_of,
    unique,
    with_figures,
)
from autograder.integrations.importers.model import Assignment, ImportingError, Kind, LeftOut, Piece
from autograder.integrations.importers.otter_tests import Case, Test, code_of_function, tests_in, with_output

CHECK = re.compile(r"^\s*grader\.check\(\s*[\"']([\w.-]+)[\"']\s*\)\s*;?\s*$", re.MULTILINE)
_CONFIG = re.compile(
    r"\s*[\"']{3}\s*#\s*BEGIN TEST CONFIG(.*?)[\"']{3}\s*#\s*END TEST CONFIG[^\n]*\n?", re.DOTALL
)
_BLOCK = re.compile(r"#\s*(BEGIN|END)\s+(QUESTION|SOLUTION|PROMPT|TESTS)", re.IGNORECASE)
_ASSIGNED = re.compile(r"(\s*(?:[\w.]+(?:\[[^\]]*\])*(?:,\s*)?)+\s*=).* ?# ?SOLUTION")
_DROPPED = ("# SOLUTION NO PROMPT", "# BEGIN PROMPT", "# END PROMPT", "# SEED", "# IGNORE")
_WRITTEN = "_Type your answer here, replacing this text._"
_SHIM = """\
# Stands for otter where submissions are graded: tests are run by the grader itself.
class _Grader:
    def __init__(self, *_, **__):
        pass

    def __getattr__(self, name):
        return lambda *_, **__: None


__import__("sys").modules["otter"] = type(__import__("sys"))("otter")
__import__("sys").modules["otter"].Notebook = _Grader
"""


def read_otter(path: Path) -> Assignment:
    """Read one of otter's notebooks, with the tests and the files beside it.

    Raises:
        ImportingError: it is no notebook of otter's.
    """
    document, original = load(path)
    cells = [_unfenced(cell) for cell in document.get("cells", [])]
    left_out: list[LeftOut] = []
    figures: dict[str, bytes] = {}
    master = any(cell["cell_type"] == "raw" and _BLOCK.search(cell["source"]) for cell in cells)
    if master:
        reading: _Master | _Assigned = _Master(left_out)
    else:
        inside = document["metadata"].get("otter", {}).get("tests") or {}
        reading = _Assigned(tests_in(path.parent / "tests", inside, left_out), left_out)
    for number, cell in enumerate(cells, start=1):
        source = cell["source"]
        if cell["cell_type"] == "markdown":
            source = with_figures(source, cell, path.parent, figures, left_out, f"cell-{number}")
        try:
            reading.take(cell["cell_type"], source, number, cell)
        except MarkerError as error:
            left_out.append(LeftOut(where=f"cell-{number}", why=error.text))
    students = None if master else _students(path)
    pieces = [*reading.done()]
    if students is not None:
        pieces = _with_templates(pieces, students[0])
    files = files_beside(path, left_out)
    return Assignment(
        name=path.stem,
        title=title_of(pieces) or path.stem,
        pieces=unique([Piece(kind="given", name="otter", source=_SHIM), *pieces]),
        figures=figures,
        files={name: data for name, data in files.items() if not name.startswith("tests/")},
        left_out=left_out,
        original=original,
        handout=_handout(document, pieces) if master else students[1] if students else b"",
    )


def _students(path: Path) -> tuple[list[str], bytes] | None:
    """Return the code cells and the bytes of the students' version of a notebook, if it is there."""
    for other in (path.parent.parent / "student" / path.name, path.parent / "student" / path.name):
        if other != path and other.is_file():
            document, data = load(other)
            code = [str(one["source"]) for one in document["cells"] if one["cell_type"] == "code"]
            return code, data
    return None


def _with_templates(pieces: Sequence[Piece], code: Sequence[str]) -> list[Piece]:
    """Return pieces with what students get in the place of each answer, if these are as many."""
    plain = [text for text in (CHECK.sub("", one) for one in code) if text.strip()]
    answers = [piece for piece in pieces if piece.kind == "answer"]
    if len(plain) != len(answers):
        return list(pieces)
    found = dict(zip((piece.name for piece in answers), plain, strict=True))
    return [
        replace(one, template=found[one.name], kind="answer" if found[one.name] != one.source else "own")
        if one.name in found
        else one
        for one in pieces
    ]


def _unfenced(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell; one of Markdown that is a block of otter's as a raw one."""
    source = str(cell.get("source", ""))
    lines = source.strip().split("\n")
    if cell["cell_type"] == "markdown" and lines[0].strip() == "```otter" and lines[-1].strip() == "```":
        return {**cell, "cell_type": "raw", "source": "\n".join(lines[1:-1])}
    return {**cell, "source": source}


class _Assigned:
    """Reads a notebook whose cells call ``grader.check``."""

    def __init__(self, tests: Mapping[str, Test], left_out: list[LeftOut]) -> None:
        self._tests, self._left_out = dict(tests), left_out
        self._pieces: list[Piece] = []

    def take(self, kind: str, source: str, number: int, cell: Mapping[str, Any]) -> None:
        if kind == "markdown":
            self._pieces.append(Piece(kind="words", name=f"words-{number}", source=source))
        if kind != "code":
            return
        plain = CHECK.sub("", source)
        if plain.strip():
            self._pieces.append(Piece(kind="answer", name=f"cell-{number}", source=plain, template=plain))
        for found in CHECK.finditer(source):
            if (test := self._tests.pop(found[1], None)) is None:
                self._left_out.append(LeftOut(where=found[1], why=reasons.NO_TEST_FILE))
            else:
                self._pieces += test.pieces()

    def done(self) -> Iterator[Piece]:
        """Yield what was read; tests that no cell calls come last."""
        yield from self._pieces
        for test in self._tests.values():
            yield from test.pieces()


class _Master:
    """Reads a notebook in which raw cells say where questions, solutions and tests are."""

    def __init__(self, left_out: list[LeftOut]) -> None:
        self._left_out = left_out
        self._pieces: list[Piece] = []
        self._block = ""
        self._test: Test | None = None
        self._manual = False
        self._prompt: list[str] = []

    def take(self, kind: str, source: str, number: int, cell: Mapping[str, Any]) -> None:
        if kind == "raw":
            self._mark(source)
        elif self._block == "TESTS" and kind == "code":
            self._case(source, cell, number)
        elif self._block == "PROMPT":
            self._prompt.append(source)
        elif kind == "markdown" and self._block != "SOLUTION":
            self._pieces.append(Piece(kind="words", name=f"words-{number}", source=source))
        elif kind == "code" or self._manual:  # more words of a solution are nobody's to see
            self._code(kind, source, number)

    def _mark(self, source: str) -> None:
        found = _BLOCK.search(source)
        if found is None:
            return
        opens, what = found[1].upper() == "BEGIN", found[2].upper()
        if what == "QUESTION":
            self._end_question()
            if opens:
                about = settings(source)
                points = about.get("points")
                self._test = Test(
                    name=str(about.get("name", f"q{len(self._pieces)}")),
                    points=points if isinstance(points, int | float | list) else None,
                    whole=about.get("all_or_nothing") is True,
                )
                self._manual = about.get("manual") is True
            self._block = ""
        else:
            self._block = what if opens else ""

    def _code(self, kind: str, source: str, number: int) -> None:
        solution, template = solution_and_template(source)
        if self._manual and self._test is not None:
            points = self._test.points if isinstance(self._test.points, int | float) else 1.0
            self._pieces.append(
                Piece(
                    kind="essay", name=self._test.name, source=solution, points=float(points),
                    rubric=solution, code=kind == "code",
                    template="\n".join(self._prompt) or (template if kind == "code" else _WRITTEN),
                )
            )  # fmt: skip
            self._manual, self._test, self._prompt = False, None, []
            return
        template, self._prompt = "\n".join(self._prompt) or template, []
        asked = solution != template or (self._test is not None and self._block == "SOLUTION")
        kinds: Kind = "answer" if asked else "own"
        self._pieces.append(Piece(kind=kinds, name=f"cell-{number}", source=solution, template=template))

    def _case(self, source: str, cell: Mapping[str, Any], number: int) -> None:
        if self._test is None:
            return
        about: dict[str, Any] = {}
        if (found := _CONFIG.match(source)) is not None:
            about, source = settings(found[1]), source[found.end() :]
        first, _, rest = source.partition("\n")
        hidden = bool(about.get("hidden", first.lstrip().startswith("#") and "hidden" in first.lower()))
        source = rest if first.lstrip().startswith("#") and "hidden" in first.lower() else source
        points = about.get("points")
        try:
            code = code_of_function(source, []) or with_output(source, _output(cell))
        except (SyntaxError, ValueError) as error:
            where, why = f"{self._test.name}, cell-{number}", reasons.NOT_READ.format(error=error)
            self._left_out.append(LeftOut(where=where, why=why))
            return
        self._test.cases.append(
            Case(code, hidden, float(points) if isinstance(points, int | float) else None)
        )

    def _end_question(self) -> None:
        if self._test is not None and not self._manual:
            each = self._test.points
            if isinstance(each, list) and len(each) != len(self._test.cases):
                self._test.points = None
            self._pieces += self._test.pieces()
        self._test, self._manual, self._block, self._prompt = None, False, "", []

    def done(self) -> Iterator[Piece]:
        self._end_question()
        yield from self._pieces


def settings(text: str) -> dict[str, Any]:
    """Return the settings in a cell of otter's: a line each, ``name: value``."""
    found: dict[str, Any] = {}
    in_lines = re.compile(r"(\w+):[ \t]*((?:\n[ \t]*#?[ \t]*- .*)+)")
    text = in_lines.sub(lambda one: f"{one[1]}: [{', '.join(re.findall('- (.*)', one[2]))}]", text)
    for name, value in re.findall(r"^[ \t]*#?[ \t]*(\w+):[ \t]*(.*?)[ \t]*$", text, re.MULTILINE):
        plain = {"true": "True", "false": "False", "null": "None", "": "None"}.get(value.lower(), value)
        try:
            found[name] = ast.literal_eval(plain)
        except (ValueError, SyntaxError):
            found[name] = value
    return found


def solution_and_template(source: str) -> tuple[str, str]:
    """Return a cell without otter's markers, and what students get of it.

    Raises:
        MarkerError: a marker is not closed.
    """
    solution: list[str] = []
    template: list[str] = []
    inside = prompting = False
    for line in source.split("\n"):
        end = line.rstrip()
        if end.endswith("# END SOLUTION"):
            inside = False
        elif (found := re.match(r"(\s*)# BEGIN SOLUTION( NO PROMPT)?", line)) is not None:
            inside = True
            template += [] if found[2] else [f"{found[1]}..."]
        elif re.match(r"\s*[\"']{3} # BEGIN PROMPT", line) or end.endswith("# END PROMPT"):
            prompting = not end.endswith("# END PROMPT")
        elif prompting:
            template.append(line)
        else:
            solution.append(line)
            if inside or end.endswith(_DROPPED):
                continue
            if (assigned := _ASSIGNED.match(line)) is not None:
                template.append(f"{assigned[1]} ...")
            elif re.search(r"# ?SOLUTION\s*$", line):
                template.append(f"{line[: len(line) - len(line.lstrip())]}...")
            else:
                template.append(line)
    if inside:
        raise MarkerError(reasons.NOT_CLOSED.format(marker="# BEGIN SOLUTION"))
    return "\n".join(solution), "\n".join(template)


def _output(cell: Mapping[str, Any]) -> str:
    found = ""
    for one in cell.get("outputs", []):
        text = one.get("text", "") or one.get("data", {}).get("text/plain", "")
        found += "".join(text) if isinstance(text, list) else str(text)
    return found.strip()


# -- handing it out -----------------------------------------------------------------------------------------


def _handout(document: Mapping[str, Any], pieces: Sequence[Piece]) -> bytes:
    """Return a master notebook with templates for solutions, and a check after each question."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell

    cells = [new_code_cell("import otter\n\ngrader = otter.Notebook()")]
    for piece in pieces:
        if piece.kind == "words":
            cells.append(new_markdown_cell(piece.source))
        elif piece.kind in ("answer", "own", "essay"):
            text = piece.template or piece.source
            cells.append(new_code_cell(text) if piece.code else new_markdown_cell(text))
        elif piece.kind == "test" and not re.search(r"-\d+$", piece.name):
            cells.append(new_code_cell(f'grader.check("{piece.name}")'))
    metadata = json.loads(json.dumps(document.get("metadata", {})))
    return f"{nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=metadata))}\n".encode()


def is_otter(path: Path) -> bool:
    """Return whether a notebook is one of otter's."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ImportingError(reasons.UNREADABLE.format(where=path, why=reason(error))) from None
    return "grader.check(" in text or re.search(r"# ?BEGIN QUESTION|# ?ASSIGNMENT CONFIG", text) is not None
