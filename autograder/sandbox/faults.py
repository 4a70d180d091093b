"""Says in both languages what went wrong with a student's code, from a worker's report or its end."""

from __future__ import annotations

import ast
import signal
from collections.abc import Sequence
from difflib import get_close_matches

from autograder.core.exam import Limit
from autograder.core.outcome import Fault, FaultKind
from autograder.core.text import (
    BAD_RETURN,
    CELL_RAISED,
    CLOSE_DEFINITION,
    CRASHED,
    EXCEPTION,
    EXITED,
    GRAPHICS_MEMORY,
    MEMORY_LIMIT,
    MISSING_NAME,
    UNWRITTEN,
    Text,
)
from autograder.sandbox.job import Job
from autograder.worker.messages import Problem

_LONGEST = 4_000  # characters; an honest worker sends no more of an error or a traceback


def fault_of(problem: Problem, source: str, limit: Limit, device: str = "cpu") -> Fault:
    """Turn what a student's code raised into a fault.

    Args:
        problem: as a worker says, which need not be true.
        source: the student's code.
        limit: what the part may use.
        device: where it ran.
    """
    error = problem.error[:_LONGEST]
    match problem.kind:
        case "missing":
            kind, message = FaultKind.MISSING, _missing(error, source)
        case "unwritten":
            kind, message = FaultKind.UNWRITTEN, UNWRITTEN.format(name=error)
        case "exit":
            kind, message = FaultKind.EXIT, EXITED.format(code=error)
        case "memory":
            said = GRAPHICS_MEMORY if device.startswith("cuda") else MEMORY_LIMIT
            kind, message = FaultKind.MEMORY, said.format(megabytes=limit.memory_mb, error=error)
        case "return":
            kind, message = FaultKind.EXCEPTION, BAD_RETURN.format(error=error)
        case "exception":
            kind, message = FaultKind.EXCEPTION, EXCEPTION.format(error=error)
    return Fault(kind=kind, message=message, traceback=problem.traceback[:_LONGEST])


def notes_of(problems: Sequence[Problem], job: Job) -> list[Text]:
    """Turn what the worker says of cells that raised into notes, at most one for each cell.

    Raises:
        ValueError: there are more than cells.
    """
    if len(problems) > len(job.submission.cells):
        raise ValueError("more cells raised than there are")
    return [CELL_RAISED.format(where=one.where[:_LONGEST], error=one.error[:_LONGEST]) for one in problems]


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
