"""Lets others see a run while it is under way: its results so far, now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from msgspec import structs

from autograder.core.verdict import Result
from autograder.records.manifest import Manifest
from autograder.records.run_folder import Run

_PAUSE = 1.0  # seconds at least between two times
_COST = 20  # and as many times what one took, so that showing takes no more than 5% of the run


class Live:
    """Writes ``live.json`` of a run, not more often than it is worth, in a thread out of Ctrl-C's reach."""

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

    def show(self, done: int, manifest: Manifest, results: Callable[[], Iterable[Result]]) -> None:
        """Write the state of a run of which ``done`` submissions are judged, if it is time.

        Args:
            done: how many.
            manifest: of the run.
            results: returns what is known by now, in order; taken one at a time, in another thread.

        Raises:
            RunError: it could not be written the last time.
        """
        began = time.monotonic()
        if self._writing and (not self._writing.done() or began < self._writing.result()):
            return
        submissions = {student: dict(kept) for student, kept in manifest.submissions.items()}
        manifest = structs.replace(manifest, submissions=submissions)
        self._writing = self._thread.submit(self._write, done, manifest, results(), began)

    def _write(self, done: int, manifest: Manifest, found: Iterable[Result], began: float) -> float:
        """Return when to write again."""
        self._run.write_live(manifest, found, done, self._total)
        ended = time.monotonic()
        return ended + max(_PAUSE, _COST * (ended - began))
