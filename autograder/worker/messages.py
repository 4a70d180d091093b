"""The types of a worker's messages, which leave the sandbox as bytes in evidence's format.

They go out one after another, each as ``<u64 length><bytes>``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from autograder.core.evidence import Evidence, EvidenceError
from autograder.worker.codec import decode, encode
from autograder.worker.jobs import Strict, from_facts

MESSAGE_LENGTH = struct.Struct("<Q")
MAX_READ = 8 << 20  # bytes of a message that comes before a submission is run
MAX_IMPORTED = 50  # messages about modules
MAX_TOLD = 2 << 20  # characters of all their texts; a worker tells half of that

_MAX_VALUES = 50_000  # of a message's JSON: an empty list is two bytes there, and sixty once it is read

ProblemKind = Literal[
    "missing", "unwritten", "exit", "memory", "return", "exception", "arguments", "use", "author"
]
Hint = Literal["", "device", "workers", "processes", "network", "input", "none"]


class Problem(Strict, frozen=True):
    """An exception in a student's code while a task was done.

    Attributes:
        kind: what sort of exception; ``arguments``: a function takes others than are given, ``use``: raised
            by what uses a value of the student's, ``author``: in the question's own code, not the student's.
        error: what it says; for a missing name, the name.
        korean: what it says in Korean, if whoever raised it gave that.
        traceback: the student's own lines.
        name: the name that was not defined, where that is what it says.
        hint: what it is known to come of.
        close: where a name is missing, a similar one that is defined.
        call: the call that raised it, if only that failed.
    """

    kind: ProblemKind
    error: str
    traceback: str
    korean: str = ""
    name: str = ""
    hint: Hint = ""
    close: str = ""
    call: str = ""


# About a file: there is nothing to run.
Unreadable = Literal[
    "empty", "encoding", "json", "no_notebook", "conflict", "kernel", "no_code", "too_large", "file_syntax"
]
# About a file, a cell or a statement, while the rest was run.
Oddity = Literal["trailing", "syntax", "raised", "command", "absent", "input", "exit"]
NoteKind = Unreadable | Oddity


class Note(Strict, frozen=True):
    """Something about the file, or about a piece of it while it was loaded; the trusted side words it.

    Attributes:
        kind: what it is.
        where: the file or cell, ``q1.ipynb[3]``.
        details: what the sentence is about: its ``error``, ``line``, ``text``, ``kernel``, ``size``,
            ``allowed`` or ``name``.
        binds: the names that would have been defined otherwise; ``*`` for a star import's.
        hint: what it is known to come of.
    """

    kind: NoteKind
    where: str
    details: Mapping[str, str | int] = {}
    binds: tuple[str, ...] = ()
    hint: Hint = ""


Elsewhere = Literal["markdown", "raw", "comment"]


# A task's peak memory in bytes. A submission can make the worker say anything: it is for display only.
Memory = Annotated[int, Meta(ge=0, le=1 << 50)] | None


class _Message(Strict, frozen=True, tag_field="event", tag=str.lower):
    """A message of a worker."""


class Ready(_Message, frozen=True):
    """The message that the imports are done; the submission is loaded next."""


class Read(_Message, frozen=True):
    """The message that the file was read. None of it has run yet, so it is the last that can be trusted.

    Attributes:
        fault: why there is nothing to run, if there is not; then no other message comes.
        source: the Python text, for the checks of names.
        modules: names of the student's own modules whose text is part of it.
        notes: what was odd and costs nothing.
        elsewhere: names that are defined where nothing is run, and where.
    """

    fault: Note | None = None
    source: str = ""
    modules: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    elsewhere: Mapping[str, Elsewhere] = {}


class Imported(_Message, frozen=True):
    """The message that a module of the student's is run next, whose text was not read with the rest."""

    source: str


class Loaded(_Message, frozen=True):
    """The message that the submission is loaded; these pieces of it went wrong."""

    notes: tuple[Note, ...] = ()
    dropped: bool = False


class Begin(_Message, frozen=True):
    """The message that the next task begins."""


class Done(_Message, frozen=True):
    """The message that the task gave the evidence sent along.

    Attributes:
        dropped: whether it printed too much.
        absent: names that the probe asked for and the submission does not define.
        missing: why observations are not in the evidence.
        changed: inputs that were changed in place, each with the function that did it.
        notes: what went wrong in pieces of the submission that were run for the task.
    """

    memory: Memory = None
    dropped: bool = False
    absent: tuple[str, ...] = ()
    missing: Mapping[str, Problem] = {}
    changed: Mapping[str, str] = {}
    notes: tuple[Note, ...] = ()


class Raised(_Message, frozen=True):
    """The message that the task raised an exception."""

    problem: Problem
    memory: Memory = None
    dropped: bool = False


Message = Ready | Read | Imported | Loaded | Begin | Done | Raised


def event_of(message: Message) -> str:
    """Return the name of a kind of message."""
    return str(message.__struct_config__.tag)


def encode_message(message: Message, evidence: Evidence | None = None) -> bytes:
    """Return a message as bytes, with its length before it; the evidence's facts travel under ``facts``.

    Raises:
        EvidenceError: the evidence cannot be sent.
    """
    sent = evidence or Evidence()
    data = encode(
        Evidence(arrays=sent.arrays, facts={**msgspec.to_builtins(message), "facts": dict(sent.facts)})
    )
    return MESSAGE_LENGTH.pack(len(data)) + data


def decode_message(data: bytes, limit: int, facts_limit: int) -> tuple[Message, Evidence]:
    """Read a message back from bytes, without the length, that may come from hostile code.

    Args:
        data: the message.
        limit: maximum size in bytes.
        facts_limit: maximum size of its JSON in bytes.

    Raises:
        EvidenceError: it is no message.
    """
    whole = decode(data, limit=limit, facts_limit=facts_limit, values=_MAX_VALUES)
    fields = dict(whole.facts)
    facts = fields.pop("facts", None)
    if not isinstance(facts, dict):
        raise EvidenceError("the facts are not a JSON object")
    message: Message = from_facts(fields, Message)  # type: ignore[arg-type]
    return message, Evidence(arrays=whole.arrays, facts=facts)
