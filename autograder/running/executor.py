"""Where jobs run: the Protocol, and the executor that runs them on this machine."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Protocol

from autograder.core.outcome import Attempt, Fault, FaultKind
from autograder.sandbox import supervisor
from autograder.sandbox.gpus import Slots, kind
from autograder.sandbox.job import Job
from autograder.sandbox.protocol import Isolation


class Executor(Protocol):
    """Runs jobs, several at a time, each in a thread of the caller's."""

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


def on_this_machine(here: Executor) -> Executor:
    """Spread over nothing else: the executor of this machine as it is."""
    return here
