"""A claim to a key of a store: of all who share the store, one runs what the key stands for, the others wait.

The system ends a claim with the process that holds it. Where a file system cannot lock, everyone may go on:
files are written whole, so the worst is that something is run twice.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.core.errors import CancelledError

_PAUSE = 0.1  # seconds between tries


@contextmanager
def claimed(path: Path, cancel: threading.Event) -> Iterator[None]:
    """Hold the lock file ``path``; threads, processes and machines with the same folder wait for each other.

    Raises:
        CancelledError: ``cancel`` was set while somebody else held it.
    """
    held = _take(path, cancel)
    try:
        yield
    finally:
        if held is not None:
            path.unlink(missing_ok=True)  # while it is still locked: whoever waits sees that it is gone
            os.close(held)


def _take(path: Path, cancel: threading.Event) -> int | None:
    """Return the descriptor of the locked file, or None where there are no locks."""
    import fcntl

    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:  # a store that can only be read
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _names(path, descriptor):
                return descriptor
            os.close(descriptor)  # its holder was done, and removed it after we had opened it
        except BlockingIOError:
            os.close(descriptor)
            if cancel.wait(_PAUSE):
                raise CancelledError from None
        except OSError:
            os.close(descriptor)
            return None


def _names(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
