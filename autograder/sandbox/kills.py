"""Decides who answers for a worker that was ended by a signal which code does not get by crashing.

The system for want of memory, a person, or the submission itself may have sent it, and nothing tells which.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from pathlib import Path

from autograder.core.outcome import Task

_SENT = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STATISTICS = Path("/proc/vmstat")  # where Linux counts the processes that it ended for want of memory


def was_killed(status: int) -> bool:
    """Return whether an exit status, negative or above 128 for a signal, is of a signal that was sent."""
    return status in {code for number in _SENT for code in (-number, 128 + number)}


def memory_kills() -> int:
    """Return how many processes Linux has ended for want of memory so far; 0 where that is unknown."""
    try:
        lines = STATISTICS.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


@dataclass(slots=True)
class Kills:
    """The workers of one job that were killed: where, and whether the system had run out of memory."""

    places: set[tuple[Task, bool]] = field(default_factory=set)
    before: int = field(default_factory=memory_kills)

    def for_want_of_memory(self) -> bool:
        """Return whether the system ended a process for want of memory since the job began."""
        return memory_kills() > self.before

    def again(self, task: Task, *, loaded: bool) -> bool:
        """Record a kill; return whether one at this place came before: then it is the submission's own doing.

        Args:
            task: the one at hand or, before the first, the one to come.
            loaded: whether the submission was loaded.
        """
        before = (task, loaded) in self.places
        self.places.add((task, loaded))
        return before
