"""Makes faults, in both languages, of a worker's report on a student's code or of the worker's end."""

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

_MAX_CHARACTERS = 4_000  # of an error or a traceback; an honest worker sends no more


def fault_of(problem: Problem, source: str, limit: Limit, device: str = "cpu") -> Fault:
    """Return the fault for what a student's code raised.

    Args:
        problem: as reported by the worker, untrusted.
        source: the student's code.
        limit: of the part.
        device: where it ran.
    """
    error = problem.error[:_MAX_CHARACTERS]
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
    return Fault(kind=kind, message=message, traceback=problem.traceback[:_MAX_CHARACTERS])


def notes_of(problems: Sequence[Problem], job: Job) -> list[Text]:
    """Return a note for each cell that raised, as reported by the worker, untrusted.

    Raises:
        ValueError: there are more problems than cells.
    """
    if len(problems) > len(job.submission.cells):
        raise ValueError("more cells raised than there are")
    return [
        CELL_RAISED.format(where=one.where[:_MAX_CHARACTERS], error=one.error[:_MAX_CHARACTERS])
        for one in problems
    ]


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
    """Return the fault for the end of a worker that had loaded student code.

    Args:
        status: exit status; negative or above 128 for a signal.
    """
    number = -status if status < 0 else status - 128
    try:
        name = signal.Signals(number).name
    except ValueError:
        return Fault(kind=FaultKind.EXIT, message=EXITED.format(code=status))
    return Fault(kind=FaultKind.CRASH, message=CRASHED.format(signal=name))
