"""Atomic writing of files: whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from autograder.core.errors import UserError, reason
from autograder.core.text import Text

_TEMPORARY = re.compile(r"\..*\.tmp")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MAKE_ROOM = Text(
    ko="자리를 만들고 같은 명령을 다시 실행하세요. 이미 된 것은 남아 있습니다",
    en="make room and run the same command again; what is done is kept",
)
_ELSEWHERE = Text(ko="쓸 수 있는 폴더를 고르세요", en="choose a folder that you may write to")


class RunError(UserError):
    """A file of a run cannot be read or written, or the run is not the requested one; one line says why."""


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that replaces ``path`` atomically on exit: readers see the old content or the new.

    Raises:
        RunError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> RunError:
    """Return the error to raise if ``path`` cannot be written; its message says what to do."""
    advice = _MAKE_ROOM if error.errno in _FULL else _ELSEWHERE
    why = reason(error)
    return RunError(
        f"{path} cannot be written: {why.en}; {advice.en}",
        ko=f"{path}에 쓸 수 없습니다: {why.ko}. {advice.ko}",
    )


def no_results(folder: Path) -> RunError:
    """Return the error to raise if nothing was graded into a folder."""
    return RunError(
        f"{folder}: no results.json; run autograder grade ... --output {folder} first",
        ko=f"{folder}: results.json이 없습니다. 먼저 autograder grade ... --output {folder} 을 실행하세요",
    )


def not_a_run(folder: Path) -> RunError:
    """Return the error to raise if a folder holds no run."""
    return RunError(
        f"{folder}: no run.json; it is not a folder that autograder grade wrote",
        ko=f"{folder}: run.json이 없습니다. autograder grade가 쓴 폴더가 아닙니다",
    )


def sweep(folder: Path, age: float = 0) -> None:
    """Remove temporary files that a killed process left in a folder.

    Args:
        folder: the folder, in which no other process may be writing a file older than ``age``.
        age: the minimum age of a file to remove, in seconds.
    """
    # Path.glob would hold the names of all files of a large class.
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # another process was first, or it is not ours to remove
                if _TEMPORARY.fullmatch(entry.name) and time.time() - entry.stat().st_mtime >= age:
                    os.unlink(entry.path)


def link_whole(existing: Path, path: Path) -> None:
    """Let ``path`` be the file that ``existing`` is; whole files are replaced and never changed.

    Raises:
        OSError: the file systems are not the same, or have no such links.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    name = f"{path.parent}/.{path.name}.{os.getpid()}.{threading.get_ident()}.tmp"
    os.link(existing, name)
    try:
        os.replace(name, path)
    finally:
        with suppress(FileNotFoundError):  # it stays where both are one file already
            os.unlink(name)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically, as :func:`whole` does.

    Raises:
        RunError: the file cannot be written.
    """
    with whole(path) as file:
        file.write(data)
