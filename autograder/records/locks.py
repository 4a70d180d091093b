"""Locks of files, which go with the process that has them, however it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from autograder.core.errors import CancelledError

_PAUSE = 0.1  # seconds between tries
_PATIENCE = 1.0  # seconds: a worker that was being started when its grader was ended holds the lock as long


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``, which stays.

    Raises:
        BlockingIOError: another process holds it.
        OSError: it cannot be made, or the file system cannot lock.
    """
    lock = FileLock(path, timeout=_PATIENCE, poll_interval=_PAUSE, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise BlockingIOError(f"{path} is locked") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def claimed(path: Path, cancel: threading.Event) -> Iterator[None]:
    """Hold the lock file ``path``, which is removed at the end; all others with the same folder wait.

    Where it cannot be made or locked, everyone goes on: files are written whole, so that the worst is that
    something is run twice.

    Raises:
        CancelledError: ``cancel`` was set while somebody else held it.
    """
    lock = FileLock(path, poll_interval=_PAUSE, fallback_to_soft=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(cancel_check=cancel.is_set)
    except Timeout:
        raise CancelledError from None
    except OSError:
        pass
    try:
        yield
    finally:
        if lock.is_locked:
            path.unlink(missing_ok=True)  # while it is still locked: whoever waits sees that it is gone
            lock.release()


def is_locked(path: Path) -> bool:
    """Whether a process holds a lock file now; may be asked where nothing can be written."""
    import fcntl

    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
