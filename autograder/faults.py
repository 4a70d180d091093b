"""Says in both languages what went wrong with a student's code, from a worker's report or its end."""

from __future__ import annotations

import ast
import signal
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from autograder.exam import Limit
from autograder.job import Job
from autograder.outcome import Fault, FaultKind, Task
from autograder.text import (
    BAD_RETURN,
    CLOSE_DEFINITION,
    CRASHED,
    EXCEPTION,
    EXITED,
    MEMORY_LIMIT,
    MISSING_NAME,
    UNWRITTEN,
    Text,
)


def from_worker(report: Mapping[str, Any], job: Job, task: Task) -> Fault:
    """Turn what the worker says of an exception into a fault.

    Args:
        report: untrusted ``kind``, ``error`` and ``traceback``.
        job: for the submission's own names and the limits.
        task: during which it happened.

    Raises:
        KeyError, TypeError: the report is not of that form.
    """
    return fault_of(report, job.submission.source, job.limits[task.part])


def fault_of(report: Mapping[str, Any], source: str, limit: Limit) -> Fault:
    """Turn the description of an exception into a fault.

    Args:
        report: untrusted ``kind``, ``error`` and ``traceback``.
        source: the student's code.
        limit: what the part may use.

    Raises:
        KeyError, TypeError: the report is not of that form.
    """
    error, traceback = report["error"], report["traceback"]
    if not isinstance(error, str) or not isinstance(traceback, str):
        raise TypeError("a fault's error and traceback must be text")
    match report["kind"]:
        case "missing":
            kind, message = FaultKind.MISSING, _missing(error, source)
        case "unwritten":
            kind, message = FaultKind.UNWRITTEN, UNWRITTEN.format(name=error)
        case "exit":
            kind, message = FaultKind.EXIT, EXITED.format(code=error)
        case "memory":
            message = MEMORY_LIMIT.format(megabytes=limit.memory_mb, error=error)
            kind = FaultKind.MEMORY
        case "return":
            kind, message = FaultKind.EXCEPTION, BAD_RETURN.format(error=error)
        case "exception":
            kind, message = FaultKind.EXCEPTION, EXCEPTION.format(error=error)
        case other:
            raise TypeError(f"no fault is of the kind {other!r}")
    return Fault(kind=kind, message=message, traceback=traceback)


def _missing(name: str, source: str) -> Text:
    close = get_close_matches(name, _defined(source) - {name}, n=1)
    hint = CLOSE_DEFINITION.format(name=close[0]) if close else Text("", "")
    return MISSING_NAME.format(name=name, hint=hint)


def _defined(source: str) -> set[str]:
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def describe_end(status: int) -> Fault:
    """Turn the end of a worker that had student code in it into a fault.

    Args:
        status: exit status; negative or above 128 for a signal.
    """
    number = -status if status < 0 else status - 128
    try:
        name = signal.Signals(number).name
    except ValueError:
        return Fault(kind=FaultKind.EXIT, message=EXITED.format(code=status))
    return Fault(kind=FaultKind.CRASH, message=CRASHED.format(signal=name))
