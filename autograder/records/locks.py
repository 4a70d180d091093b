"""Locks of files, which go with the process that has them, however it ends."""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO

_TRIES, _PAUSE = 10, 0.1  # times, seconds


def lock(file: IO[str]) -> None:
    """Lock a file, until it is closed.

    Raises:
        BlockingIOError: another process has locked it.
        OSError: the file system cannot lock.
    """
    import fcntl

    # A worker that was being started when its grader was ended holds the lock for a moment longer.
    for left in reversed(range(_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not left:
                raise
            time.sleep(_PAUSE)


def is_locked(path: Path) -> bool:
    """Whether a process has locked a file now; not if it is not there."""
    import fcntl

    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
