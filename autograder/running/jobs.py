"""Jobs with the keys of their attempts, and the runner that keeps these."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.core.outcome import Attempt
from autograder.core.progress import Progress
from autograder.records.locks import claimed
from autograder.records.store import Store
from autograder.running.executor import Executor
from autograder.running.parallel import in_parallel
from autograder.sandbox.job import Job

CACHE_VARIABLE = "AUTOGRADER_CACHE"
Label = tuple[str, ...]  # the words that progress shows for a job


def cache_folder() -> Path:
    """Return the folder where attempts are kept between runs: ``$AUTOGRADER_CACHE`` or the user's cache."""
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
        key: of the attempt.
        job: what to run; None where the attempt is known without running anything.
        attempt: the attempt, where it is known.
        ours: whether the code is the course's own and must give evidence: a fault of it (a time limit on a
            busy machine, say) is not kept.
    """

    key: str
    job: Job | None = None
    attempt: Attempt | None = None
    ours: bool = False


def _anything(job: KeyedJob) -> None:
    """Allow every job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs jobs and keeps their attempts; an attempt that is kept is not run again.

    Attributes:
        executor: where jobs are run.
        store: where attempts are kept.
        cancel: interrupts the run when it is set.
        allow: is asked before a job is run that is not kept, and may raise an error instead.
    """

    executor: Executor
    store: Store = field(default_factory=shared_store)
    cancel: threading.Event = field(default_factory=threading.Event)
    allow: Callable[[KeyedJob], None] = _anything

    def attempt(self, keyed: KeyedJob) -> Attempt:
        """Return the kept attempt, or run the job; a failure of ours is not kept.

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
                self.store.save(keyed.key, attempt)
        return attempt

    def run(self, keyed: KeyedJob) -> Attempt:
        """Run the job, whatever is kept, and keep nothing.

        Raises:
            CancelledError: the run was interrupted.
        """
        if keyed.job is None:
            assert keyed.attempt is not None
            return keyed.attempt
        return self.executor.run(keyed.job, self.cancel)

    def all(
        self, phase: str, work: Mapping[Label, KeyedJob], jobs: int, progress: Progress
    ) -> dict[Label, Attempt]:
        """Return the attempts of many jobs, so many at a time; progress is told of the phase and each label.

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
