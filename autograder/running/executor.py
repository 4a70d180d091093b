"""Executors of jobs: the protocol, and the executor on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol

from autograder.core.framework import Profile
from autograder.core.outcome import Attempt, FaultKind
from autograder.course.question import QuestionEntry
from autograder.running.environment import Environment, environment_of
from autograder.sandbox import supervisor
from autograder.sandbox.choose import confining
from autograder.sandbox.job import Job
from autograder.sandbox.pressure import waited_for_processors, were_scarce
from autograder.sandbox.protocol import Isolation
from autograder.sandbox.slots import Slots


class Executor(Protocol):
    """A runner of jobs; several threads may call it at a time."""

    @property
    def name(self) -> str:
        """The name of the isolation, as results record it."""

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        """Run a job to its end and return the attempt.

        Raises:
            CancelledError: ``cancel`` was set.
            UserError: the executor cannot run jobs any more; the message says what to do.
        """


@dataclass(frozen=True, slots=True)
class Local:
    """An executor in workers on this machine; each GPU has one worker at a time.

    A part that crashed, or was cut off while processors were scarce, is run once more with the machine to
    itself before that counts: another worker may have been the cause. So is one that wants a GPU's memory.
    """

    isolation: Isolation
    slots: Slots = field(default_factory=Slots)

    @property
    def name(self) -> str:
        return self.isolation.name

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        with self.slots.one(job.device, cancel) as gpu:
            waited = waited_for_processors()
            attempt = supervisor.run(job, self.isolation, cancel, gpu)
            scarce = were_scarce(waited)
        doubtful = {FaultKind.CRASH} | ({FaultKind.TIME} if scarce else set())
        doubtful |= {FaultKind.MEMORY} if gpu else set()
        faults = {task.part: outcome.fault for task, outcome in attempt.outcomes.items() if outcome.fault}
        parts = {part for part, fault in faults.items() if fault.kind in doubtful}
        if not parts:
            return attempt
        with self.slots.alone(job.device, cancel) as gpu:
            left = replace(job, tasks=[task for task in job.tasks if task.part in parts])
            return _instead(attempt, supervisor.run(left, self.isolation, cancel, gpu), parts)


def _instead(attempt: Attempt, again: Attempt, parts: Collection[str]) -> Attempt:
    """Return ``attempt`` with the outcomes of these parts taken from ``again``."""
    kept = {task: outcome for task, outcome in attempt.outcomes.items() if task.part not in parts}
    return replace(attempt, outcomes={**kept, **again.outcomes}, output=again.output)


@dataclass(frozen=True, slots=True)
class _Lazy:
    name: str
    local: Callable[[], Local]

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        return self.local().run(job, cancel)


Confine = Callable[[str], AbstractContextManager[Isolation]]  # from a name to an isolation, closed on exit


@contextmanager
def lazily(name: str, confine: Confine = confining) -> Iterator[Executor]:
    """Yield an executor that chooses its isolation at the first job: usually every attempt is kept already.

    Jobs must be run one at a time.
    """
    with ExitStack() as stack:
        yield _Lazy(name, cache(lambda: Local(stack.enter_context(confine(name)))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The executor and settings with which questions are run.

    Attributes:
        executor: runs the jobs.
        profile: ``mini`` or ``full``.
        device: ``cpu``, ``cuda`` or ``cuda:i``.
        gpu: the model of the GPUs, if they are not in this machine.
        data: the folder of the official datasets; None for the default.
        jobs: the maximum number of jobs at a time.
    """

    executor: Executor
    profile: Profile = "mini"
    device: str = "cpu"
    gpu: str = ""
    data: Path | None = None
    jobs: int = 1

    def environments(self, entries: Iterable[QuestionEntry]) -> dict[QuestionEntry, Environment]:
        """Return the environment of each question here; errors as of :func:`environment_of`."""
        where = self.profile, self.device, self.data, self.gpu
        return {entry: environment_of(entry, *where) for entry in entries}
