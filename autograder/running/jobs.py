"""Jobs with the keys of their attempts, and the runner that stores attempts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.core.outcome import Attempt
from autograder.core.progress import Progress
from autograder.core.text import Text
from autograder.records.locks import claimed
from autograder.records.store import Store
from autograder.running.executor import Executor
from autograder.running.parallel import in_parallel
from autograder.sandbox.job import Job

CACHE_VARIABLE = "AUTOGRADER_CACHE"
Label = tuple[str, ...]  # the words that progress shows for a job


def cache_folder() -> Path:
    """Return the folder of attempts shared between runs: ``$AUTOGRADER_CACHE`` or the user's cache."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    import platformdirs

    return platformdirs.user_cache_path("dl-autograder") / "references"


def shared_store() -> Store:
    """Return the store in :func:`cache_folder`."""
    return Store(cache_folder())


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedJob:
    """A job with the key of its attempt.

    Attributes:
        key: the attempt's key.
        job: the job; None if the attempt is known without running anything.
        attempt: the attempt, if it is known.
        ours: whether the code is the course's own and must give evidence: its faults (such as a time limit on
            a busy machine) are not stored.
    """

    key: str
    job: Job | None = None
    attempt: Attempt | None = None
    ours: bool = False


def _anything(job: KeyedJob) -> None:
    """Allow every job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A runner of jobs that stores their attempts; a stored attempt is not run again.

    Attributes:
        executor: runs the jobs.
        store: holds the attempts.
        cancel: interrupts the run when it is set.
        allow: called before a job is run whose attempt is not stored; may raise an error to refuse.
    """

    executor: Executor
    store: Store = field(default_factory=shared_store)
    cancel: threading.Event = field(default_factory=threading.Event)
    allow: Callable[[KeyedJob], None] = _anything

    def attempt(self, keyed: KeyedJob) -> Attempt:
        """Return the stored attempt, or run the job and store its attempt unless the engine failed.

        Raises:
            CancelledError: the run was interrupted.
            RunError: the attempt cannot be written.
        """
        if (kept := self.store.load(keyed.key)) is not None:
            return kept
        self.allow(keyed)
        with claimed(self.store.claim_path(keyed.key), self.cancel):
            if (kept := self.store.load(keyed.key)) is not None:
                return kept
            attempt = self.run(keyed)
            if not attempt.failed and not (keyed.ours and attempt.faulted):
                # What a moment of this machine may have caused is nobody else's.
                store = replace(self.store, behind=None) if attempt.cut_off else self.store
                store.save(keyed.key, attempt)
        return attempt

    def run(self, keyed: KeyedJob) -> Attempt:
        """Run the job without reading or writing the store.

        Raises:
            CancelledError: the run was interrupted.
        """
        if keyed.job is None:
            assert keyed.attempt is not None
            return keyed.attempt
        return self.executor.run(keyed.job, self.cancel)

    def all(
        self, phase: Text, work: Mapping[Label, KeyedJob], jobs: int, progress: Progress
    ) -> dict[Label, Attempt]:
        """Return the attempts of many jobs, running up to ``jobs`` at a time and reporting each label.

        Raises:
            CancelledError: the run was interrupted.
            RunError: an attempt cannot be written.
        """
        found: dict[Label, Attempt] = {}

        def keep(label: Label, attempt: Attempt) -> None:
            found[label] = attempt
            progress.step(" ".join(label))

        progress.begin(phase, len(work))
        in_parallel(jobs, self.cancel, lambda label: self.attempt(work[label]), work, keep)
        return found
