"""The stored form of an attempt: facts and arrays of all its tasks, under one checksum.

Evidence is validated strictly when it comes from a worker; on loading, only the checksum is verified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.core.evidence import (
    MAX_DEPTH,
    Array,
    Evidence,
    EvidenceError,
    Json,
    digest,
    encode_facts,
    parse_facts,
)
from autograder.core.outcome import Attempt, Fault, FaultKind, Outcome, Task
from autograder.core.text import Text
from autograder.worker.codec import encode_arrays, parse_arrays

_EXTRA_DEPTH = 3  # levels of JSON that an attempt adds around a probe's facts
_LONG = ("source", "output")  # names of the facts on the second line
_CHECKSUM_BYTES = 79  # length of the checksum field
_ALIGNMENT = 8  # bytes of the largest element


def pack(attempt: Attempt) -> Evidence:
    """Return an attempt as one Evidence; arrays are named ``part/variant/array``."""
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
            record["fault"] = _fault_to_json(outcome.fault)
        if outcome.missing:
            record["missing"] = {name: _fault_to_json(fault) for name, fault in outcome.missing.items()}
        if outcome.changed:
            record["changed"] = dict(outcome.changed)
        if outcome.failure is not None:
            record["failure"] = outcome.failure
        if outcome.cause is not None:
            record["cause"] = outcome.cause.to_json()
        records.append(record)
    facts: dict[str, Json] = {
        "outcomes": records,
        "source": attempt.source,
        "notes": [note.to_json() for note in attempt.notes],
        "output": attempt.output,
    }
    if attempt.modules:
        facts["modules"] = list(attempt.modules)
    return Evidence(arrays=arrays, facts=facts)


def _fault_to_json(fault: Fault) -> Json:
    return [fault.kind.value, fault.message.to_json(), fault.traceback]


def _fault_from_json(found: Json) -> Fault:
    kind, message, traceback = found
    return Fault(kind=FaultKind(kind), message=Text(**message), traceback=traceback)


def unpack(packed: Evidence) -> Attempt:
    """Return the attempt that :func:`pack` was given.

    Raises:
        EvidenceError: ``packed`` is not a packed attempt.
    """
    return _attempt(packed.facts, _by_task(packed.arrays))


def to_bytes(attempt: Attempt) -> bytes:
    """Return an attempt as two lines of JSON followed by safetensors; the second line has the long texts.

    The first field is a checksum of all that follows. Spaces at the end of the second line align the arrays.
    """
    packed = pack(attempt)
    facts = dict(packed.facts)
    text = {name: facts.pop(name) for name in _LONG}
    for record, outcome in zip(facts["outcomes"], attempt.outcomes.values(), strict=True):
        if outcome.evidence and not (outcome.cause or outcome.missing or outcome.changed):
            record["digest"] = digest(outcome.evidence)
    lines = b"%s\n%s" % (encode_facts(facts)[1:], encode_facts(text))
    padding = b" " * (-(_CHECKSUM_BYTES + len(lines) + 1) % _ALIGNMENT)
    rest = lines + padding + b"\n" + encode_arrays(packed.arrays)
    return _checksum(rest) + rest


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored attempt whose arrays and long texts are decoded only on demand.

    Attributes:
        records: the stored record of each task's outcome.
    """

    records: Mapping[Task, Mapping[str, Json]]
    _facts: Mapping[str, Json]  # all but the arrays and the long texts
    _data: bytearray
    _lines: tuple[int, int]  # byte offsets of the second line and of the arrays

    @property
    def tasks(self) -> Collection[Task]:
        """The tasks that were run."""
        return self.records.keys()

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was skipped or neutralised."""
        return _notes(self._facts)

    def digests(self, tasks: Iterable[Task]) -> list[str | None]:
        """Return the digest of each task's evidence; None for a task that is judged for itself."""
        return [self.records[task].get("digest") for task in tasks]

    def took(self, tasks: Iterable[Task]) -> list[tuple[float, int | None]]:
        """Return the time in seconds and the memory in bytes (None if unknown) of each task."""
        records = map(self.records.__getitem__, tasks)
        return [(record["seconds"], record.get("memory")) for record in records]

    def attempt(self) -> Attempt:
        """Return the whole attempt, decoded.

        Raises:
            EvidenceError: the data are not a packed attempt.
        """
        text, start = self._lines
        end = start + 8 + int.from_bytes(self._data[start : start + 8], "little")
        layouts = _layouts(bytes(self._data[start:end]), len(self._data) - end)
        arrays = {
            task: {
                name: np.ndarray(shape, dtype, self._data, start + first)
                for name, (dtype, shape, first) in mine.items()
            }
            for task, mine in layouts.items()
        }
        return _attempt({**self._facts, **json.loads(self._data[text:start])}, arrays)


def from_bytes(data: bytearray) -> Stored:
    """Read the bytes that :func:`to_bytes` returned; arrays are views of ``data``, not copies.

    Raises:
        EvidenceError: the data are damaged.
    """
    if not data.startswith(_checksum(memoryview(data)[_CHECKSUM_BYTES:])):
        raise EvidenceError("the checksum does not agree")
    text = data.find(b"\n") + 1
    start = data.find(b"\n", text) + 1
    try:
        facts = json.loads(data[:text])
        records = {Task(record["part"], record["variant"]): record for record in facts["outcomes"]}
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise EvidenceError(f"not a stored attempt: {error!r}") from None
    return Stored(records, facts, data, (text, start))


def _checksum(rest: bytes | memoryview) -> bytes:
    return b'{"sha256": "%s", ' % hashlib.sha256(rest).hexdigest().encode()


def facts_in(line: bytes) -> dict[str, Json]:
    """Return the facts in one of the lines of :func:`to_bytes`, without verifying the checksum.

    Raises:
        EvidenceError: the line is damaged.
    """
    return parse_facts(line, MAX_DEPTH + _EXTRA_DEPTH)


def facts_of(facts: Mapping[str, Json], task: Task) -> Mapping[str, Json]:
    """Return the facts of one task's evidence from a packed attempt's facts; empty if there are none.

    Raises:
        EvidenceError: ``facts`` are not those of a packed attempt.
    """
    try:
        for record in facts["outcomes"]:
            if Task(record["part"], record["variant"]) == task:
                return dict(record.get("facts") or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"not a stored attempt: {error!r}") from None
    return {}


@lru_cache(maxsize=1024)  # a class has few different headers
def _layouts(head: bytes, size: int) -> dict[Task, dict[str, tuple[Any, tuple[int, ...], int]]]:
    """Return dtype, shape and byte offset of each array, by task and name.

    ``head`` is the header of safetensors data, ``size`` the number of bytes after it.

    Raises:
        EvidenceError: the header is malformed, or not that of an attempt.
    """
    if size < 0:
        raise EvidenceError("the arrays are truncated")
    arrays, entries = parse_arrays(head + bytes(size)), json.loads(head[8:])
    starts = {name: len(head) + entries[name]["data_offsets"][0] for name in arrays}
    return _by_task({name: (array.dtype, array.shape, starts[name]) for name, array in arrays.items()})


def _by_task(named: Mapping[str, Any]) -> dict[Task, dict[str, Any]]:
    found: dict[Task, dict[str, Any]] = {}
    for full_name, value in named.items():
        *task, name = full_name.split("/", 2)
        if len(task) != 2:
            raise EvidenceError(f"not a stored attempt: it has an array {full_name!r}")
        found.setdefault(Task(*task), {})[name] = value
    return found


def _attempt(facts: Mapping[str, Json], arrays: Mapping[Task, Mapping[str, Array]]) -> Attempt:
    try:
        outcomes = {}
        for record in facts["outcomes"]:
            task = Task(record["part"], record["variant"])
            outcomes[task] = _outcome(record, arrays.get(task, {}))
        return Attempt(
            outcomes=outcomes,
            source=facts["source"],
            modules=tuple(facts.get("modules", ())),
            notes=_notes(facts),
            output=facts["output"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(f"not a stored attempt: {error!r}") from None


def _notes(facts: Mapping[str, Json]) -> tuple[Text, ...]:
    return tuple(Text(**note) for note in facts["notes"])


def _outcome(record: Mapping[str, Json], arrays: Mapping[str, Array]) -> Outcome:
    facts, fault = record.get("facts"), record.get("fault")
    evidence = None if facts is None else Evidence(arrays=arrays, facts=facts)
    return Outcome(
        evidence=evidence,
        fault=None if fault is None else _fault_from_json(fault),
        failure=record.get("failure"),
        seconds=record["seconds"],
        memory=record.get("memory"),
        cause=Text(**record["cause"]) if "cause" in record else None,
        missing={name: _fault_from_json(fault) for name, fault in record.get("missing", {}).items()},
        changed=record.get("changed", {}),
    )
