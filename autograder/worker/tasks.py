"""Inside the sandbox: does one task, making inputs or observing a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.core.calls import parse_call
from autograder.core.evidence import Array, Evidence, collect
from autograder.probing.arrays import framework_names
from autograder.probing.observing import Given, Observer, Turn, run_calls, run_probe
from autograder.probing.shared import install
from autograder.worker.datasets import Dataset, read
from autograder.worker.jobs import GivenCall, ProbeCall, WorkerJob
from autograder.worker.loading import Student


@dataclass(frozen=True, slots=True)
class Observed:
    """What one task gave: evidence, what was raised instead, inputs changed in place, and the calls."""

    evidence: Evidence
    missing: Mapping[str, BaseException] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, str] = field(default_factory=dict)


def load_code(source: str, name: str, shared: Mapping[str, str]) -> dict[str, Any]:
    """Execute the question's own code, with the shared modules that it imports; return its names."""
    for module_name, text in shared.items():
        install(module_name, text)
    module = ModuleType("exam")
    exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def read_datasets(job: WorkerJob) -> list[dict[str, Dataset]]:
    """Return the arguments of ``given`` after seed and profile: the datasets by name, if it reads any."""
    call = job.steps[0].call if job.steps else None
    if not job.datasets or not isinstance(call, GivenCall):
        return []
    return [{name: read(name, call.profile, Path(job.data)) for name in job.datasets}]


def make_inputs(
    code: Mapping[str, Any], call: GivenCall, data: Sequence[Any], drawn: Mapping[str, Array]
) -> Observed:
    """Make the inputs of one variant: ``given(seed, profile)`` or ``given(seed, profile, data)``."""
    return Observed(collect({**drawn, **code[call.function](call.seed, call.profile, *data)}))


def observe(
    code: Mapping[str, Any],
    call: ProbeCall,
    student: Student | None,
    inputs: Mapping[str, Array],
    device: str,
    turn: Turn,
) -> Observed:
    """Observe what one part asks for, on copies of its inputs.

    Raises:
        AuthorsError: the question's own code raised an exception.
    """
    given, observer = Given(inputs, call.settings, call.framework, device), Observer(turn, call.facts)
    if call.calls:
        names = {**framework_names(call.framework), **code}
        run_calls(
            [parse_call(source) for source in call.calls], student, given, observer, names, call.interface
        )
    elif "observe" in signature(probe := code[call.function]).parameters:
        run_probe(probe, student, given, observer)
    else:
        arrays = {name: array.copy() for name, array in inputs.items()}
        return Observed(collect(probe(student, {**arrays, **call.settings}, device)))
    return Observed(observer.evidence, observer.missing, observer.changed, observer.calls)
