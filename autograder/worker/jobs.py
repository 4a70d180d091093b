"""The types of a worker's job, which comes on its standard input, and of requests to a zygote."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, TypeVar

import msgspec
from msgspec import Struct

from autograder.core.evidence import Array, Evidence, EvidenceError
from autograder.core.framework import Framework
from autograder.worker.arithmetic import AS_GRADED, Arithmetic
from autograder.worker.codec import decode, encode

STATUS = struct.Struct("<i")  # a zygote's message that a worker has ended
FIT, UNFIT = b"fit", b"unfit"  # a zygote's first message: whether it can be forked
MAX_REQUEST = 1 << 16  # bytes of a message to a zygote
MAX_JOB = 1 << 32  # bytes
_LENGTH = struct.Struct("<Q")
FILE = ":file"
T = TypeVar("T")


class Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A struct that refuses unknown fields."""


class ProbeCall(Strict, frozen=True, tag_field="kind", tag="probe"):
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


class GivenCall(Strict, frozen=True, tag_field="kind", tag="given"):
    """A call of ``given`` for the inputs of a variant; there is no submission."""

    function: str
    seed: int
    profile: str


class CellCall(Strict, frozen=True, tag_field="kind", tag="cell"):
    """What is observed of a notebook: what a test cell records, or the text of a cell.

    Attributes:
        cell: its name.
        seed: draws the test's inputs anew, after the whole notebook; None where they are as they stand.
        text: the name of the fact for the text that the student wrote there; empty for a test cell.
    """

    cell: str
    seed: int | None = None
    text: str = ""


Call = ProbeCall | GivenCall | CellCall


class Step(Strict, frozen=True):
    """One task: the call and the variant.

    Attributes:
        memory: limit in bytes; 0 is none.
        output: bytes that it may print before the rest is dropped.
    """

    variant: str
    memory: int
    output: int
    call: Call


class ProcessLimits(Strict, frozen=True):
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


class FileBeside(Strict, frozen=True):
    """Another file of the student's: its path in the working folder, as bytes, and how many bytes it has."""

    path: bytes
    size: int


class WorkerJob(Strict, frozen=True):
    """The job that a worker reads from its standard input.

    Attributes:
        code: the source of the probes, or of ``given``.
        code_name: names it in tracebacks.
        shared: sources of the course's shared modules by dotted name, each after those that it imports.
        file: the name of the submitted file, whose bytes come as the array :data:`FILE`; empty for none.
        beside: the student's other files, whose contents follow the job in this order.
        steps: in the order in which they are done.
        device: ``cpu`` or ``cuda``.
        imports: the modules to import first.
        likely: the modules to import then, where that is possible.
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
    beside: tuple[FileBeside, ...]
    steps: tuple[Step, ...]
    device: str
    imports: tuple[str, ...]
    likely: tuple[str, ...]
    datasets: tuple[str, ...]
    data: str
    uid: int | None
    filter: bytes
    setup_memory: int
    setup_output: int
    limits: ProcessLimits
    arithmetic: Arithmetic = AS_GRADED


class Imports(Strict, frozen=True):
    """The first message to a zygote: what to import, and what to import then where that is possible."""

    names: tuple[str, ...]
    likely: tuple[str, ...]


class Fork(Strict, frozen=True):
    """A request for a worker: the user to become if root, and the bytes of its two file systems."""

    uid: int
    scratch: int
    shared_memory: int


def encode_job(job: WorkerJob, arrays: Mapping[str, Array]) -> bytes:
    """Return a job as bytes after their length; ``arrays``: the file, and the inputs by ``variant/array``."""
    data = encode(Evidence(arrays=arrays, facts=msgspec.to_builtins(job)))
    return _LENGTH.pack(len(data)) + data


def read_job(file: BinaryIO) -> tuple[WorkerJob, Mapping[str, Array]]:
    """Read what :func:`encode_job` gave, and nothing that follows it.

    Raises:
        EvidenceError: it is no job.
    """
    try:
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
    except struct.error:
        raise EvidenceError("truncated before the length of the job") from None
    whole = decode(file.read(length), limit=MAX_JOB, facts_limit=MAX_JOB)
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
