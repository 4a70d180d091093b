"""Other ways to compute the same: threads, instruction sets, float64, another device."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from msgspec import to_builtins

from autograder.core.evidence import Array
from autograder.core.framework import Framework
from autograder.running.environment import json_hash, versions_on
from autograder.running.executor import Local
from autograder.running.jobs import KeyedJob, Runner
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.gpus import kind, usable, visible
from autograder.sandbox.unconfined import Unconfined
from autograder.worker.arithmetic import AS_GRADED, Arithmetic

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
_SETS: Mapping[str, Mapping[str, str]] = {
    "AVX2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
    },
    "SSE": {
        "ATEN_CPU_CAPABILITY": "default",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Prescott",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Another way to run the solution.

    Attributes:
        name: for people.
        environ: variables of the worker's environment.
        arithmetic: how the worker computes.
        device: another device than the reference's.
    """

    name: str
    environ: tuple[tuple[str, str], ...] = ()
    arithmetic: Arithmetic = AS_GRADED
    device: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether random numbers may be others in this way."""
        return self.arithmetic.wide or bool(self.device)

    def runner(self, usual: Runner) -> Runner:
        """Return the runner of its job: where there are variables, without a sandbox, as the code is ours."""
        if not self.environ:
            return usual
        return replace(usual, executor=Local(Unconfined(environ=dict(self.environ))))

    def job(self, ready: PreparedQuestion) -> KeyedJob:
        """Return the job that runs the solution in this way."""
        usual = ready.solution_job()
        assert usual.job is not None
        inputs = {
            name: replace(given, arrays={key: _wide(array) for key, array in given.arrays.items()})
            for name, given in usual.job.inputs.items()
        }
        job = replace(
            usual.job,
            inputs=inputs if self.arithmetic.wide else usual.job.inputs,
            arithmetic=self.arithmetic,
            device=self.device or usual.job.device,
        )
        versions = versions_on(ready.entry.question.framework, job.device)
        key = json_hash([usual.key, dict(self.environ), to_builtins(self.arithmetic), job.device, versions])
        return replace(usual, key=key, job=job)


def _wide(array: Array) -> Array:
    return array.astype(np.float64) if array.dtype == np.float32 else array


def ways(framework: Framework, device: str, threads: Sequence[int]) -> Iterator[Way]:
    """Yield the other ways in which a question can be computed here.

    Args:
        framework: the question's; what TensorFlow computes in is the layers' own matter, so that float64 is
            none of its ways.
        device: the reference's.
        threads: the numbers of threads to try.
    """
    if kind(device) == "cpu":
        for count in threads:
            environ = tuple((name, str(count)) for name in _THREADS)
            yield Way(name=f"{count} threads", environ=environ, arithmetic=Arithmetic(threads=count))
        if platform.machine() in ("x86_64", "AMD64"):
            for name, variables in _SETS.items():
                yield Way(name=name, environ=tuple(variables.items()))
    if framework != "tensorflow":
        yield Way(name="float64", arithmetic=Arithmetic(wide=True))
    if framework in ("torch", "fastai"):
        if kind(device) == "cuda":
            yield Way(name="CPU", device="cpu")
        elif visible():
            yield Way(name="CUDA", device="cuda")


def machine(device: str) -> str:
    """Return the model of the GPU or of the processor."""
    if kind(device) == "cuda":
        return next((gpu.model for gpu in usable(device)), "unknown GPU")
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
