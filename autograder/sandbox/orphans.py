"""Ends what bubblewrap leaves when it is killed in the moment in which it starts.

Its first process inside waits for a word of the one outside before it binds its life to it; if that is killed
just then, it waits for ever. It has nothing of a student's, but it would stay until the machine is restarted.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.bubblewrap import START

_PROCESSES = Path("/proc")


def end_orphans() -> None:
    """End the waiting processes that killed graders left behind, if they are the user's own."""
    for process in _first_inside():
        with suppress(OSError):
            if _word(process, "PPid:") != "0" and _name(_PROCESSES / _word(process, "PPid:")) != "bwrap":
                os.kill(int(process.name), signal.SIGKILL)


def _first_inside() -> Iterator[Path]:
    """The bubblewraps of graders that are the first process of a namespace."""
    for process in _PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            ours = START.encode() in (process / "cmdline").read_bytes()
            if ours and _name(process) == "bwrap" and _word(process, "NSpid:", last=True) == "1":
                yield process


def _name(process: Path) -> str:
    return (process / "comm").read_text().strip()


def _word(process: Path, label: str, *, last: bool = False) -> str:
    lines = (process / "status").read_text().splitlines()
    words = next(line.split() for line in lines if line.startswith(label))
    return words[-1 if last else 1]
