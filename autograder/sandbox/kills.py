"""Decides who is to blame when a worker is ended by a signal that no crash causes, such as SIGKILL.

The system when out of memory, a person, or the submission itself may have sent it; nothing tells which.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from pathlib import Path

from autograder.core.outcome import Task

_SENT = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STATISTICS = Path("/proc/vmstat")  # where Linux counts the processes that it killed when out of memory


def was_killed(status: int) -> bool:
    """Return whether an exit status, negative or above 128 for a signal, means a signal that was sent."""
    return status in {code for number in _SENT for code in (-number, 128 + number)}


def memory_kills() -> int:
    """Return how many processes Linux has killed when out of memory; 0 if unknown."""
    try:
        lines = STATISTICS.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))


@dataclass(slots=True)
class Kills:
    """The kills of one job's workers: at which task, and whether the submission was loaded."""

    places: set[tuple[Task, bool]] = field(default_factory=set)
    before: int = field(default_factory=memory_kills)

    def for_want_of_memory(self) -> bool:
        """Return whether Linux has killed a process, out of memory, since the job began."""
        return memory_kills() > self.before

    def again(self, task: Task, *, loaded: bool) -> bool:
        """Record a kill; return whether it is the second at this point, so that the submission is to blame.

        Args:
            task: the current one or, before the first, the next.
            loaded: whether the submission was loaded.
        """
        before = (task, loaded) in self.places
        self.places.add((task, loaded))
        return before
