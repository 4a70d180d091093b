"""File locks, released when the process that holds them ends, however it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from autograder.core.errors import CancelledError

_PAUSE = 0.1  # seconds between tries
_PATIENCE = 1.0  # seconds; a worker being started while its grader is killed may hold the lock that long


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on the file ``path``, which is not removed afterwards.

    Raises:
        BlockingIOError: another process holds the lock.
        OSError: the file cannot be created, or the file system does not support locks.
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
    """Hold a lock on the file ``path``, which is removed afterwards; other processes wait for it.

    If the file cannot be created or locked, nobody waits: files are written atomically, so that at worst a
    job is run twice.

    Raises:
        CancelledError: ``cancel`` was set while another process held the lock.
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
            path.unlink(missing_ok=True)  # while still locked, so that waiting processes see that it is gone
            lock.release()


def is_locked(path: Path) -> bool:
    """Return whether a process holds the lock now; works on read-only file systems."""
    import fcntl

    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
