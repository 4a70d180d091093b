"""From a question to jobs and their keys, and from jobs to attempts that are kept."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.core.errors import UserError
from autograder.core.evidence import Evidence
from autograder.core.exam import Limit, Profile, Question
from autograder.core.outcome import PUBLIC, Attempt, Task, faulty
from autograder.core.variants import Variant
from autograder.course.catalog import QuestionEntry
from autograder.course.data import data_folder, fingerprint
from autograder.course.source import imported_packages
from autograder.course.submission import Submission
from autograder.records.locks import claimed
from autograder.records.store import Store
from autograder.running.environment import FRAMEWORK_PACKAGES, Environment, digest, missing, versions_on
from autograder.running.executor import Executor
from autograder.sandbox.job import SETUP, Job

_GIVEN = "given"  # the name that stands for a part where inputs are made


class InputsError(UserError):
    """The inputs of a question could not be made: a mistake in its ``given``, or a failure of ours."""


class NotRunnableError(UserError):
    """A framework that a question needs is not installed; the message names the extra to install."""


def environment_of(
    entry: QuestionEntry, profile: Profile, device: str, data: Path | None = None, gpu: str = ""
) -> Environment:
    """Return the environment of running a question here and now.

    Args:
        entry: the question.
        profile: ``mini`` or ``full``.
        device: where it is run.
        data: the folder of the official datasets; None for the usual one.
        gpu: the model of the GPUs, where these are not of this machine.

    Raises:
        NotRunnableError: its framework is not installed.
        DatasetError: a dataset that it reads is not there.
    """
    framework = entry.question.framework
    if absent := missing(framework):
        raise NotRunnableError(f"{entry.id} needs {', '.join(absent)}; run: pip install {' '.join(absent)}")
    names = entry.question.datasets
    folder = data_folder(profile, entry.course, data) if names else None
    return Environment(
        profile=profile,
        device=device,
        versions=versions_on(framework, device, gpu),
        datasets={name: fingerprint(name, profile, entry.course, folder) for name in names} if folder else {},
        data=folder,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A job with the key of its attempt.

    Attributes:
        key: of the attempt.
        job: what to run.
        fault: the attempt, where there is nothing to run.
        ours: whether the code is the course's own and must give evidence: a fault of it (a time limit on a
            busy machine, say) is not kept.
    """

    key: str
    job: Job | None = None
    fault: Attempt | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs jobs and keeps their attempts; an attempt that is kept is not run again."""

    executor: Executor
    store: Store
    cancel: threading.Event

    def attempt(self, prepared: Prepared) -> Attempt:
        """Return the kept attempt, or run the job; a failure of ours is not kept.

        Raises:
            CancelledError: the run was interrupted.
            RunError: the attempt cannot be written.
        """
        if (kept := self.store.load(prepared.key)) is not None:
            return kept
        with claimed(self.store.claim_path(prepared.key), self.cancel):
            if (kept := self.store.load(prepared.key)) is not None:
                return kept
            attempt = self.run(prepared)
            if not attempt.failed and not (prepared.ours and attempt.faulted):
                self.store.save(prepared.key, attempt)
        return attempt

    def run(self, prepared: Prepared) -> Attempt:
        """Run the job, whatever is kept, and keep nothing.

        Raises:
            CancelledError: the run was interrupted.
        """
        if prepared.job is None:
            assert prepared.fault is not None
            return prepared.fault
        return self.executor.run(prepared.job, self.cancel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A question made ready: its variants, and the inputs of each.

    Attributes:
        entry: the question.
        environment: under which everything runs.
        variants: for every task its variant.
        inputs: by variant, what ``given`` returned, withheld arrays included.
    """

    entry: QuestionEntry
    environment: Environment
    variants: Mapping[Task, Variant]
    inputs: Mapping[str, Evidence]

    @property
    def digest(self) -> str:
        """Hash of all that decides evidence besides the submission."""
        return bench_digest(self.entry, self.environment, self.variants)

    def task_inputs(self) -> dict[Task, Evidence]:
        """Return for each task what its probe is given: arrays and settings."""
        return {
            task: Evidence(arrays=self.inputs[variant.name].arrays, facts=variant.settings)
            for task, variant in self.variants.items()
        }

    @property
    def every_task(self) -> list[Task]:
        """All variants of all parts."""
        return list(self.variants)

    @property
    def mistake_tasks(self) -> list[Task]:
        """The tasks on which mistakes are run."""
        if not (self.entry.question.long_training and self.environment.profile == "full"):
            return self.every_task
        return [task for task in self.variants if task.variant != PUBLIC]

    def tasks_for(self, assigned: Mapping[str, str]) -> list[Task]:
        """Return each part's public task, and that of the hidden variant it is ``assigned``."""
        return [task for task in self.variants if task.variant in (PUBLIC, assigned[task.part])]

    def _request(self, task: Task) -> dict[str, Any]:
        probe = self.entry.question.part(task.part).probe
        return {"function": probe.__name__, "settings": dict(self.variants[task].settings)}

    def prepare(self, submission: Submission, tasks: Sequence[Task]) -> Prepared:
        """Return the job that runs a submission, and its key."""
        if submission.fault is not None:
            fault = submission.fault
            key = digest([fault.kind.value, fault.message.to_json(), [str(task) for task in tasks]])
            return Prepared(key=key, fault=faulty(tasks, fault, notes=submission.notes))
        notes = [note.to_json() for note in submission.notes]
        key = digest([self.digest, [str(task) for task in tasks], submission.digest, notes])
        question = self.entry.question
        job = Job(
            code=self.entry.probe_source,
            code_name=f"<{self.entry.id}>",
            framework=question.framework,
            submission=submission,
            tasks=tasks,
            requests={task: self._request(task) for task in tasks},
            inputs={name: open_to_worker(inputs, question.withheld) for name, inputs in self.inputs.items()},
            limits=_limits(question, self.environment.profile),
            device=self.environment.device,
            preload=question.preload,
            bench=self.digest,
        )
        return Prepared(key=key, job=job)


def open_to_worker(inputs: Evidence, withheld: Iterable[str]) -> Evidence:
    """Return the inputs without those that never enter a sandbox."""
    hidden = set(withheld)
    return Evidence(arrays={name: array for name, array in inputs.arrays.items() if name not in hidden})


def _limits(question: Question, profile: Profile) -> dict[str, Limit]:
    found = {part.name: part.limit for part in question.parts} | {SETUP: question.setup}
    return {name: limit.on(profile) for name, limit in found.items()}


def bench_digest(entry: QuestionEntry, environment: Environment, variants: Mapping[Task, Variant]) -> str:
    """Return the hash of all that decides evidence besides the submission; no check is part of it."""
    question = entry.question
    parts: dict[str, Any] = {str(task): [v.seed, dict(v.settings)] for task, v in variants.items()}
    limits = {name: asdict(limit) for name, limit in _limits(question, environment.profile).items()}
    functions = {part.name: part.probe.__name__ for part in question.parts}
    code = [entry.given_source, entry.probe_source, functions, sorted(question.withheld)]
    code += [list(question.preload)] if question.preload else []
    return digest([entry.id, environment.to_json(), parts, limits, code])


def given_job(entry: QuestionEntry, environment: Environment, variants: Mapping[Task, Variant]) -> Prepared:
    """Return the job that makes the inputs of all variants of a question."""
    seeds = {variant.name: variant.seed for variant in variants.values()}
    tasks = [Task(_GIVEN, name) for name in seeds]
    question = entry.question
    profile = environment.profile
    # Most inputs are made with numpy alone, and then no framework is waited for.
    needed = not imported_packages(entry.given_source).isdisjoint(FRAMEWORK_PACKAGES)
    job = Job(
        code=entry.given_source,
        code_name=f"<{entry.id}>",
        framework=question.framework if needed else "python",
        submission=Submission(),
        tasks=tasks,
        requests={
            task: {"function": question.given.__name__, "seed": seeds[task.variant], "profile": profile}
            for task in tasks
        },
        inputs={},
        limits={_GIVEN: question.setup, SETUP: question.setup},
        given=True,
        preload=question.preload if needed else (),
        datasets=question.datasets,
        data=environment.data,
    )
    return Prepared(key=digest([bench_digest(entry, environment, variants), _GIVEN]), job=job, ours=True)


def make_bench(
    entry: QuestionEntry, environment: Environment, variants: Mapping[Task, Variant], given: Attempt
) -> Bench:
    """Put together a question and its inputs, from the attempt of :func:`given_job`.

    Raises:
        InputsError: ``given`` failed.
    """
    inputs = {}
    for task, outcome in given.outcomes.items():
        if outcome.evidence is None:
            why = outcome.failure or (outcome.fault and outcome.fault.message.en)
            raise InputsError(f"{entry.id}: the inputs {task.variant} could not be made: {why}")
        inputs[task.variant] = outcome.evidence
    return Bench(entry=entry, environment=environment, variants=variants, inputs=inputs)
