"""A job: all that one submission to one question needs to run, and the bytes that tell a worker of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.evidence import Evidence, encode
from autograder.exam import Framework, Limit
from autograder.outcome import Task
from autograder.submission import Submission

SETUP = ""  # stands for the setup limit among the parts' limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that one submission to one question needs to run.

    Attributes:
        question: the exam module's file.
        framework: what is imported before the submission.
        submission: what is run; empty for making inputs.
        tasks: in the order in which they are done.
        requests: for each task what the worker is told: settings, or seed and profile.
        inputs: arrays by variant.
        limits: for each part; the setup limit stands under SETUP.
        device: ``cpu``, ``cuda`` or ``cuda:i``.
        given: whether inputs are made rather than probes called.
    """

    question: Path
    framework: Framework
    submission: Submission
    tasks: Sequence[Task]
    requests: Mapping[Task, Mapping[str, Any]]
    inputs: Mapping[str, Evidence]
    limits: Mapping[str, Limit]
    device: str = "cpu"
    given: bool = False

    def most(self, name: str) -> int:
        """Return the greatest of the parts' limits of this name: one worker does several parts."""
        return max(int(getattr(limit, name)) for limit in self.limits.values())

    def limit(self, task: Task) -> Limit:
        """Return the limit of a task's part."""
        return self.limits[task.part]

    def encode(self, tasks: Sequence[Task], uid: int | None, instructor: int) -> bytes:
        """Return what the worker reads from its standard input."""
        used = {task.variant for task in tasks}
        arrays = {
            f"{variant}/{name}": array
            for variant, inputs in self.inputs.items()
            if variant in used
            for name, array in inputs.arrays.items()
        }
        facts = {
            "question": str(self.question),
            "framework": self.framework,
            "cells": [[cell.where, cell.source] for cell in self.submission.cells],
            "tasks": [{"part": t.part, "variant": t.variant, **self.requests[t]} for t in tasks],
            "device": self.device,
            "given": self.given,
            "uid": uid,
            "limits": {
                # CUDA reserves address space for all of the machine's memory: no limit would let it start.
                "memory": 0 if self.device.startswith("cuda") else self.most("memory_mb") << 20,
                "processes": self.most("processes"),
                "scratch": self.most("scratch_mb") << 20,
                # The wall clock is kept here, outside; the kernel's limit is for when we are gone.
                "cpu": int(60 + 8 * sum(self.limits[task.part].seconds for task in tasks)),
                "instructor": instructor,
            },
        }
        return encode(Evidence(arrays=arrays, facts=facts))
