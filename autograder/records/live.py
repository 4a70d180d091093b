"""Publishes the results so far of a run in progress, at intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from msgspec import structs

from autograder.core.verdict import Result
from autograder.records.manifest import Manifest
from autograder.records.run_folder import Run

_PAUSE = 1.0  # minimum seconds between two writes
_COST = 20  # minimum pause over the duration of the last write: writing takes at most 5% of the run


class Live:
    """A writer of ``live.json`` at limited intervals, in a thread that Ctrl-C does not interrupt."""

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
        """Write the state of the run, unless the last write was too recent.

        Args:
            done: the number of submissions judged so far.
            manifest: the run's manifest.
            results: returns the results so far, in order; they are consumed in another thread.

        Raises:
            RunError: the previous write failed.
        """
        began = time.monotonic()
        if self._writing and (not self._writing.done() or began < self._writing.result()):
            return
        submissions = {student: dict(kept) for student, kept in manifest.submissions.items()}
        manifest = structs.replace(manifest, submissions=submissions)
        self._writing = self._thread.submit(self._write, done, manifest, results(), began)

    def _write(self, done: int, manifest: Manifest, found: Iterable[Result], began: float) -> float:
        """Write the file and return the time (of ``time.monotonic``) from which to write again."""
        self._run.write_live(manifest, found, done, self._total)
        ended = time.monotonic()
        return ended + max(_PAUSE, _COST * (ended - began))
