"""What the protections rest on, and whether that is there on this machine."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from autograder.sandbox.bubblewrap import Bubblewrap, works
from autograder.sandbox.kills import STATISTICS
from autograder.sandbox.pressure import waited_for_processors
from autograder.sandbox.protocol import IsolationError
from autograder.sandbox.seccomp import program

_GROUNDS = (
    (
        "files, processes, network, terminals and signals of others",
        "bubblewrap and namespaces",
        "no sandbox",
    ),
    (
        "internet sockets, buffers, locks, watches, processes, calls that reach out",
        "a filter of system calls (libseccomp)",
        "no sandbox",
    ),
    (
        "threads, memory, descriptors, timers",
        "limits of a process whose user, or namespace for users, is its own",
        "no sandbox",
    ),
    (
        "files without end",
        "nr_inodes of the warm sandbox's memory file systems",
        "the system's own limit, as in the cold sandbox",
    ),
    (
        "no fault for a busy machine",
        "/proc/pressure/cpu",
        "every part that is cut off is tried once more alone",
    ),
    (
        "no fault for want of memory of the machine",
        "oom_kill in /proc/vmstat",
        "a worker that Linux ends counts as a crash",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What some protections rest on.

    Attributes:
        of: the protections.
        name: what they rest on.
        there: whether it is there.
        without: what happens where it is not.
    """

    of: str
    name: str
    there: bool
    without: str


def grounds() -> list[Ground]:
    """Return what the protections of both sandboxes rest on; that they hold is tested by attempts."""
    linux = platform.system() == "Linux"
    there = [works(Bubblewrap()) is None, _filters(), linux, linux]
    there += [waited_for_processors().seconds is not None, STATISTICS.is_file()]
    return [
        Ground(of=of, name=name, there=found, without=without)
        for (of, name, without), found in zip(_GROUNDS, there, strict=True)
    ]


def _filters() -> bool:
    try:
        return bool(program(processes=False))
    except IsolationError:
        return False
