"""Reads a student's module or notebook as text. Never executes any of it."""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import tokenize
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from autograder.core.errors import UserError
from autograder.core.outcome import Fault, FaultKind
from autograder.core.text import (
    BROKEN_NOTEBOOK,
    CLEAR_OUTPUTS,
    CLOSE_NAME,
    EMPTY_FILE,
    NO_CODE,
    NOT_A_FILE,
    NOT_SUBMITTED,
    OUTSIDE_LINK,
    SYNTAX_ERROR,
    TIMESTAMP_UNREADABLE,
    TOO_LARGE_FILE,
    TWO_FILES,
    UNREADABLE_FILE,
    WRONG_ENCODING,
    Text,
)
from autograder.course.notebook import Cell, NotebookError, parses, read_cells
from autograder.course.timestamps import TIMESTAMP, TimestampError, submitted_at

MAX_CODE = 512 * 1024  # bytes of Python text
MAX_NOTEBOOK = 64 * 1024 * 1024  # bytes of a notebook file, outputs included
SUFFIXES = (".py", ".ipynb")
CHECKS_FOLDER = "autograder_checks"  # of a release; it is never part of a submission


class SubmissionsError(UserError):
    """A folder of submissions that is absent or empty; the message is one line."""


class _FaultError(Exception):
    def __init__(self, message: Text) -> None:
        self.fault = Fault(kind=FaultKind.SOURCE, message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A student's answer to one question, as text.

    Attributes:
        cells: the code in order; a module is one cell.
        notes: what was skipped or neutralised.
        fault: why there is nothing to run, else None.
        extras: the student's other files and folders by name; they travel read-only.
        digest: hash of the cells and of the extras' names and contents.
    """

    cells: tuple[Cell, ...] = ()
    notes: tuple[Text, ...] = ()
    fault: Fault | None = None
    extras: Mapping[str, Path] = field(default_factory=dict)
    digest: str = ""

    @property
    def source(self) -> str:
        """The Python text, cells joined by a blank line."""
        return "\n\n".join(cell.source for cell in self.cells)


def _digest(cells: Iterable[Cell], extras: Mapping[str, Path]) -> str:
    """Return the SHA-256, in hexadecimal, of the cells and of the extras' names and contents."""
    sha = hashlib.sha256()
    for cell in cells:
        sha.update(f"{cell.where}\0{cell.source}\0".encode("utf-8", "surrogatepass"))
    for name, path in files(extras):
        sha.update(f"{name}\0".encode("utf-8", "surrogateescape"))
        with path.open("rb") as file:
            sha.update(hashlib.file_digest(file, "sha256").digest())
    return sha.hexdigest()


def files(extras: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """Yield (name, path) of every ordinary file, in a fixed order; links are not followed."""
    for name, top in sorted(extras.items()):
        if top.is_file():
            yield name, top
        for folder, folders, names in os.walk(top):
            folders.sort()
            for path in (Path(folder) / inner for inner in sorted(names)):
                if path.is_file() and not path.is_symlink():
                    yield f"{name}/{path.relative_to(top)}", path


def students(folder: Path) -> list[str]:
    """Return the names of the students' folders.

    Raises:
        SubmissionsError: the folder is absent, or has no folders.
    """
    try:
        names = sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    except OSError as error:
        raise SubmissionsError(f"{folder}: {error.strerror}") from None
    if not names:
        raise SubmissionsError(
            f"{folder}: no student folders; expected SUBMISSIONS/<student>/<exam>/<question>.py or .ipynb"
        )
    return names


def of_cells(
    cells: Iterable[Cell], notes: Iterable[Text] = (), extras: Mapping[str, Path] | None = None
) -> Submission:
    """Return the submission of these cells.

    Raises:
        OSError: an extra cannot be read.
    """
    cells, extras = tuple(cells), extras or {}
    return Submission(cells=cells, notes=tuple(notes), extras=extras, digest=_digest(cells, extras))


def find(student: Path, exam: str, question: str, other_questions: Collection[str]) -> Submission:
    """Read a student's file for a question from ``student/exam/`` or, in the short form, ``student/``.

    Whatever is wrong with it becomes the submission's ``fault``.

    Args:
        student: the student's folder.
        exam: the exam's name.
        question: the question's name, which is the file's stem.
        other_questions: stems of files that belong to other questions and so are no extras.
    """
    folders = [student / exam, student]
    try:
        for folder in folders:
            found = [path for suffix in SUFFIXES if _there(path := folder / (question + suffix))]
            if len(found) > 1:
                raise _FaultError(TWO_FILES.format(first=found[0].name, second=found[1].name))
            if found:
                others = {question, *other_questions, exam}
                submission = read(found[0], within=student, other_questions=others)
                return replace(submission, notes=(*submission.notes, *_timestamp_notes(student, exam)))
        raise _FaultError(_not_submitted(folders, question))
    except _FaultError as error:
        return Submission(fault=error.fault)
    except OSError as error:
        message = UNREADABLE_FILE.format(name=question, error=error.strerror or str(error))
        return Submission(fault=Fault(kind=FaultKind.SOURCE, message=message))


def _timestamp_notes(student: Path, exam: str) -> Iterator[Text]:
    try:
        submitted_at(student, exam)
    except TimestampError as error:
        yield TIMESTAMP_UNREADABLE.format(found=repr(str(error)))


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _not_submitted(folders: list[Path], question: str) -> Text:
    names = [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]
    stems = {name.rsplit(".", 1)[0].lower(): name for name in names if name.endswith(SUFFIXES)}
    close = get_close_matches(question, stems, n=1)
    hint = CLOSE_NAME.format(name=stems[close[0]]) if close else Text("", "")
    return NOT_SUBMITTED.format(wanted=question, hint=hint)


def read(
    path: Path, *, within: Path | None = None, other_questions: Collection[str] = (), extras: bool = True
) -> Submission:
    """Read one module or notebook; whatever is wrong with it becomes the submission's ``fault``.

    Args:
        path: a ``.py`` or ``.ipynb`` file.
        within: the folder that no link may lead out of; default the file's own.
        other_questions: stems of files beside it that are no extras.
        extras: whether the files beside it travel with it.
    """
    try:
        data = _bytes(path, (within or path.parent).resolve())
        cells, notes = _cells(path.name, data)
        beside = _beside(path, other_questions) if extras else {}
        return of_cells(cells, notes, beside)
    except _FaultError as error:
        return Submission(fault=error.fault)
    except OSError as error:
        message = UNREADABLE_FILE.format(name=path.name, error=error.strerror or str(error))
        return Submission(fault=Fault(kind=FaultKind.SOURCE, message=message))


def _bytes(path: Path, within: Path) -> bytes:
    if not Path(os.path.realpath(path)).is_relative_to(within):  # resolve() raises where links go round
        raise _FaultError(OUTSIDE_LINK.format(name=path.name))
    if not path.is_file():  # a folder, a pipe or a device is never opened
        raise _FaultError(NOT_A_FILE.format(name=path.name))
    notebook = path.suffix == ".ipynb"
    allowed = MAX_NOTEBOOK if notebook else MAX_CODE
    if (size := path.stat().st_size) > allowed:
        advice = CLEAR_OUTPUTS if notebook else Text("", "")
        raise _FaultError(TOO_LARGE_FILE.format(name=path.name, size=size, allowed=allowed, advice=advice))
    data = path.read_bytes()
    if not data.strip():
        raise _FaultError(EMPTY_FILE.format(name=path.name))
    return data


def _cells(name: str, data: bytes) -> tuple[list[Cell], list[Text]]:
    text = _decode(name, data, cookie=name.endswith(".py"))
    if name.endswith(".py"):
        if problem := parses(text):
            raise _FaultError(SYNTAX_ERROR.format(where=name, line=problem[0], error=problem[1]))
        return [Cell(name, text)], []
    try:
        cells, notes = read_cells(text, name)
    except NotebookError as error:
        raise _FaultError(BROKEN_NOTEBOOK.format(name=name, error=error)) from None
    if sum(len(cell.source) for cell in cells) > MAX_CODE:
        size = sum(len(cell.source) for cell in cells)
        raise _FaultError(TOO_LARGE_FILE.format(name=name, size=size, allowed=MAX_CODE, advice=Text("", "")))
    if not cells and not notes:
        raise _FaultError(NO_CODE.format(name=name))
    return cells, notes


def _decode(name: str, data: bytes, *, cookie: bool) -> str:
    try:
        if cookie:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        else:
            encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
        with warnings.catch_warnings(action="ignore"):  # unicode_escape's, of escapes that it does not know
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except (UnicodeError, SyntaxError, LookupError) as error:
        raise _FaultError(WRONG_ENCODING.format(name=name, error=error)) from None


def _beside(path: Path, other_questions: Collection[str]) -> dict[str, Path]:
    """Return the files and folders beside a submission by name, without links and other submissions."""
    taken = {path.stem, CHECKS_FOLDER, TIMESTAMP, *other_questions}
    return {
        entry.name: entry
        for entry in sorted(path.parent.iterdir())
        if not entry.name.startswith((".", "__pycache__"))
        and not entry.is_symlink()
        and not (entry.suffix in SUFFIXES and entry.stem in taken)
        and entry.name not in taken
        and (entry.is_file() or entry.is_dir())
    }
