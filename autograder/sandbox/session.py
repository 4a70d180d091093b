"""What one worker has reported so far: its messages, each taken only where it may come."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from autograder.core.evidence import Evidence
from autograder.core.exam import Limit
from autograder.core.outcome import Fault, FaultKind, Outcome, Task
from autograder.core.text import Text
from autograder.core.text_of_runs import EVIDENCE_LIMIT, OUTPUT_DROPPED, TOO_LARGE
from autograder.sandbox.faults import fault_of, first_causes, sentences
from autograder.sandbox.job import SETUP, Job
from autograder.worker.codec import MAX_FACTS_BYTES
from autograder.worker.messages import (
    MAX_IMPORTED,
    MAX_READ,
    MAX_TOLD,
    MESSAGE_LENGTH,
    Begin,
    Done,
    Imported,
    Loaded,
    Message,
    Note,
    Problem,
    Raised,
    Read,
    Ready,
    decode_message,
    event_of,
)

# What one task prints may be counted for another while it is in the pipes; a worker counts to the byte.
_IN_PIPES = 128 << 10
# An honest worker says no more: notes of a whole submission, and names of one task, in characters.
_MAX_SAID, _MAX_NAME = 200, 1_000


@dataclass(slots=True)
class Session:
    """The reports of one worker so far."""

    job: Job
    tasks: Sequence[Task]
    since: float  # when the current phase began
    ready: bool = False
    loaded: bool = False
    begun: int = 0  # how many tasks were begun
    busy: bool = False  # whether the last of them is still running
    outcomes: dict[Task, Outcome] = field(default_factory=dict)
    read: Read | None = None
    imported: list[str] = field(default_factory=list)  # texts of modules that were not read with the rest
    notes: dict[Text, None] = field(default_factory=dict)
    causes: dict[str, Text] = field(default_factory=dict)  # by name, why it is not defined
    buffer: bytearray = field(default_factory=bytearray)
    printed: bytearray = field(default_factory=bytearray)
    printed_bytes: int = 0

    def add_notes(self, notes: Sequence[Note]) -> None:
        """Add what notes of the worker's say, as far as there is room."""
        told = {**self.notes, **sentences(notes)}
        self.notes = dict.fromkeys(islice(told, _MAX_SAID))

    @property
    def done(self) -> bool:
        """Whether every task was done."""
        return self.loaded and not self.busy and self.begun == len(self.tasks)

    @property
    def dropping(self) -> bool:
        """Whether more was printed since the last message than a worker lets through."""
        return self.printed_bytes > (self.limit.output_kb << 10) + _IN_PIPES

    @property
    def limit(self) -> Limit:
        """The current limit: that of the running task, else that of setting up."""
        return self.job.limits[self.task.part if self.busy else SETUP]

    @property
    def task(self) -> Task:
        """The running task, else the next, which is charged for what happens in between."""
        return self.tasks[max(0, min(self.begun - self.busy, len(self.tasks) - 1))]


def take_messages(session: Session) -> Fault | None:
    """Take every whole message out of the buffer; what is not a proper message is a fault.

    What comes after the last task is not looked at: whether it is here yet is chance.
    """
    buffer = session.buffer
    while not session.done and len(buffer) >= MESSAGE_LENGTH.size:
        facts = MAX_FACTS_BYTES if session.loaded else MAX_TOLD if session.read else MAX_READ
        allowed = (session.limit.evidence_mb << 20) + facts
        (length,) = MESSAGE_LENGTH.unpack_from(buffer)
        if length > allowed:
            return _bad_message(f"{length:,} bytes, allowed are {allowed:,}")
        if len(buffer) < MESSAGE_LENGTH.size + length:
            return None
        data = bytes(buffer[MESSAGE_LENGTH.size : MESSAGE_LENGTH.size + length])
        del buffer[: MESSAGE_LENGTH.size + length]
        try:
            _take(session, *decode_message(data, allowed, facts))
        except ValueError as error:  # EvidenceError is one
            return _bad_message(str(error))
    return None


def _bad_message(why: str) -> Fault:
    return Fault(kind=FaultKind.EVIDENCE, message=EVIDENCE_LIMIT.format(error=why))


def _fault(session: Session, problem: Problem) -> Fault:
    return fault_of(problem, session.read or Read(), session.causes, session.limit, session.job.device)


def _within(evidence: Evidence, elements: Mapping[str, int] | None) -> tuple[Evidence, dict[str, Fault]]:
    """Drop what nothing can be compared with; return the faults of the arrays that are too large."""
    if elements is None:
        return evidence, {}
    too_large = {
        name: TOO_LARGE.format(shape=array.shape, elements=elements[name])
        for name, array in evidence.arrays.items()
        if array.size > elements.get(name, array.size)
    }
    kept = {n: array for n, array in evidence.arrays.items() if n in elements and n not in too_large}
    faults = {name: Fault(kind=FaultKind.EVIDENCE, message=why) for name, why in too_large.items()}
    return Evidence(arrays=kept, facts=evidence.facts), faults


def _short(changed: Mapping[str, str]) -> dict[str, str]:
    """Return no more of the changed inputs than an honest worker names."""
    return {name[:_MAX_NAME]: by[:_MAX_NAME] for name, by in islice(changed.items(), _MAX_SAID)}


def _take(session: Session, message: Message, evidence: Evidence) -> None:
    """Apply one message.

    Raises:
        ValueError: it is not one that may come now.
    """
    now = time.monotonic()
    if session.dropping or (isinstance(message, Loaded | Done | Raised) and message.dropped):
        session.notes[OUTPUT_DROPPED.format(kilobytes=session.limit.output_kb)] = None
    match message:
        case Ready() if not session.ready:
            session.ready = True
        case Read() if session.ready and session.read is None and not session.loaded:
            session.read = message
            session.add_notes(message.notes)
        case Imported() if session.read is not None and len(session.imported) < MAX_IMPORTED:
            if sum(map(len, (*session.imported, message.source))) > MAX_TOLD:
                raise ValueError(f"more than {MAX_TOLD:,} characters of modules")
            session.imported.append(message.source)
            return  # nothing is done by that: the clock goes on
        case Loaded() if session.ready and not session.loaded:
            session.loaded = True
            session.add_notes(message.notes)
            session.causes = first_causes(message.notes)
        case Begin() if session.loaded and not session.busy and session.begun < len(session.tasks):
            session.begun, session.busy = session.begun + 1, True
        case Done() if session.busy:
            session.add_notes(message.notes)
            session.causes = first_causes(message.notes) | session.causes
            cause = next(filter(None, map(session.causes.get, message.absent)), None)
            evidence, too_large = _within(evidence, session.job.elements.get(session.task))
            first = islice(message.missing.items(), _MAX_SAID)
            missing = {name[:_MAX_NAME]: _fault(session, found) for name, found in first}
            done = Outcome(
                evidence=evidence,
                seconds=now - session.since,
                memory=message.memory,
                cause=cause,
                missing=missing | too_large,
                changed=_short(message.changed),
            )
            session.outcomes[session.task], session.busy = done, False
        case Raised() if session.busy:
            fault = _fault(session, message.problem)
            failed = Outcome(fault=fault, seconds=now - session.since, memory=message.memory)
            session.outcomes[session.task], session.busy = failed, False
        case _:
            raise ValueError(f"the message {event_of(message)!r} may not come now")
    session.since, session.printed_bytes = now, 0
