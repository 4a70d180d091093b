"""The types of a worker's job and messages, which cross the sandbox as bytes in evidence's format.

The job comes on standard input. Messages go out one after another, each as ``<u64 length><bytes>``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from autograder.core.evidence import Array, Evidence, EvidenceError
from autograder.core.framework import Framework
from autograder.worker.arithmetic import AS_GRADED, Arithmetic
from autograder.worker.codec import decode, encode

MESSAGE_LENGTH = struct.Struct("<Q")
STATUS = struct.Struct("<i")  # a zygote's message that a worker has ended
FIT, UNFIT = b"fit", b"unfit"  # a zygote's first message: whether it can be forked
MAX_REQUEST = 1 << 16  # bytes of a message to a zygote
MAX_JOB = 1 << 32  # bytes
MAX_READ = 8 << 20  # bytes of a message that comes before a submission is run
MAX_IMPORTED = 50  # messages about modules
FILE = ":file"
T = TypeVar("T")


class _Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A struct that refuses unknown fields."""


class ProbeCall(_Strict, frozen=True, tag_field="kind", tag="probe"):
    """What is observed of a submission, with the inputs of a variant and these settings.

    Attributes:
        function: the name of the probe; empty where there are calls.
        settings: given besides the inputs.
        calls: what is observed without a probe, see :mod:`autograder.core.calls`.
        interface: the names in calls that are the student's.
        facts: the observations that are JSON; the others are arrays.
        framework: whose tensors the inputs are.
    """

    function: str
    settings: Mapping[str, Any]
    calls: tuple[str, ...] = ()
    interface: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    framework: Framework = "python"


class GivenCall(_Strict, frozen=True, tag_field="kind", tag="given"):
    """A call of ``given`` for the inputs of a variant; there is no submission."""

    function: str
    seed: int
    profile: str


Call = ProbeCall | GivenCall


class Step(_Strict, frozen=True):
    """One task: the call and the variant.

    Attributes:
        memory: limit in bytes; 0 is none.
        output: bytes that it may print before the rest is dropped.
    """

    variant: str
    memory: int
    output: int
    call: Call


class ProcessLimits(_Strict, frozen=True):
    """The hard limits of the worker's process; 0 is none.

    Attributes:
        memory: bytes of address space on top of what the imports take.
        processes: maximum number of the user's processes.
        scratch: maximum size of a file, bytes.
        cpu: seconds of processor time.
    """

    memory: int
    processes: int
    scratch: int
    cpu: int


class WorkerJob(_Strict, frozen=True):
    """The job that a worker reads from its standard input.

    Attributes:
        code: the source of the probes, or of ``given``.
        code_name: names it in tracebacks.
        shared: sources of the course's shared modules by dotted name, each after those that it imports.
        file: the name of the submitted file, whose bytes come as the array :data:`FILE`; empty for none.
        beside: the paths of the student's other files, as bytes; their contents come as the arrays
            ``:beside/<number>``.
        steps: in the order in which they are done.
        device: ``cpu`` or ``cuda``.
        imports: the modules to import first.
        datasets: names of those that ``given`` reads.
        data: the folder where they are.
        uid: the user to become, if any.
        filter: the seccomp program to install, if any.
        setup_memory: bytes of memory for loading the submission; 0 is no limit.
        setup_output: bytes that may be printed meanwhile before the rest is dropped.
        arithmetic: how it computes.
    """

    code: str
    code_name: str
    shared: Mapping[str, str]
    file: str
    beside: tuple[bytes, ...]
    steps: tuple[Step, ...]
    device: str
    imports: tuple[str, ...]
    datasets: tuple[str, ...]
    data: str
    uid: int | None
    filter: bytes
    setup_memory: int
    setup_output: int
    limits: ProcessLimits
    arithmetic: Arithmetic = AS_GRADED


class Imports(_Strict, frozen=True):
    """The first message to a zygote: the modules to import."""

    names: tuple[str, ...]


class Fork(_Strict, frozen=True):
    """A request for a worker: the user to become if root, and the bytes of its two file systems."""

    uid: int
    scratch: int
    shared_memory: int


ProblemKind = Literal["missing", "unwritten", "exit", "memory", "return", "exception", "author"]
Hint = Literal["", "device", "workers", "processes", "network", "input"]


class Problem(_Strict, frozen=True):
    """An exception in a student's code while a task was done.

    Attributes:
        kind: what sort of exception; ``author``: in the question's own code, not the student's.
        error: what it says; for a missing name, the name.
        traceback: the student's own lines.
        name: the name that was not defined, where that is what it says.
        hint: what it is known to come of.
        close: where a name is missing, a similar one that is defined.
        call: the call that raised it, if only that failed.
    """

    kind: ProblemKind
    error: str
    traceback: str
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


class Note(_Strict, frozen=True):
    """Something about the file, or about a piece of it while it was loaded; the trusted side words it.

    Attributes:
        kind: what it is.
        where: the file or cell, ``q1.ipynb[3]``.
        details: what the sentence is about: ``error``, ``line``, ``kernel``, ``size``, ``allowed``, ``name``.
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


class _Message(_Strict, frozen=True, tag_field="event", tag=str.lower):
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
    """

    memory: Memory = None
    dropped: bool = False
    absent: tuple[str, ...] = ()
    missing: Mapping[str, Problem] = {}
    changed: Mapping[str, str] = {}


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
    whole = decode(data, limit=limit, facts_limit=facts_limit)
    fields = dict(whole.facts)
    facts = fields.pop("facts", None)
    if not isinstance(facts, dict):
        raise EvidenceError("the facts are not a JSON object")
    message: Message = from_facts(fields, Message)  # type: ignore[arg-type]
    return message, Evidence(arrays=whole.arrays, facts=facts)


def encode_job(job: WorkerJob, arrays: Mapping[str, Array]) -> bytes:
    """Return a job as bytes; ``arrays`` are files, and the inputs by ``variant/array``."""
    return encode(Evidence(arrays=arrays, facts=msgspec.to_builtins(job)))


def decode_job(data: bytes) -> tuple[WorkerJob, Mapping[str, Array]]:
    """Read back what :func:`encode_job` gave.

    Raises:
        EvidenceError: it is no job.
    """
    whole = decode(data, limit=MAX_JOB, facts_limit=MAX_JOB)
    return from_facts(whole.facts, WorkerJob), whole.arrays


def from_facts(facts: Mapping[str, Any], kind: type[T]) -> T:
    """Return facts converted to the struct ``kind``.

    Raises:
        EvidenceError: they do not fit it.
    """
    try:
        return msgspec.convert(facts, kind)
    except msgspec.ValidationError as error:
        raise EvidenceError(str(error)) from None
