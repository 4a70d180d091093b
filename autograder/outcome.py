"""What happened when a submission was run: evidence, faults of its code, failures of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from autograder.evidence import Array, Evidence, EvidenceError, Json
from autograder.text import Text

PUBLIC = "public"


class FaultKind(StrEnum):
    """Why a student's code gave no evidence."""

    SOURCE = "source"  # the file is absent, unreadable or does not parse
    MISSING = "missing"  # a name of the interface is not defined
    UNWRITTEN = "unwritten"  # the stub's NotImplementedError
    EXCEPTION = "exception"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    EVIDENCE = "evidence"  # what came back is not evidence
    EXIT = "exit"
    CRASH = "crash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A failure of the student's code, with the lines of their own traceback."""

    kind: FaultKind
    message: Text
    traceback: str = ""


class Task(NamedTuple):
    """One run of one part's probe: the part's name and the name of the variant of its inputs."""

    part: str
    variant: str = PUBLIC

    def __str__(self) -> str:
        return f"{self.part}/{self.variant}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one task: exactly one of evidence, fault and failure is set.

    ``failure`` is ours, in plain English for the instructor; ``seconds`` is wall-clock time,
    ``memory`` what the worker says were the most bytes that it took meanwhile, None if it says nothing.
    """

    evidence: Evidence | None = None
    fault: Fault | None = None
    failure: str | None = None
    seconds: float = 0.0
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One submission to one question after it was run.

    Attributes:
        outcomes: for each task what it gave; a task that was not run is absent.
        source: the Python text that was run, cells joined.
        notes: what was skipped or neutralised; costs nothing.
        output: the end of what the code printed.
    """

    outcomes: Mapping[Task, Outcome]
    source: str = ""
    notes: tuple[Text, ...] = ()
    output: str = ""

    @property
    def failed(self) -> bool:
        """Whether some task has a failure of ours, so that it must be run again."""
        return any(outcome.failure is not None for outcome in self.outcomes.values())

    @property
    def faulted(self) -> bool:
        """Whether some task has a fault."""
        return any(outcome.fault is not None for outcome in self.outcomes.values())

    @property
    def nbytes(self) -> int:
        """The size of all arrays."""
        found = [outcome.evidence for outcome in self.outcomes.values() if outcome.evidence is not None]
        return sum(array.nbytes for evidence in found for array in evidence.arrays.values())

    def by_part(self) -> dict[str, dict[str, Outcome]]:
        """Return the outcomes by part and variant, each part's in the order of :meth:`of_part`."""
        found: dict[str, dict[str, Outcome]] = {}
        for task in sorted(self.outcomes, key=_public_first):
            found.setdefault(task.part, {})[task.variant] = self.outcomes[task]
        return found

    def of_part(self, part: str) -> dict[str, Outcome]:
        """Return the outcomes of one part by variant, the public one first."""
        return self.by_part().get(part, {})


def _public_first(task: Task) -> tuple[bool, str]:
    return task.variant != PUBLIC, task.variant


def faulty(tasks: Iterable[Task], fault: Fault, source: str = "", notes: tuple[Text, ...] = ()) -> Attempt:
    """Return the attempt in which every task has the same fault."""
    return Attempt(outcomes={task: Outcome(fault=fault) for task in tasks}, source=source, notes=notes)


# -- the stored form: one Evidence that holds a whole attempt ----------------------------------------------


def pack(attempt: Attempt) -> Evidence:
    """Turn an attempt into one Evidence; arrays are named ``part/variant/array``."""
    arrays: dict[str, Array] = {}
    records = []
    for task, outcome in attempt.outcomes.items():
        record: dict[str, object] = {"part": task.part, "variant": task.variant, "seconds": outcome.seconds}
        if outcome.memory is not None:
            record["memory"] = outcome.memory
        if outcome.evidence is not None:
            record["facts"] = dict(outcome.evidence.facts)
            arrays |= {f"{task}/{name}": array for name, array in outcome.evidence.arrays.items()}
        if outcome.fault is not None:
            fault = outcome.fault
            record["fault"] = [fault.kind.value, fault.message.to_json(), fault.traceback]
        if outcome.failure is not None:
            record["failure"] = outcome.failure
        records.append(record)
    facts = {
        "outcomes": records,
        "source": attempt.source,
        "notes": [note.to_json() for note in attempt.notes],
        "output": attempt.output,
    }
    return Evidence(arrays=arrays, facts=facts)


def unpack(stored: Evidence) -> Attempt:
    """Turn :func:`pack`'s result back into an attempt.

    Raises:
        EvidenceError: it is not such a result.
    """
    try:
        by_task: dict[tuple[str, str], dict[str, Array]] = {}
        for name, array in stored.arrays.items():
            part, variant, array_name = name.split("/", 2)
            by_task.setdefault((part, variant), {})[array_name] = array
        outcomes = {}
        for record in stored.facts["outcomes"]:
            task = Task(record["part"], record["variant"])
            outcomes[task] = _outcome(record, by_task.get(task, {}))
        return Attempt(
            outcomes=outcomes,
            source=stored.facts["source"],
            notes=tuple(Text(**note) for note in stored.facts["notes"]),
            output=stored.facts["output"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"not a stored attempt: {error!r}") from None


def facts_of(facts: Mapping[str, Json], task: Task) -> Mapping[str, Json]:
    """Return the facts of one task's evidence from the facts of a packed attempt; none where it has none.

    Raises:
        EvidenceError: they are not those of a packed attempt.
    """
    try:
        for record in facts["outcomes"]:
            if Task(record["part"], record["variant"]) == task:
                return dict(record.get("facts") or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"not a stored attempt: {error!r}") from None
    return {}


def _outcome(record: Mapping[str, Json], arrays: Mapping[str, Array]) -> Outcome:
    facts, fault = record.get("facts"), record.get("fault")
    evidence = None if facts is None else Evidence(arrays=arrays, facts=facts)
    if fault is not None:
        kind, message, traceback = fault
        fault = Fault(kind=FaultKind(kind), message=Text(**message), traceback=traceback)
    return Outcome(
        evidence=evidence,
        fault=fault,
        failure=record.get("failure"),
        seconds=record["seconds"],
        memory=record.get("memory"),
    )
