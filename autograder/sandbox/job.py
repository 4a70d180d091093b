"""A job: all that one submission to one question needs to run, and its form for a worker, in bytes."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder.core.evidence import Array, Evidence
from autograder.core.exam import Limit
from autograder.core.framework import Framework
from autograder.core.outcome import Task
from autograder.course.submission import Submission
from autograder.probing.arrays import PRELOAD
from autograder.sandbox.gpus import kind
from autograder.sandbox.likely import likely_imports
from autograder.sandbox.protocol import Confined
from autograder.worker.arithmetic import AS_GRADED, Arithmetic
from autograder.worker.jobs import FILE, Call, FileBeside, ProcessLimits, Step, WorkerJob, encode_job

SETUP = ""  # stands for the setup limit among the parts' limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that one submission to one question needs to run.

    Attributes:
        code: the part of the exam module that runs inside: probes, or ``given``.
        code_name: names it in tracebacks.
        shared: sources of the course's shared modules by dotted name, each after those that it imports.
        framework: imported before the submission.
        submission: the code to run; empty if inputs are made.
        tasks: in the order in which they are done.
        calls: for each task the function to call, and with what.
        inputs: arrays by variant.
        limits: for each part; the setup limit stands under SETUP.
        device: ``cpu``, ``cuda`` or ``cuda:i``.
        given: whether inputs are made, not probes called.
        preload: modules to import besides the framework.
        datasets: names of the datasets that ``given`` reads.
        data: their folder, visible read-only; only if there is no submission.
        question: the digest of the prepared question; jobs of one question have the same inputs.
        arithmetic: how the worker computes.
        elements: for a task, how many elements each array may have; arrays that are not named are dropped.
            Of a task that is not named everything is taken, up to its limit of bytes.
    """

    code: str
    code_name: str
    framework: Framework
    submission: Submission
    tasks: Sequence[Task]
    calls: Mapping[Task, Call]
    inputs: Mapping[str, Evidence]
    limits: Mapping[str, Limit]
    device: str = "cpu"
    given: bool = False
    preload: Sequence[str] = ()
    datasets: Sequence[str] = ()
    data: Path | None = None
    question: str = ""
    shared: Mapping[str, str] = field(default_factory=dict)
    arithmetic: Arithmetic = AS_GRADED
    elements: Mapping[Task, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.data is not None and self.submission.name:
            raise ValueError("a submission never sees a folder of datasets")

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules that the worker imports before the submission is loaded."""
        return (*PRELOAD[self.framework], *self.preload)

    @property
    def likely(self) -> tuple[str, ...]:
        """The modules that the worker tries to import next, as the submission will."""
        found = likely_imports(self.submission, self.framework)
        return tuple(name for name in found if name not in self.imports)

    def largest(self, name: str) -> int:
        """Return the maximum over the parts of the limit of this name: one worker does several parts."""
        return max(int(getattr(limit, name)) for limit in self.limits.values())

    @property
    def scratch_mb(self) -> int:
        """MiB of the private writable folders, the student's own files included."""
        return self.largest("scratch_mb") + (self.submission.size >> 20) + 1

    def memory(self, name: str) -> int:
        """Return a part's memory limit in bytes; 0 (none) on CUDA, which reserves all address space."""
        return 0 if kind(self.device) == "cuda" else self.limits[name].memory_mb << 20

    def output(self, name: str) -> int:
        """Return the bytes that a part may print before the rest is dropped."""
        return self.limits[name].output_kb << 10

    def encode(self, tasks: Sequence[Task], worker: Confined, *, count_processes: bool) -> bytes:
        """Return the bytes for a worker's standard input; the files beside the submission follow them.

        Args:
            tasks: those of the job that the worker has to do.
            worker: the worker.
            count_processes: whether a limit on processes counts this worker's alone, and so is set.

        Raises:
            OSError: a file of the student's cannot be read any more.
        """
        steps = [
            Step(
                variant=task.variant,
                memory=self.memory(task.part),
                output=self.output(task.part),
                call=self.calls[task],
            )
            for task in tasks
        ]
        job = WorkerJob(
            code=self.code,
            code_name=self.code_name,
            shared=dict(self.shared),
            file=self.submission.name,
            beside=self._files(),
            steps=tuple(steps),
            device=kind(self.device),  # it sees one GPU only
            imports=self.imports,
            likely=self.likely,
            datasets=tuple(self.datasets),
            data=worker.data,
            uid=worker.uid,
            filter=worker.filter,
            setup_memory=self.memory(SETUP),
            setup_output=self.output(SETUP),
            limits=self._process_limits(tasks, count_processes=count_processes),
            arithmetic=self.arithmetic,
        )
        return encode_job(job, self._arrays({task.variant for task in tasks}))

    def _files(self) -> tuple[FileBeside, ...]:
        """Return the names and sizes of the student's other files."""
        others = self.submission.beside.items()
        return tuple(FileBeside(path=os.fsencode(name), size=path.stat().st_size) for name, path in others)

    def _arrays(self, variants: Collection[str]) -> dict[str, Array]:
        """Return the student's file as bytes, and the inputs of some variants."""
        arrays = {
            f"{variant}/{name}": array
            for variant, inputs in self.inputs.items()
            if variant in variants
            for name, array in inputs.arrays.items()
        }
        if self.submission.name:
            arrays[FILE] = np.frombuffer(self.submission.data, np.uint8)
        return arrays

    def _process_limits(self, tasks: Sequence[Task], *, count_processes: bool) -> ProcessLimits:
        seconds = self.limits[SETUP].seconds + sum(self.limits[task.part].seconds for task in tasks)
        return ProcessLimits(
            memory=max(self.memory(name) for name in self.limits),
            processes=1 + self.largest("threads") + self.largest("processes") if count_processes else 0,
            scratch=self.scratch_mb << 20,
            # The supervisor watches the wall clock; this ends a worker whose supervisor is gone. It is too
            # high to be reached before, as the system ends a worker for it without saying why.
            cpu=int(60 + (os.cpu_count() or 1) * seconds),
        )
