"""Tests whether an isolation holds on this machine, by attempts to get out that are made inside it."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.core.exam import Limit
from autograder.core.outcome import FaultKind, Outcome, Task
from autograder.course.submission import of_source
from autograder.sandbox.job import SETUP, Job
from autograder.sandbox.protocol import Isolation
from autograder.sandbox.supervisor import run
from autograder.worker.jobs import ProbeCall

ATTEMPTS = Path(__file__).with_name("attempts.py")
_LIMIT = Limit(seconds=60, memory_mb=256, scratch_mb=4, output_kb=64)
_ALL, _HANG, _FLOOD = Task("attempts"), Task("hang"), Task("flood")
_PROBES = """
import os

def attempts(student, given, device):
    functions = [value for name, value in sorted(vars(student._module).items())
                 if callable(value) and getattr(value, "__module__", None) == "submission" and name[0] != "_"]
    succeeded = []
    for function in functions:
        if function.__name__ != "outlive_a_signal":
            try:
                if function(given):
                    succeeded.append(function.__doc__)
            except BaseException:
                pass
    return {"tried": len(functions), "succeeded": succeeded}

def hang(student, given, device):
    student.outlive_a_signal(given)

def flood(student, given, device):
    while True:
        os.write(1, b"x" * 65536)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """The result of the attempts.

    Attributes:
        tried: their number.
        succeeded: what the successful ones do, a sentence each.
        failure: why they could not be made, else empty.
    """

    tried: int = 0
    succeeded: tuple[str, ...] = ()
    failure: str = ""

    @property
    def holds(self) -> bool:
        """Whether every attempt was made and none succeeded."""
        return self.tried > 0 and not self.succeeded and not self.failure


def examine(isolation: Isolation, *, limits: bool = False) -> Conformance:
    """Return the result of all attempts inside an isolation.

    Args:
        isolation: to be examined.
        limits: whether to test the limits of time and output too, which takes 2 seconds more.
    """
    tasks = [_ALL, *([_HANG, _FLOOD] if limits else [])]
    with _outside() as hints:
        attempt = run(_job(tasks, hints), isolation)
    outcome = attempt.outcomes[_ALL]
    if outcome.evidence is None:
        return Conformance(failure=outcome.failure or str(outcome.fault and outcome.fault.message.en))
    succeeded = list(map(str, outcome.evidence.facts["succeeded"]))
    for task in tasks[1:]:
        if _kind(attempt.outcomes[task]) is not FaultKind.TIME:
            succeeded.append(f"{task.part.capitalize()} beyond the limit.")
    return Conformance(tried=int(outcome.evidence.facts["tried"]), succeeded=tuple(succeeded))


def _kind(outcome: Outcome) -> FaultKind | None:
    return outcome.fault.kind if outcome.fault else None


@contextmanager
def _outside() -> Iterator[dict[str, Any]]:
    """Set up what the attempts look for (a file, a variable, two listeners) and yield the hints."""
    secret = secrets.token_hex()
    with (
        tempfile.NamedTemporaryFile("w") as file,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        file.write(secret)
        file.flush()
        abstract.bind(f"\0{secret}")
        abstract.listen()
        os.environ["AUTOGRADER_CONFORMANCE"] = secret
        try:
            yield {
                "secret": secret,
                "secret_file": file.name,
                "port": server.getsockname()[1],
                "abstract": secret,
                "memory_mb": _LIMIT.memory_mb,
                "scratch_mb": _LIMIT.scratch_mb,
                "threads": 2 * _LIMIT.threads,
            }
        finally:
            del os.environ["AUTOGRADER_CONFORMANCE"]


def _job(tasks: list[Task], hints: dict[str, Any]) -> Job:
    short = replace(_LIMIT, seconds=1)
    return Job(
        code=_PROBES,
        code_name="<conformance>",
        framework="python",
        submission=of_source(ATTEMPTS.name, ATTEMPTS.read_text(encoding="utf-8")),
        tasks=tasks,
        calls={task: ProbeCall(function=task.part, settings=hints) for task in tasks},
        inputs={},
        limits={_ALL.part: _LIMIT, _HANG.part: short, _FLOOD.part: short, SETUP: _LIMIT},
    )
