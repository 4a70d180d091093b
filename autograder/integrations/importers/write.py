"""Writes an assignment as a question of a course."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from autograder.core.cells import NamedCell, join_cells
from autograder.core.framework import Framework
from autograder.core.text import EMPTY, Language, Text
from autograder.integrations.importers.build import Made, commented, judging
from autograder.integrations.importers.forms import imported
from autograder.integrations.importers.model import JUDGED, Assignment, Piece
from autograder.integrations.importers.slicing import Assertion
from autograder.records.files import write_whole
from autograder.worker.reading import transformed

_HANGUL = re.compile(r"[가-힣]")
_PRELOAD = ("pandas", "scipy", "sklearn", "matplotlib", "seaborn", "PIL", "torchvision", "transformers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What ``question.py`` says of a part: see :class:`~.report.CellReport`.

    Attributes:
        credit: the points that its last line may say, if it does.
        seconds: the limit of time.
    """

    name: str
    piece: Piece
    assertions: Sequence[Assertion] = ()
    trusted: Text = EMPTY
    inside: Sequence[str] = ()
    credit: float = 0.0
    seconds: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a question is written; its language and framework, and modules to import besides."""

    course: Path
    exam: str
    name: str
    language: Language
    framework: Framework
    preload: Sequence[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The folder of the declaration."""
        return self.course / "exams" / self.exam / self.name

    @property
    def solutions(self) -> Path:
        """The folder of the solution."""
        return self.course / "solutions" / self.exam / self.name


def language_of(assignment: Assignment) -> Language:
    """Return the language that an assignment is in: Korean if a fifth of its words have Korean letters."""
    text = " ".join(piece.source for piece in assignment.pieces if piece.kind in ("words", "task"))
    letters = [one for one in text if one.isalpha()]
    korean = [one for one in letters if _HANGUL.match(one)]
    return "ko" if len(korean) * 5 > len(letters) else "en"


def framework_of(assignment: Assignment) -> tuple[Framework, list[str]]:
    """Return the framework that the cells import, else the files beside them; and other large modules."""
    beside = _imports(
        data.decode("utf-8", "replace") for n, data in assignment.files.items() if n.endswith(".py")
    )
    cells = _imports(piece.source for piece in assignment.pieces if piece.kind != "words")
    framework: Framework = "python"
    for found in (beside, cells):  # the cells' is the last word
        if {"tensorflow", "keras"} & found:
            framework = "tensorflow"
        elif {"torch", "torchvision"} & found:
            framework = "torch"
    return framework, [one for one in _PRELOAD if one in cells | beside and find_spec(one)]


def _imports(texts: Iterable[str]) -> set[str]:
    """Return the modules that texts import, as far as they are Python's."""
    found = set[str]()
    for text in texts:
        with suppress(SyntaxError, ValueError, RecursionError):
            found |= {name.partition(".")[0] for name in imported(ast.parse(transformed(text)))}
    return found


def part_names(pieces: Sequence[Piece]) -> dict[str, str]:
    """Return the name of the part of each piece that is judged: its id as an identifier."""
    found: dict[str, str] = {}
    for piece in pieces:
        if piece.kind in JUDGED:
            name = re.sub(r"\W", "_", piece.name)
            name = name if name.isidentifier() else f"part_{name}"
            while name in found.values():
                name += "_"
            found[piece.name] = name
    return found


def write_question(target: Target, assignment: Assignment, made: Made, parts: Sequence[Declared]) -> None:
    """Write all files of a question; those that were there are replaced.

    Raises:
        RunError: a file cannot be written.
    """
    beside, theirs = target.folder / "files", target.solutions / "files"
    as_imported = target.solutions / "files_as_imported"
    handed_out = target.folder / "handout"
    for folder in (beside, theirs, as_imported, handed_out):
        shutil.rmtree(folder, ignore_errors=True)
    pieces = [piece for piece in assignment.pieces if piece.kind != "words"]
    files: dict[Path, bytes] = {
        target.folder / "question.py": _question(target, assignment, parts).encode(),
        target.folder / f"statement.{target.language}.md": _statement(assignment, parts).encode(),
        target.folder / "interface.py": _module(pieces, template=True).encode(),
        target.folder / "cells.py": join_cells(made.student).encode(),
        target.folder / "shown.py": join_cells(made.shown).encode(),
        target.solutions / "cells.py": join_cells(made.expected).encode(),
        target.solutions / "solution.py": _module(pieces, template=False).encode(),
        target.solutions / "notebook.ipynb": assignment.original,
        **({target.folder / "notebook.ipynb": assignment.handout} if assignment.handout else {}),
        **{target.folder / name: data for name, data in assignment.figures.items()},
        **{handed_out / name: data for name, data in assignment.modules.items()},
        **{beside / name: data for name, data in made.files.items()},
        **{theirs / name: data for name, data in made.expected_files.items()},
        **{as_imported / n: data for n, data in assignment.files.items() if n in made.expected_files},
    }
    for path, data in files.items():
        write_whole(path, data)


def write_exam(target: Target, title: str, source: str) -> None:
    """Write the exam's heading, and ``course.toml`` where there is none."""
    toml, heading = target.course / "course.toml", target.course / "exams" / target.exam / "__init__.py"
    if not toml.exists():
        write_whole(toml, f'languages = ["{target.language}"]\n'.encode())
    if not heading.exists():
        text = (
            f'"""{_plain(title)}"""\n\nfrom autograder import Exam, Text\n\n'
            f"EXAM = Exam(title={_text(title, target.language)}, source={source!r})\n"
        )
        write_whole(heading, text.encode())


def _plain(text: str) -> str:
    return text.replace("\\", "").replace('"', "'")


def _text(text: str, language: Language) -> str:
    return f"Text({language}={text!r})"


def _module(pieces: Sequence[Piece], *, template: bool) -> str:
    """Return the solution, or the template, as a module with marked cells."""
    cells: list[NamedCell] = []
    for piece in pieces:
        text = piece.template if template and piece.template else piece.source
        if piece.kind in ("answer", "own"):
            cells.append(NamedCell("answer", piece.name, transformed(text)))
        elif piece.kind == "essay":
            if text.split() == piece.template.split() and not template:  # it says no solution
                text = f"{piece.template}\n{commented(piece.rubric or 'Done.') if piece.code else 'Done.'}"
            text = transformed(text) if piece.code else commented(text)
            cells.append(NamedCell("answer", piece.name, text))
        elif piece.kind == "task":
            cells.append(NamedCell("given", piece.name, ""))
            answer = "" if template else commented(piece.rubric or "Done.")
            cells.append(NamedCell("answer", f"{piece.name}-answer", answer))
    return join_cells(cells)


def _question(target: Target, assignment: Assignment, parts: Sequence[Declared]) -> str:
    checks = {"Essay" if one.piece.kind in ("essay", "task") else "Ran" for one in parts}
    checks |= {"Asserted" for one in parts if one.assertions}
    names = ", ".join(sorted({*checks, "Limit", "Part", "Question", "Text"}))
    lines = [
        f'"""{_plain(assignment.title)}: imported; see import.md."""',
        "",
        f"from autograder import {names}",
        "",
        "QUESTION = Question(",
        f"    framework={target.framework!r},",
        f"    notebook={assignment.name!r},",
    ]
    if target.preload:
        lines.append(f"    preload={list(target.preload)!r},")
    lines += ["    parts=["]
    for part in parts:
        lines += _part(part, target.language)
    return "\n".join([*lines, "    ],", ")", ""])


def _part(part: Declared, language: Language) -> Iterator[str]:
    yield "        Part("
    yield f"            name={part.name!r},"
    yield f"            points={part.piece.points:g},"
    yield f"            cell={part.piece.name!r},"
    if part.seconds != 60:
        yield f"            limit=Limit(seconds={part.seconds}),"
    yield "            checks=["
    if part.piece.kind in ("essay", "task"):
        rubric = part.piece.rubric or {"ko": "채점 기준이 없습니다.", "en": "There is no rubric."}[language]
        yield f"                Essay({'answer'!r}, rubric={_text(rubric, language)}),"
    else:
        for one in part.assertions:
            yield f"                {_asserted(one, language)},"
        why = part.trusted or judging(part.inside)
        options = [f"forgeable={why[language]!r}"] if why else []
        options += [f"credit={part.credit:g}", f"points={part.piece.points:g}"] if part.credit else []
        yield f"                Ran({', '.join([repr('ended'), *options])}),"
    yield "            ],"
    yield "        ),"


def _asserted(one: Assertion, language: Language) -> str:
    options = ("otherwise", "source", "hidden", "varying")
    said = [f"{name}={value!r}" for name in options if (value := getattr(one, name))]
    said += [f"forgeable={one.forgeable[language]!r}"] if one.forgeable else []
    return f"Asserted({', '.join([repr(one.name), repr(one.predicate), *said])})"


def _statement(assignment: Assignment, parts: Sequence[Declared]) -> str:
    """Return the statement: the Markdown above each cell that is judged is its part's."""
    by_piece: Mapping[str, Declared] = {part.piece.name: part for part in parts}
    lines = [f"# {_heading(assignment.title)}", ""]
    words: list[str] = []
    for piece in assignment.pieces:
        if piece.kind == "words":
            words.append(piece.source)
        if (part := by_piece.get(piece.name)) is None:
            continue
        own = [*words, piece.source] if piece.kind == "task" else words
        text = "\n\n".join(one.strip() for one in own if one.strip())
        lines += [f"## {part.name}: {_heading(_title(text) or part.piece.name)}", "", _demoted(text), ""]
        words = []
    if words and parts:  # below the last test
        lines += [_demoted("\n\n".join(words)), ""]
    return "\n".join(lines)


def _title(text: str) -> str:
    found = re.search(r"^#+\s+(.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def _heading(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>|[#*`]", "", text).split())[:120] or "-"


def _demoted(text: str) -> str:
    """Return Markdown whose headings are below those of the statement."""
    made: list[str] = []
    fenced = False
    for line in text.splitlines():
        if re.match(r" {0,3}(```|~~~)", line):
            fenced = not fenced
        made.append(re.sub(r"^#{1,2}(?=\s)", "###", line) if not fenced else line)
    return "\n".join([*made, "```"] if fenced else made)
