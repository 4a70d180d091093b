"""Where jobs run: the Protocol, and the executor that runs them on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol

from autograder.core.exam import Profile
from autograder.core.outcome import Attempt, Fault, FaultKind
from autograder.course.catalog import QuestionEntry
from autograder.running.environment import Environment, environment_of
from autograder.sandbox import supervisor
from autograder.sandbox.choose import confining
from autograder.sandbox.gpus import Slots, kind
from autograder.sandbox.job import Job
from autograder.sandbox.protocol import Isolation


class Executor(Protocol):
    """Runs jobs, several at a time, each in a thread of the caller's."""

    @property
    def name(self) -> str:
        """The name of the isolation, as results record it."""

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        """Run a job to its end, wherever that is.

        Raises:
            CancelledError: ``cancel`` was set.
            UserError: nothing can be run there any more; the message says what to do.
        """


@dataclass(frozen=True, slots=True)
class Local:
    """Runs each job in workers on this machine; each GPU has one worker at a time."""

    isolation: Isolation
    slots: Slots = field(default_factory=Slots)

    @property
    def name(self) -> str:
        return self.isolation.name

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        if kind(job.device) == "cpu":
            return supervisor.run(job, self.isolation, cancel)
        with self.slots.one(job.device, cancel) as gpu:
            attempt = supervisor.run(job, self.isolation, cancel, gpu)
        parts = {task.part for task, outcome in attempt.outcomes.items() if _wanted_memory(outcome.fault)}
        if not parts:
            return attempt
        # Memory that others held is not the student's fault: it counts only if it happens alone.
        with self.slots.alone(job.device, cancel) as gpu:
            left = replace(job, tasks=[task for task in job.tasks if task.part in parts])
            return _instead(attempt, supervisor.run(left, self.isolation, cancel, gpu), parts)


def _wanted_memory(fault: Fault | None) -> bool:
    return fault is not None and fault.kind is FaultKind.MEMORY


def _instead(attempt: Attempt, again: Attempt, parts: Collection[str]) -> Attempt:
    """Return an attempt with some parts from a second one."""
    kept = {task: outcome for task, outcome in attempt.outcomes.items() if task.part not in parts}
    return replace(attempt, outcomes={**kept, **again.outcomes}, output=again.output)


@dataclass(frozen=True, slots=True)
class _Lazy:
    name: str
    local: Callable[[], Local]

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        return self.local().run(job, cancel)


Confine = Callable[[str], AbstractContextManager[Isolation]]  # the isolation of a name, closed at the end


@contextmanager
def lazily(name: str, confine: Confine = confining) -> Iterator[Executor]:
    """Give an executor whose isolation is chosen when the first job is run: as a rule all is kept already.

    Its jobs are run one at a time.
    """
    with ExitStack() as stack:
        yield _Lazy(name, cache(lambda: Local(stack.enter_context(confine(name)))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where and how questions are run.

    Attributes:
        executor: runs the jobs.
        profile: ``mini`` or ``full``.
        device: ``cpu``, ``cuda`` or ``cuda:i``.
        gpu: the model of the GPUs, where these are not of this machine.
        data: the folder of the official datasets; None for the usual one.
        jobs: how many are under way at a time.
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
