"""What happened when a submission was run: evidence, faults of its code, failures of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from autograder.core.evidence import Evidence
from autograder.core.text import Text

PUBLIC = "public"
EVERYTHING = "*"  # stands for every name that is not in the evidence


class FaultKind(StrEnum):
    """The reason why a student's code gave no evidence."""

    SOURCE = "source"  # the file is absent, unreadable or does not parse
    MISSING = "missing"  # a name of the interface is not defined
    UNWRITTEN = "unwritten"  # the stub's NotImplementedError
    EXCEPTION = "exception"
    TIME = "time"
    MEMORY = "memory"
    EVIDENCE = "evidence"  # what came back is not evidence
    EXIT = "exit"
    CRASH = "crash"
    AUTHOR = "author"  # the question's own code failed: nobody's answer, and never graded


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A failure of the student's code, with the lines of their own traceback."""

    kind: FaultKind
    message: Text
    traceback: str = ""


class OverLimitError(Exception):
    """Work of the engine on what a student handed in went over a limit; ``fault`` tells the student so."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return self.fault.message.en


class Task(NamedTuple):
    """One run of one part's probe: the part's name and the name of the variant of its inputs."""

    part: str
    variant: str = PUBLIC

    def __str__(self) -> str:
        return f"{self.part}/{self.variant}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one task: exactly one of evidence, fault and failure is set.

    ``failure`` is the engine's own error, in English for the instructor; ``seconds`` is wall-clock time;
    ``memory`` is the peak in bytes that the worker reports, or None; ``cause`` says what went wrong first,
    where a name that the probe asked for is absent because a piece of the submission failed; ``missing`` says
    why observations are not in the evidence, by name or :data:`EVERYTHING`; ``changed`` names the inputs that
    a function of the student's changed in place, each with the function.
    """

    evidence: Evidence | None = None
    fault: Fault | None = None
    failure: str | None = None
    seconds: float = 0.0
    memory: int | None = None
    cause: Text | None = None
    missing: Mapping[str, Fault] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One submission to one question after it was run.

    Attributes:
        outcomes: one for each task that was run.
        source: the Python text that was run, cells joined.
        modules: the names of the student's own modules whose text is part of the source.
        notes: what was skipped or neutralised; costs nothing.
        output: the end of what the code printed.
    """

    outcomes: Mapping[Task, Outcome]
    source: str = ""
    modules: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    output: str = ""

    @property
    def failed(self) -> bool:
        """Whether a task has a failure of the engine, so that it must be run again."""
        return any(outcome.failure is not None for outcome in self.outcomes.values())

    @property
    def faulted(self) -> bool:
        """Whether a task has a fault of the student's code."""
        return any(outcome.fault is not None for outcome in self.outcomes.values())

    @property
    def cut_off(self) -> bool:
        """Whether a task was ended from outside: by a limit of time or by a signal."""
        ends = FaultKind.TIME, FaultKind.CRASH
        return any(one.fault is not None and one.fault.kind in ends for one in self.outcomes.values())

    def of_part(self, part: str) -> dict[str, Outcome]:
        """Return the outcomes of one part by variant, the public one first."""
        return {task.variant: self.outcomes[task] for task in by_part(self.outcomes).get(part, ())}


def by_part(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """Return tasks by part, of each part the public one first."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.part, []).append(task)
    for mine in found.values():
        mine.sort(key=_public_first)
    return found


def _public_first(task: Task) -> tuple[bool, str]:
    return task.variant != PUBLIC, task.variant


def faulty(tasks: Iterable[Task], fault: Fault, source: str = "", notes: tuple[Text, ...] = ()) -> Attempt:
    """Return an attempt in which every task has this fault."""
    return Attempt(outcomes={task: Outcome(fault=fault) for task in tasks}, source=source, notes=notes)
