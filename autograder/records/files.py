"""Atomic writing of files: whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from autograder.core.errors import UserError

_TEMPORARY = re.compile(r"\..*\.tmp")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
    if error.errno in _FULL:
        advice = "make room and run the same command again; what is done is kept"
    else:
        advice = "choose a folder that you may write to"
    return RunError(f"{path} cannot be written: {error.strerror}; {advice}")


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


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically, as :func:`whole` does.

    Raises:
        RunError: the file cannot be written.
    """
    with whole(path) as file:
        file.write(data)
