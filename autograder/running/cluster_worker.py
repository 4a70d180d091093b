"""The code on a Dask worker: the plugin that admits the worker and owns its sandbox, and the task to run.

Dask pickles only our functions and bytes; nothing that a student wrote is ever unpickled. Each of our tasks
requires a resource that the plugin gives to admitted workers. A worker with other versions, or on which the
sandbox does not hold, does not get the resource and remains available to other users of the cluster.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from distributed import Worker, WorkerPlugin, get_worker
from distributed.core import Status

from autograder.core.errors import UserError
from autograder.core.framework import Framework
from autograder.running.cluster_wire import decode_job, encode_attempt
from autograder.running.environment import json_hash, versions
from autograder.running.executor import Executor, Local
from autograder.sandbox.choose import choose
from autograder.sandbox.gpus import visible

Terms = Mapping[str, Any]  # what a worker must match: isolation, engine, versions by framework, GPU model


def terms(isolation: str, frameworks: set[Framework], gpu: str = "") -> Terms:
    """Return what a worker must match to give the same evidence as this machine; ``gpu`` is a model."""
    found = {framework: versions(framework) for framework in sorted(frameworks)}
    return {"isolation": isolation, "engine": engine_hash(), "versions": found, "gpu": gpu}


def gpu_model() -> str:
    """Return the model of the first visible GPU; empty if there is none."""
    return next((gpu.model for gpu in visible()), "")


@cache
def engine_hash() -> str:
    """Return the hash of this engine's modules, as of the first call."""
    modules = sorted(Path(__file__).parents[1].rglob("*.py"))
    return json_hash([path.read_text(encoding="utf-8") for path in modules])[:12]


def differences(wanted: Terms) -> Iterator[str]:
    """Yield, in words, each difference between this machine and the terms."""
    if (engine := engine_hash()) != wanted["engine"]:
        yield f"autograder {engine} instead of {wanted['engine']}"
    if wanted["gpu"] and (model := gpu_model()) != wanted["gpu"]:
        yield f"GPU {model or 'absent'} instead of {wanted['gpu']}"
    for framework, expected in wanted["versions"].items():
        here = versions(framework)
        for name in expected:
            if here.get(name) != expected[name]:
                yield f"{name} {here.get(name, 'absent')} instead of {expected[name]}"


class Membership(WorkerPlugin):
    """A plugin that admits a worker if it meets the terms, and keeps its sandbox warm."""

    idempotent = True

    def __init__(self, wanted: Terms) -> None:
        self.wanted = wanted
        self.name = f"autograder-{json_hash(wanted)[:12]}"
        self.executor: Executor | None = None
        self.refusal = ""

    async def setup(self, worker: Worker) -> None:
        """Admit the worker, or log the refusal under the topic of this name."""
        self.refusal = await worker.loop.run_in_executor(None, self._examine)
        if self.refusal:
            worker.log_event(self.name, {"worker": worker.address, "refusal": self.refusal})
            return
        await worker.set_resources(**{self.name: worker.state.nthreads})
        if worker.status is Status.running:
            # Dask reconsiders tasks that no worker could take only when a worker starts running.
            worker.status = Status.paused
            worker.status = Status.running

    def _examine(self) -> str:
        if found := dict.fromkeys(differences(self.wanted)):
            return ", ".join(found)
        try:
            self.executor = Local(choose(self.wanted["isolation"]))
        except UserError as error:
            return str(error)
        return ""

    def perform(self, job: bytes, inputs: bytes) -> bytes:
        """Run an encoded job and return the encoded attempt."""
        assert self.executor is not None
        with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
            return encode_attempt(self.executor.run(decode_job(job, inputs, Path(folder)), threading.Event()))


def perform(name: str, job: bytes, inputs: bytes) -> bytes:
    """Run a job on the worker that executes this task."""
    return cast(Membership, get_worker().plugins[name]).perform(job, inputs)


def refusal(name: str, dask_worker: Worker) -> str:
    """Return why a worker is refused; empty if it is admitted."""
    plugin = cast(Membership | None, dask_worker.plugins.get(name))
    return plugin.refusal if plugin else ""


def keep(inputs: bytes) -> bytes:
    """Return a question's inputs unchanged: a task whose result Dask recreates if its worker is lost."""
    return inputs
