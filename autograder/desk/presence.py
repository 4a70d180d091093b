"""Who looks at what just now, as the open pages tell every few seconds; kept in memory only."""

from __future__ import annotations

import threading
import time

_FORGOTTEN = 15.0  # seconds after which a page that says nothing is closed


class Presence:
    """The open pages of all graders of this server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], tuple[float, str]] = {}  # by grader and page: when, and where

    def look(self, grader: str, page: str, where: str) -> None:
        """Note that a page of a grader shows something; ``page`` tells a grader's pages apart."""
        with self._lock:
            self._seen[grader, page] = (time.monotonic(), where)

    def others(self, grader: str) -> list[tuple[str, str]]:
        """Return who else looks, and where, in alphabetical order."""
        oldest = time.monotonic() - _FORGOTTEN
        with self._lock:
            self._seen = {who: seen for who, seen in self._seen.items() if seen[0] >= oldest}
            return sorted({(who, where) for (who, _), (_, where) in self._seen.items() if who != grader})
