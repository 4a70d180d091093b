"""A job: all that one submission to one question needs to run, and the bytes that tell a worker of it."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.core.evidence import Evidence, encode
from autograder.core.exam import Framework, Limit
from autograder.core.outcome import Task
from autograder.course.submission import Submission
from autograder.probing.arrays import PRELOAD
from autograder.sandbox.gpus import kind
from autograder.sandbox.protocol import Confined

SETUP = ""  # stands for the setup limit among the parts' limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that one submission to one question needs to run.

    Attributes:
        code: the part of the exam module that runs inside: probes, or ``given``.
        code_name: names it in tracebacks.
        framework: what is imported before the submission.
        submission: what is run; empty for making inputs.
        tasks: in the order in which they are done.
        requests: for each task the function to call, and settings, or seed and profile.
        inputs: arrays by variant.
        limits: for each part; the setup limit stands under SETUP.
        device: ``cpu``, ``cuda`` or ``cuda:i``.
        given: whether inputs are made rather than probes called.
        preload: modules to import besides the framework.
        datasets: names of what ``given`` reads.
        data: the folder where they are, visible read-only; only where there is no submission.
        question: the digest of the prepared question; jobs of one question have the same inputs.
    """

    code: str
    code_name: str
    framework: Framework
    submission: Submission
    tasks: Sequence[Task]
    requests: Mapping[Task, Mapping[str, Any]]
    inputs: Mapping[str, Evidence]
    limits: Mapping[str, Limit]
    device: str = "cpu"
    given: bool = False
    preload: Sequence[str] = ()
    datasets: Sequence[str] = ()
    data: Path | None = None
    question: str = ""

    def __post_init__(self) -> None:
        if self.data is not None and self.submission.cells:
            raise ValueError("a submission never sees a folder of datasets")

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules that the worker imports before the submission is loaded."""
        return (*PRELOAD[self.framework], *self.preload)

    def most(self, name: str) -> int:
        """Return the greatest of the parts' limits of this name: one worker does several parts."""
        return max(int(getattr(limit, name)) for limit in self.limits.values())

    def memory(self, name: str) -> int:
        """Return a part's memory in bytes; 0, no limit, on CUDA, which reserves all address space."""
        return 0 if kind(self.device) == "cuda" else self.limits[name].memory_mb << 20

    def encode(self, tasks: Sequence[Task], worker: Confined, *, count_processes: bool) -> bytes:
        """Return what the worker reads from its standard input.

        Args:
            tasks: those of the job that this worker is to do.
            worker: who is to do them.
            count_processes: whether the limit on processes counts this worker's alone.
        """
        used = {task.variant for task in tasks}
        arrays = {
            f"{variant}/{name}": array
            for variant, inputs in self.inputs.items()
            if variant in used
            for name, array in inputs.arrays.items()
        }
        seconds = sum(self.limits[task.part].seconds for task in tasks)
        facts = {
            "code": self.code,
            "code_name": self.code_name,
            "cells": [[cell.where, cell.source] for cell in self.submission.cells],
            "tasks": [self._request(task) for task in tasks],
            "device": kind(self.device),  # it sees one GPU only
            "given": self.given,
            "imports": list(self.imports),
            "datasets": list(self.datasets),
            "data": worker.data,
            "uid": worker.uid,
            "filter": base64.b64encode(worker.filter).decode(),
            "setup_memory": self.memory(SETUP),
            "limits": {
                "memory": max(self.memory(name) for name in self.limits),
                "processes": self.most("threads") + self.most("processes") if count_processes else 0,
                "scratch": self.most("scratch_mb") << 20,
                # The wall clock is kept outside; this is for a worker whose supervisor is gone, and out of
                # reach before it: the system ends a worker for it without saying why.
                "cpu": int(60 + (os.cpu_count() or 1) * (self.limits[SETUP].seconds + seconds)),
            },
        }
        return encode(Evidence(arrays=arrays, facts=facts))

    def _request(self, task: Task) -> dict[str, Any]:
        memory = self.memory(task.part)
        return {"part": task.part, "variant": task.variant, "memory": memory, **self.requests[task]}
