"""On a Dask worker: the plugin that admits it to grading and keeps its sandbox, and the task it runs.

Bytes come and bytes go: Dask pickles our own function and these bytes, and nothing that a student wrote is
ever unpickled. A worker whose versions differ, or where the sandbox does not hold, is given no admission, the
resource that every task of ours asks for; it stays in the cluster for whatever else that does.
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
from autograder.core.exam import Framework
from autograder.running.cluster_wire import decode_job, encode_attempt
from autograder.running.environment import json_hash, versions
from autograder.running.executor import Executor, Local
from autograder.sandbox.choose import choose
from autograder.sandbox.gpus import visible

Terms = Mapping[str, Any]  # isolation, engine, versions by framework, GPU: what a worker must match


def terms(isolation: str, frameworks: set[Framework], gpu: str = "") -> Terms:
    """Return what a worker must match to give the same evidence as this machine, on GPUs of this model."""
    found = {framework: versions(framework) for framework in sorted(frameworks)}
    return {"isolation": isolation, "engine": engine_hash(), "versions": found, "gpu": gpu}


def gpu_model() -> str:
    """Return the model of the first GPU in sight, or nothing."""
    return next((gpu.model for gpu in visible()), "")


@cache
def engine_hash() -> str:
    """Return the hash of this engine's modules, as they were when it was first asked for."""
    modules = sorted(Path(__file__).parents[1].rglob("*.py"))
    return json_hash([path.read_text(encoding="utf-8") for path in modules])[:12]


def differences(wanted: Terms) -> Iterator[str]:
    """Yield in words what is other here than it must be."""
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
    """Admits a worker that meets the terms, and keeps its sandbox warm for as long as the worker lives."""

    idempotent = True

    def __init__(self, wanted: Terms) -> None:
        self.wanted = wanted
        self.name = f"autograder-{json_hash(wanted)[:12]}"
        self.executor: Executor | None = None
        self.refusal = ""

    async def setup(self, worker: Worker) -> None:
        """Admit the worker, or say why not under the topic of this name."""
        self.refusal = await worker.loop.run_in_executor(None, self._examine)
        if self.refusal:
            worker.log_event(self.name, {"worker": worker.address, "refusal": self.refusal})
            return
        await worker.set_resources(**{self.name: worker.state.nthreads})
        if worker.status is Status.running:
            # Tasks that no worker could take are looked at again only when one begins to run.
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
        """Run a job and return the attempt, both as bytes."""
        assert self.executor is not None
        with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
            return encode_attempt(self.executor.run(decode_job(job, inputs, Path(folder)), threading.Event()))


def perform(name: str, job: bytes, inputs: bytes) -> bytes:
    """The task: run a job on the worker that this is called on."""
    return cast(Membership, get_worker().plugins[name]).perform(job, inputs)


def refusal(name: str, dask_worker: Worker) -> str:
    """Return why a worker is refused; empty where it is admitted."""
    plugin = cast(Membership | None, dask_worker.plugins.get(name))
    return plugin.refusal if plugin else ""


def keep(inputs: bytes) -> bytes:
    """The task that holds a question's inputs; Dask does it again when the worker that held them is lost."""
    return inputs
