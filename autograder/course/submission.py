"""What a student handed in for a question: the bytes of one file, and the files beside it, unparsed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from autograder.core.errors import UserError, reason
from autograder.core.outcome import Fault, FaultKind
from autograder.core.text import FILES_LEFT_OUT, Text
from autograder.core.text_of_runs import (
    ARCHIVE_THERE,
    CLEAR_OUTPUTS,
    CLOSE_NAME,
    EMPTY_FILE,
    HAND_IN_SOURCE,
    NEWEST_TAKEN,
    NOT_A_FILE,
    NOT_SUBMITTED,
    OUTSIDE_LINK,
    TAKEN_AS,
    TIMESTAMP_UNREADABLE,
    TOO_LARGE_FILE,
    UNPACKED,
    UNREADABLE_FILE,
)
from autograder.course.archive import UnpackError, unpacked
from autograder.course.beside import MAX_BYTES, MAX_FILES, files_beside
from autograder.course.question_files import CHECKS_FOLDER
from autograder.course.timestamps import TIMESTAMP, TimestampError, submitted_at
from autograder.course.which_file import (
    SUFFIXES,
    Found,
    archives,
    is_junk,
    printed,
    readable,
    which_file,
)

MAX_CODE = 4 * 1024 * 1024  # bytes of a module
MAX_NOTEBOOK = 64 * 1024 * 1024  # bytes of a notebook file, outputs included
_NOTHING = Text("", "")


class SubmissionsError(UserError):
    """A folder of submissions that is absent or empty; the message is one line."""


class _FaultError(Exception):
    def __init__(self, message: Text, *, absent: bool = False) -> None:
        self.fault = Fault(kind=FaultKind.SOURCE, message=message)
        self.absent = absent


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A student's answer to one question, unread.

    Attributes:
        name: of the file, ``q1_x.py`` or ``q1_x.ipynb``, whatever it was called; empty where there is none.
        data: its bytes.
        notes: how it was found.
        fault: why there is nothing to run, if there is not.
        absent: whether there is no file for the question at all.
        beside: the student's other files, by their path in the working folder.
        size: bytes of the other files.
        digest: hash of the file, and of the other files' names and contents.
    """

    name: str = ""
    data: bytes = b""
    notes: tuple[Text, ...] = ()
    fault: Fault | None = None
    absent: bool = False
    beside: Mapping[str, Path] = field(default_factory=dict)
    size: int = 0
    digest: str = ""


def of_source(name: str, source: str, beside: Mapping[str, Path] | None = None) -> Submission:
    """Return the submission of a module's text, with other files by their path.

    Raises:
        OSError: one of these cannot be read.
    """
    return _submission(name, source.encode("utf-8", "surrogatepass"), beside)


def _submission(name: str, data: bytes, beside: Mapping[str, Path] | None = None) -> Submission:
    """Return a submission with its digest.

    Raises:
        OSError: a file beside it cannot be read.
    """
    sha, size, others = hashlib.sha256(f"{name}\0{len(data)}\0".encode()), 0, beside or {}
    sha.update(data)
    for path_inside, path in others.items():
        sha.update(f"{path_inside}\0".encode("utf-8", "surrogateescape"))
        with path.open("rb") as file:
            sha.update(hashlib.file_digest(file, "sha256").digest())
            size += file.tell()
    return Submission(name=name, data=data, beside=others, size=size, digest=sha.hexdigest())


def with_files(submission: Submission, files: Mapping[str, Path]) -> Submission:
    """Return a submission with a question's own files beside it, in the place of the student's of these
    names.

    Raises:
        OSError: a file cannot be read.
    """
    if not files or not submission.name:
        return submission
    made = _submission(submission.name, submission.data, {**submission.beside, **files})
    return replace(made, notes=submission.notes)


def students(folder: Path) -> dict[str, list[Path]]:
    """Return the students' names and each one's folders; several are one student's whose name looks the same.

    Raises:
        SubmissionsError: the folder is absent, or has no folders.
    """
    found: dict[str, list[Path]] = {}
    try:
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not is_junk(path.name):
                found.setdefault(readable(path.name), []).append(path)
    except OSError as error:
        raise SubmissionsError(f"{folder}: {error.strerror}", ko=f"{folder}: {reason(error).ko}") from None
    if not found:
        raise SubmissionsError(
            f"{folder}: no student folders; expected SUBMISSIONS/<student>/<exam>/<question>.py or .ipynb; "
            "autograder collect sorts other files into them",
            ko=f"{folder}: 학생의 폴더가 없습니다. SUBMISSIONS/<학생>/<시험>/<문항>.py 또는 .ipynb이어야 "
            "합니다. 다르게 놓인 파일은 autograder collect로 정리할 수 있습니다",
        )
    return dict(sorted(found.items()))


def loose_files(folder: Path) -> list[str]:
    """Return the modules and notebooks that lie beside the students' folders, and so are nobody's."""
    names = (path.name for path in folder.glob("*") if path.is_file() and not is_junk(path.name))
    return sorted(readable(name) for name in names if name.lower().endswith(SUFFIXES))


def find(
    folders: Sequence[Path],
    exam: str,
    question: str,
    other_questions: Collection[str] = (),
    unpack_to: Path | None = None,
    template: Callable[[], str] = str,
    also: str = "",
) -> Submission:
    """Find a student's file for a question in ``folder/exam/`` or ``folder/``; notes say how it was found.

    Args:
        folders: the student's.
        exam, question: their names; the question's is the file's stem.
        other_questions: of the exam; their files travel along only where this one speaks of them.
        unpack_to: where an archive is unpacked, if there is nothing else.
        template: gives the module that was handed out, which is taken only if there is nothing else.
        also: another name that the file may have.
    """
    where = [*(folder / exam for folder in folders), *folders]
    try:
        if any(folder.is_symlink() for folder in folders):
            raise _FaultError(OUTSIDE_LINK.format(name=readable(folders[0].name)))
        blank = partial(_is_blank, template)
        looked = (which_file(where, one, other_questions, blank) for one in (also, question) if one)
        found = next(filter(None, looked), None)
        if found is not None:
            return _read_found(found, where, exam, question, other_questions)
        packed = archives(where)
        if unpack_to is not None and len(packed) == 1:
            content = _content(packed[0], where, unpack_to)
            inside = find([content], exam, question, other_questions, template=template, also=also)
            if inside.fault is None:
                note = UNPACKED.format(name=readable(packed[0].name))
                return replace(inside, notes=(note, *inside.notes))
        raise _FaultError(_not_submitted(where, question), absent=True)
    except _FaultError as error:
        return Submission(fault=error.fault, absent=error.absent)
    except OSError as error:
        return _unreadable(question, error.strerror or str(error))


def _is_blank(template: Callable[[], str], path: Path) -> bool:
    """Return whether a file is the module that was handed out; a link, a pipe or the like is never opened."""
    ordinary = path.suffix == ".py" and path.is_file() and not path.is_symlink()
    if not ordinary or path.stat().st_size > MAX_CODE:
        return False
    return path.read_bytes().split() == template().encode().split()


def _content(archive: Path, where: Sequence[Path], unpack_to: Path) -> Path:
    """Return the folder that an archive was unpacked into."""
    _refuse_odd(archive, _within(archive, where), MAX_BYTES)
    try:
        return unpacked(archive, unpack_to)
    except UnpackError as error:
        message = UNREADABLE_FILE.format(name=readable(archive.name), error=error)
        raise _FaultError(message) from None


def _unreadable(name: str, why: str) -> Submission:
    message = UNREADABLE_FILE.format(name=readable(name), error=why)
    return Submission(fault=Fault(kind=FaultKind.SOURCE, message=message))


def _read_found(
    found: Found, where: Sequence[Path], exam: str, question: str, other_questions: Collection[str]
) -> Submission:
    path, suffix = found.chosen.path, found.chosen.name.suffix
    within = _within(path, where)
    left_out = {exam, *(other.path.name for other in found.others)}
    submission = _read(path, question + suffix, within, other_questions, left_out)
    notes = []
    if found.others:
        others = ", ".join(readable(str(other.path.relative_to(within))) for other in found.others[:5])
        notes.append(NEWEST_TAKEN.format(name=readable(path.name), others=others))
    elif not found.expected:
        notes.append(TAKEN_AS.format(name=readable(str(path.relative_to(within))), wanted=question))
    notes += _timestamp_notes(within, exam)
    return replace(submission, notes=(*notes, *submission.notes))


def _within(path: Path, where: Sequence[Path]) -> Path:
    """Return the student's own folder that a file was found in."""
    return next(folder for folder in reversed(where) if path.is_relative_to(folder))


def _timestamp_notes(student: Path, exam: str) -> Iterator[Text]:
    try:
        submitted_at(student, exam)
    except TimestampError as error:
        yield TIMESTAMP_UNREADABLE.format(found=repr(str(error)))


def _not_submitted(where: Sequence[Path], question: str) -> Text:
    """Say that there is no file, and what may have been meant."""
    names = [path.name for folder in where if folder.is_dir() for path in folder.iterdir()]
    stems = {name.rsplit(".", 1)[0].lower(): name for name in names if name.lower().endswith(SUFFIXES)}
    hint = _NOTHING
    if close := get_close_matches(question, [stem for stem in stems if len(stem) < 200], n=1):
        hint = CLOSE_NAME.format(name=readable(stems[close[0]]))
    elif packed := archives(where):
        hint = ARCHIVE_THERE.format(name=readable(packed[0].name))
    elif others := [readable(path.name) for path in printed(where) if path.name != TIMESTAMP]:
        hint = HAND_IN_SOURCE.format(name=get_close_matches(question, others, n=1, cutoff=0)[0])
    return NOT_SUBMITTED.format(wanted=question, hint=hint)


def read(path: Path, other_questions: Collection[str] = ()) -> Submission:
    """Read one module or notebook with the files beside it; what is wrong becomes the ``fault``.

    Args:
        path: a file whose name says which question it answers.
        other_questions: of the exam; their files travel along only where this one speaks of them.
    """
    suffix = next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), ".py")
    try:
        return _read(path, path.stem + suffix, path.parent, other_questions, ())
    except _FaultError as error:
        return Submission(fault=error.fault)
    except OSError as error:
        return _unreadable(path.name, error.strerror or str(error))


def _read(
    path: Path, name: str, within: Path, other_questions: Collection[str], left_out: Collection[str]
) -> Submission:
    data = _bytes(path, within)
    others = [name for name in other_questions if not _mentions(data, name)]
    beside, whole = files_beside(path, others, {CHECKS_FOLDER, TIMESTAMP, *left_out})
    submission = _submission(name, data, beside)
    note = FILES_LEFT_OUT.format(count=MAX_FILES, size=MAX_BYTES >> 20)
    return submission if whole else replace(submission, notes=(note,))


def _mentions(data: bytes, question: str) -> bool:
    return re.search(rf"\b{re.escape(question)}\b".encode(), data) is not None


def _bytes(path: Path, within: Path) -> bytes:
    notebook = path.name.lower().removesuffix(".txt").endswith(".ipynb")
    allowed, advice = (MAX_NOTEBOOK, CLEAR_OUTPUTS) if notebook else (MAX_CODE, _NOTHING)
    _refuse_odd(path, within, allowed, advice)
    data = path.read_bytes()
    if not data.strip():
        raise _FaultError(EMPTY_FILE.format(name=readable(path.name)))
    return data


def _refuse_odd(path: Path, within: Path, allowed: int, advice: Text = _NOTHING) -> None:
    """Refuse what is no ordinary file of so many bytes, or is reached by a link to outside."""
    name = readable(path.name)
    # resolve() raises where links go round
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(within)):
        raise _FaultError(OUTSIDE_LINK.format(name=name))
    if not path.is_file():  # a folder, a pipe or a device is never opened
        raise _FaultError(NOT_A_FILE.format(name=name))
    if (size := path.stat().st_size) > allowed:
        raise _FaultError(TOO_LARGE_FILE.format(name=name, size=size, allowed=allowed, advice=advice))
