"""Jobs and attempts as bytes for other machines, validated as strictly as evidence; nothing is unpickled.

The inputs, which all submissions to a question share, are sent separately from the rest of a job.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np
from msgspec import Struct

from autograder.core.errors import UserError
from autograder.core.evidence import Array, Evidence, EvidenceError
from autograder.core.exam import Limit
from autograder.core.framework import Framework
from autograder.core.outcome import Attempt, Task
from autograder.core.text import Text
from autograder.course.submission import Submission
from autograder.records.codec import pack, unpack
from autograder.sandbox.job import Job
from autograder.worker.codec import decode, encode
from autograder.worker.jobs import Call, from_facts

MAX_BYTES = 1 << 32


class _Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """A job without its inputs; the student's file, and those ``beside`` it, travel as arrays."""

    code: str
    code_name: str
    framework: Framework
    file: str
    notes: tuple[Text, ...]
    beside: tuple[bytes, ...]
    size: int
    tasks: tuple[Task, ...]
    calls: tuple[Call, ...]
    limits: Mapping[str, Limit]
    device: str
    preload: tuple[str, ...]
    question: str


def encode_inputs(job: Job) -> bytes:
    """Return a job's inputs as bytes; arrays are named ``variant/array``."""
    arrays = {
        f"{variant}/{name}": array
        for variant, inputs in job.inputs.items()
        for name, array in inputs.arrays.items()
    }
    return encode(Evidence(arrays=arrays, facts={"variants": list(job.inputs)}))


def encode_job(job: Job) -> bytes:
    """Return a job as bytes, without its inputs but with the contents of the student's extra files.

    Raises:
        ValueError: the job reads datasets, which are not sent.
        OSError: a file cannot be read.
    """
    if job.datasets:
        raise ValueError("a job that reads datasets must run on the machine that has them")
    submission = job.submission
    arrays: dict[str, Array] = {
        f"beside/{index}": np.frombuffer(path.read_bytes(), np.uint8)
        for index, path in enumerate(submission.beside.values())
    }
    arrays["file"] = np.frombuffer(submission.data, np.uint8)
    sent = _Sent(
        code=job.code,
        code_name=job.code_name,
        framework=job.framework,
        file=submission.name,
        notes=submission.notes,
        beside=tuple(map(os.fsencode, submission.beside)),
        size=submission.size,
        tasks=tuple(job.tasks),
        calls=tuple(job.calls[task] for task in job.tasks),
        limits=job.limits,
        device=job.device,
        preload=tuple(job.preload),
        question=job.question,
    )
    return encode(Evidence(arrays=arrays, facts=msgspec.to_builtins(sent)))


def decode_job(data: bytes, inputs: bytes, folder: Path) -> Job:
    """Return the job from the bytes of :func:`encode_job` and :func:`encode_inputs`.

    Args:
        data: the job.
        inputs: its inputs.
        folder: an empty folder, to which the student's extra files are written.

    Raises:
        EvidenceError: the bytes are not a job.
        OSError: a file cannot be written.
    """
    whole = decode(data, limit=MAX_BYTES, facts_limit=MAX_BYTES)
    shared = decode(inputs, limit=MAX_BYTES, facts_limit=MAX_BYTES)
    try:
        sent = from_facts(whole.facts, _Sent)
        submission = Submission(
            name=sent.file,
            data=whole.arrays["file"].tobytes(),
            notes=sent.notes,
            beside=_unpack_files(sent.beside, whole.arrays, folder),
            size=sent.size,
        )
        return Job(
            code=sent.code,
            code_name=sent.code_name,
            framework=sent.framework,
            submission=submission,
            tasks=sent.tasks,
            calls=dict(zip(sent.tasks, sent.calls, strict=True)),
            inputs=dict(_by_variant(shared)),
            limits=sent.limits,
            device=sent.device,
            preload=sent.preload,
            question=sent.question,
        )
    except (KeyError, TypeError, ValueError, UserError) as error:
        raise EvidenceError(f"not a job: {error!r}") from None


def _by_variant(shared: Evidence) -> Iterator[tuple[str, Evidence]]:
    for variant in shared.facts["variants"]:
        prefix = f"{variant}/"
        arrays = {
            name.removeprefix(prefix): a for name, a in shared.arrays.items() if name.startswith(prefix)
        }
        yield variant, Evidence(arrays=arrays)


def _unpack_files(paths: Sequence[bytes], arrays: Mapping[str, Array], folder: Path) -> dict[str, Path]:
    """Write the files into a folder; return them by their path in it."""
    found = {}
    for index, name in enumerate(map(os.fsdecode, paths)):
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise EvidenceError(f"{name!r} is not a valid name of a submitted file")
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(arrays[f"beside/{index}"].tobytes())
        found[name] = path
    return found


def encode_attempt(attempt: Attempt) -> bytes:
    """Return an attempt as bytes."""
    return encode(pack(attempt))


def decode_attempt(data: bytes) -> Attempt:
    """Return the attempt from the bytes of :func:`encode_attempt`.

    Raises:
        EvidenceError: the bytes are not an attempt.
    """
    return unpack(decode(data, limit=MAX_BYTES, facts_limit=MAX_BYTES))
