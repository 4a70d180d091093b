"""Processes of graders and workers seen from outside, and submissions that wait until they are let on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAUSE = 0.02  # seconds


def named(name: str) -> str:
    """Python of a submission that makes its process known by a name, of at most 15 bytes."""
    return f"__import__('ctypes').CDLL(None).prctl(15, b'{name}', 0, 0, 0)"


def waiting(name: str) -> str:
    """Python of a submission, a function ``wait`` that gives its process a name and waits for :func:`let_on`."""
    return f"""
import signal, time
def wait():
    heard = []
    signal.signal(signal.SIGUSR1, lambda *_: heard.append(1))
    {named(name)}
    while not heard:
        time.sleep(0.01)
"""


def children(parent: int) -> list[tuple[int, str, str]]:
    """(pid, name, command line) of the living children of a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            name, _, rest = (entry / "stat").read_text().rpartition(")")
            if int(rest.split()[1]) == parent and rest.split()[0] != "Z":
                found.append((int(entry.name), name.partition("(")[2], (entry / "cmdline").read_text()))
    return found


def descendants(parent: int) -> Iterator[tuple[int, str, str, int]]:
    """Yield (pid, name, command line, parent) of all processes below one."""
    for child in children(parent):
        yield (*child, parent)
        yield from descendants(child[0])


def pids(*names: str) -> set[int]:
    """The processes below this one that have one of these names."""
    return {pid for pid, name, _, _ in descendants(os.getpid()) if name in names}


def let_on(*names: str) -> None:
    """Let those that wait at this moment go on."""
    for pid in pids(*names):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGUSR1)


@contextmanager
def letting_on(*names: str) -> Iterator[None]:
    """Let whatever waits in the meantime go on."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(_PAUSE):
            let_on(*names)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
