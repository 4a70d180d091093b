"""Lets others see a run while it is under way: its results so far, now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from autograder.store import Run

_PAUSE = 1.0  # seconds at least between two times
_COST = 20  # and as many times what one took, so that showing takes no more than 5% of the run


class Live:
    """Writes ``live.json`` of a run, not more often than it is worth, in a thread that Ctrl-C does not reach.

    It holds ``{"done", "total", "manifest", "results"}``: how many submissions of how many are judged, and
    what will be the content of run.json and results.json as far as it is known.
    """

    def __init__(self, run: Run, total: int) -> None:
        self._run, self._total = run, total
        self._thread = ThreadPoolExecutor(1)
        self._writing: Future[float] | None = None

    def __enter__(self) -> Live:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()

    def show(self, done: int, manifest: Mapping[str, Any], results: Callable[[], Mapping[str, Any]]) -> None:
        """Write the state of a run of which ``done`` submissions are judged, if it is time.

        Raises:
            RunError: it could not be written the last time.
        """
        began = time.monotonic()
        if self._writing and (not self._writing.done() or began < self._writing.result()):
            return
        submissions = {student: dict(places) for student, places in manifest["submissions"].items()}
        state = {
            "done": done,
            "total": self._total,
            "manifest": {**manifest, "submissions": submissions},
            "results": results(),
        }
        self._writing = self._thread.submit(self._write, state, began)

    def _write(self, state: Mapping[str, Any], began: float) -> float:
        """Return when to write again."""
        self._run.write_live(state)
        ended = time.monotonic()
        return ended + max(_PAUSE, _COST * (ended - began))
