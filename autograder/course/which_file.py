"""Which of the files that a student handed in answers a question, whatever a system or a person named it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

SUFFIXES = (".py", ".ipynb")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
PRINTED = (".html", ".htm", ".pdf", ".docx", ".hwp", ".txt")
_JUNK = frozenset(
    [
        "__MACOSX",
        "node_modules",
        "@eaDir",
        "__pycache__",
        "$RECYCLE.BIN",
        "lost+found",
        "System Volume Information",
        "Thumbs.db",
    ]
)
_MAX_DEPTH, _MAX_ENTRIES = 4, 5_000
# What browsers, file managers and LMSs put behind the name of a second copy.
_COPY = re.compile(
    r"(?:\s*\((\d+)\)|[- ](\d{1,3})|\s*-?\s*(?:copy|(?:의\s*)?사본|복사본)(?:\s*\(?(\d+)\)?)?)$",
    re.IGNORECASE,
)


def is_junk(name: str) -> bool:
    """Return whether a file or folder is a system's or a tool's, which nobody hands in on purpose."""
    return name.startswith((".", "~$")) or name in _JUNK


def decoded(name: str) -> str | None:
    """Return a file's name in composed letters; None if its bytes are neither UTF-8 nor cp949."""
    data = os.fsencode(name)
    for encoding in ("utf-8", "cp949"):
        with suppress(UnicodeDecodeError):
            return unicodedata.normalize("NFC", data.decode(encoding))
    return None


def readable(name: str) -> str:
    """Return a file's name for people: in composed letters, with escapes for bytes that are none."""
    return decoded(name) or os.fsencode(name).decode("utf-8", "backslashreplace")


Likeness = Literal["exact", "own", "ends", "starts"]
_ORDER = get_args(Likeness)


@dataclass(frozen=True, slots=True)
class Match:
    """How a file's name means a question.

    Attributes:
        suffix: ``.py`` or ``.ipynb``.
        likeness: ``exact`` for the name that was asked for, ``own`` for that name but for its spelling and
            the number of a copy, ``ends`` where more stands before it, ``starts`` where more follows.
        copy: the number of a copy, ``q1 (2).ipynb``; 0 for none.
    """

    suffix: str
    likeness: Likeness
    copy: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may answer the question; ``modified`` is in seconds since the epoch."""

    path: Path
    name: Match
    modified: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The file that is taken, and the others that could have been meant.

    Attributes:
        chosen: the one that is taken.
        others: the ones that are not.
        expected: whether it has the name that was asked for, and stands where it was asked for.
    """

    chosen: Candidate
    others: Sequence[Candidate]
    expected: bool


def match(name: str, question: str) -> Match | None:
    """Return how a file's name means a question; None if it does not."""
    plain = readable(name)
    bare, suffix = plain.casefold().removesuffix(".txt"), ""
    while (found := next((one for one in SUFFIXES if bare.endswith(one)), None)) is not None:
        bare, suffix = bare.removesuffix(found), found
    if not suffix:
        return None
    if plain == unicodedata.normalize("NFC", question) + suffix:
        return Match(suffix, "exact", 0)
    ways = [(bare, 0)]
    if numbered := _COPY.search(bare):
        ways.append((bare[: numbered.start()], int(next(filter(None, numbered.groups()), 1))))
    for text, copy in ways:
        if (likeness := _likeness(text, question)) is not None:
            return Match(suffix, likeness, copy)
    starts = f"{_words(bare)}_".startswith(f"{_words(question)}_")
    return Match(suffix, "starts", 0) if starts else None


def _likeness(text: str, question: str) -> Likeness | None:
    mine, wanted = _words(text), _words(question)
    if mine.replace("_", "") == wanted.replace("_", ""):
        return "own"
    return "ends" if mine.endswith(f"_{wanted}") else None


def _words(text: str) -> str:
    """Return a text's letters and numbers, with one underscore for all that stands between."""
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFC", text).casefold()).strip("_")


def question_meant(name: str, questions: Iterable[str], most: Likeness = "starts") -> str | None:
    """Return the question that a file's name means, the likest and longest, at most as unlike as ``most``."""
    found = [(_ORDER.index(how.likeness), one) for one in questions if (how := match(name, one)) is not None]
    like = [(-rank, len(one), one) for rank, one in found if rank <= _ORDER.index(most)]
    return max(like)[2] if like else None


def which_file(
    folders: Sequence[Path],
    question: str,
    other_questions: Collection[str] = (),
    is_blank: Callable[[Path], bool] = lambda _: False,
) -> Found | None:
    """Return the file that answers a question.

    A file of this name or a copy of it, in the first folder that has one, goes before all others; then files
    of similar names in these folders; then files in folders inside them. Of several the newest is taken that
    is not blank: by the number that a copy has in its name, then by time, then a notebook before a module.

    Args:
        folders: where files are expected, in order.
        question: the question's name, which is the stem asked for.
        other_questions: whose files are no files of this one.
        is_blank: whether a file is as it was handed out.
    """
    longer = [other for other in other_questions if other != question and other.startswith(question)]

    def candidates(paths: Iterator[Path]) -> Iterator[Candidate]:
        for path in paths:
            found = match(path.name, question)
            if found is not None and not any(match(path.name, other) for other in longer):
                yield Candidate(path, found, os.lstat(path).st_mtime)

    near = [list(candidates(_files(folder))) for folder in folders]
    own = [[one for one in here if one.name.likeness in ("exact", "own")] for here in near]
    if first := next((here for here in own if here), None):
        elsewhere = [one for here in own for one in here if here is not first]
        return _newest(first, is_blank, elsewhere, expected=True)
    for likeness in ("ends", "starts"):
        if similar := [one for here in near for one in here if one.name.likeness == likeness]:
            return _newest(similar, is_blank)
    deep = {found.path: found for folder in folders for found in candidates(_all_files(folder))}
    return _newest(list(deep.values()), is_blank) if deep else None


def _newest(
    found: Sequence[Candidate],
    is_blank: Callable[[Path], bool],
    others: Sequence[Candidate] = (),
    *,
    expected: bool = False,
) -> Found:
    blank = {one.path: len(found) > 1 and is_blank(one.path) for one in found}
    ordered = sorted(found, key=lambda one: (not blank[one.path], *_age(one)))
    chosen = ordered[-1]
    expected = expected and chosen.name.likeness == "exact"
    return Found(chosen=chosen, others=[*ordered[:-1], *others], expected=expected)


def _age(found: Candidate) -> tuple[int, float, bool, str]:
    return found.name.copy, found.modified, found.name.suffix == ".ipynb", str(found.path)


def _files(folder: Path) -> Iterator[Path]:
    """Yield what in a folder is no folder and no junk."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    yield from (folder / name for name in names if not is_junk(name))


def _all_files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in the folders inside it, some levels deep; links are not followed."""
    count = 0
    for top, inside, names in os.walk(folder):
        depth = len(Path(top).relative_to(folder).parts)
        inside[:] = [] if depth == _MAX_DEPTH else sorted(name for name in inside if not is_junk(name))
        for name in sorted(names):
            if (count := count + 1) > _MAX_ENTRIES:
                return
            if not is_junk(name):
                yield Path(top) / name


def archives(folders: Sequence[Path]) -> list[Path]:
    """Return the archives that stand where files are expected; if there are none, those in folders inside."""
    near = (path for folder in folders for path in _files(folder))
    deep = (path for folder in folders for path in _all_files(folder))
    packed = [path for path in near if path.name.lower().endswith(ARCHIVES)]
    return packed or list(dict.fromkeys(path for path in deep if path.name.lower().endswith(ARCHIVES)))


def printed(folders: Sequence[Path]) -> list[Path]:
    """Return the files that are pictures of a notebook rather than the notebook."""
    return [path for folder in folders for path in _files(folder) if path.name.lower().endswith(PRINTED)]
