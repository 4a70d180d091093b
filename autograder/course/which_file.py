"""Which of the files that a student handed in answers a question, whatever a system or a person named it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

SUFFIXES = (".py", ".ipynb")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
PRINTED = (".html", ".htm", ".pdf", ".docx", ".hwp", ".txt")
_JUNK = frozenset(
    [
        "__MACOSX",
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
    r"(?:\s*\((\d+)\)|[-_ ](\d{1,3})|\s*-?\s*(?:copy|(?:의\s*)?사본|복사본)(?:\s*\(?(\d+)\)?)?)$",
    re.IGNORECASE,
)


def is_junk(name: str) -> bool:
    """Whether a file or folder is an operating system's or a tool's, and nobody handed it in on purpose."""
    return name.startswith((".", "~$")) or name in _JUNK


def readable(name: str) -> str:
    """Return a file's name in composed letters; bytes that are no UTF-8 are read as cp949."""
    try:
        name.encode()
    except UnicodeEncodeError:
        data = os.fsencode(name)
        try:
            name = data.decode("cp949")
        except UnicodeDecodeError:
            name = data.decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", name)


@dataclass(frozen=True, slots=True)
class Match:
    """How a file's name means a question.

    Attributes:
        suffix: ``.py`` or ``.ipynb``.
        exact: whether it is the name that was asked for.
        own: whether it is that but for spelling and the number of a copy; else something stands before it.
        copy: the number of a copy, ``q1 (2).ipynb``; 0 for none.
    """

    suffix: str
    exact: bool
    own: bool
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
    lower = plain.casefold().removesuffix(".txt")
    suffix = next((suffix for suffix in SUFFIXES if lower.endswith(suffix)), None)
    if suffix is None:
        return None
    wanted = unicodedata.normalize("NFC", question)
    bare = lower.removesuffix(suffix)
    numbered = _COPY.search(bare)
    ways = [(bare, 0)]
    if numbered:
        ways.append((bare[: numbered.start()], int(next(filter(None, numbered.groups()), 1))))
    for text, copy in ways:
        stem = re.sub(r"[\s\-]+", "_", text).strip("_")
        if stem == wanted.casefold() or stem.endswith("_" + wanted.casefold()):
            return Match(suffix, plain == wanted + suffix, stem == wanted.casefold(), copy)
    return None


def which_file(folders: Sequence[Path], question: str) -> Found | None:
    """Return the file that answers a question.

    A file of this name or a copy of it, in the first folder that has one, goes before all others; then files
    of similar names in these folders; then files in folders inside them. Of several the newest is taken: by
    the number that a copy has in its name, then by time, then a notebook before a module.

    Args:
        folders: where files are expected, in order.
        question: the question's name, which is the stem asked for.
    """
    near = [list(_candidates(_files(folder), question)) for folder in folders]
    for here in near:
        if own := [found for found in here if found.name.own]:
            return _newest(own)
    if similar := list(chain.from_iterable(near)):
        return _newest(similar)
    deep = {found.path: found for folder in folders for found in _candidates(_all_files(folder), question)}
    return _newest(deep.values(), expected=False) if deep else None


def _newest(found: Iterable[Candidate], *, expected: bool = True) -> Found:
    ordered = sorted(
        found, key=lambda one: (one.name.copy, one.modified, one.name.suffix == ".ipynb", str(one.path))
    )
    return Found(chosen=ordered[-1], others=ordered[:-1], expected=expected and ordered[-1].name.exact)


def _candidates(paths: Iterator[Path], question: str) -> Iterator[Candidate]:
    for path in paths:
        if (found := match(path.name, question)) is not None:
            yield Candidate(path, found, os.lstat(path).st_mtime)


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
    """Return the archives that stand where files are expected."""
    return [path for folder in folders for path in _files(folder) if path.name.lower().endswith(ARCHIVES)]


def printed(folders: Sequence[Path]) -> list[Path]:
    """Return the files that are pictures of a notebook rather than the notebook."""
    return [path for folder in folders for path in _files(folder) if path.name.lower().endswith(PRINTED)]
