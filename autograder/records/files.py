"""Files that are written whole or not at all."""

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
    """A file of ours cannot be read or written, or a run is not the one asked for; one line says why."""


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write so that a reader of ``path`` sees the old content or the new, even after a crash.

    Raises:
        RunError: it cannot be written.
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
    """Return the error to raise where ``path`` cannot be written, with what can be done about it."""
    if error.errno in _FULL:
        advice = "make room and run the same command again; what is done is kept"
    else:
        advice = "choose a folder that you may write to"
    return RunError(f"{path} cannot be written: {error.strerror}; {advice}")


def sweep(folder: Path, age: float = 0) -> None:
    """Remove what a killed process left of files that it was writing.

    Args:
        folder: where nobody else is writing files younger than ``age``.
        age: in seconds.
    """
    # Path.glob would hold the names of all files of a large class.
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # another process was first, or it is not ours to remove
                if _TEMPORARY.fullmatch(entry.name) and time.time() - entry.stat().st_mtime >= age:
                    os.unlink(entry.path)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file as :func:`whole` does.

    Raises:
        RunError: it cannot be written.
    """
    with whole(path) as file:
        file.write(data)
