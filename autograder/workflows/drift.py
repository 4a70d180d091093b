"""What moved between two sets of library versions: the evidence of all solutions, recorded and compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.core.errors import UserError
from autograder.core.evidence import Array, Evidence, EvidenceError
from autograder.core.outcome import Task
from autograder.core.progress import Progress
from autograder.course.catalog import QuestionEntry
from autograder.records.files import write_whole
from autograder.running.environment import json_hash
from autograder.running.executor import Site
from autograder.running.jobs import Runner
from autograder.running.prepare import PreparedQuestion, prepare
from autograder.worker.codec import decode, encode, encode_arrays

_MOST_BYTES = 1 << 32
_PICTURE = "figure"  # arrays named so hold bytes of a PNG file, of which no number is compared


class RecordError(UserError):
    """A record cannot be read, or was made of something else; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One value that is not what it was.

    Attributes:
        question: ``exam/question``.
        task: ``part/variant``.
        name: of the array or fact.
        change: in words, how it changed.
        absolute: the greatest difference of numbers; NaN where they cannot be subtracted.
        relative: the greatest difference over the value that was; NaN likewise.
        elements: how many differ.
    """

    question: str
    task: str
    name: str
    change: str
    absolute: float = float("nan")
    relative: float = float("nan")
    elements: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What differs between two records: versions as ``torch 2.14.0 → 2.15.0``, and values."""

    versions: Sequence[str]
    moved: Sequence[Moved]


def observe(entries: Sequence[QuestionEntry], key: bytes, site: Site, progress: Progress) -> Evidence:
    """Return the evidence of all solutions as one: arrays by ``question|task|name``, and where they are from.

    Raises:
        CatalogError, InputsError, RunError: a question is not right or cannot be run here.
    """
    runner, environments = Runner(executor=site.executor), site.environments(entries)
    ready = prepare(environments, runner, key=key, wanted="solution", jobs=site.jobs, progress=progress)
    arrays: dict[str, Array] = {}
    facts: dict[str, Any] = {"key": json_hash(key.hex()), "questions": {}}
    for entry, about in ready.items():
        arrays |= {f"{entry.id}|{name}": array for name, array in _arrays(about)}
        facts["questions"][entry.id] = {
            "conditions": about.environment.to_json(),
            "inputs": {name: _digest(inputs) for name, inputs in about.inputs.items()},
            "facts": {str(task): dict(evidence.facts) for task, evidence in _evidence(about)},
        }
    return Evidence(arrays=arrays, facts=facts)


def _evidence(ready: PreparedQuestion) -> Iterator[tuple[Task, Evidence]]:
    assert ready.references.solution is not None
    for task, outcome in ready.references.solution.outcomes.items():
        if outcome.evidence is not None:
            yield task, outcome.evidence


def _arrays(ready: PreparedQuestion) -> Iterator[tuple[str, Array]]:
    for task, evidence in _evidence(ready):
        for name, array in evidence.arrays.items():
            if not name.startswith(_PICTURE):
                yield f"{task}|{name}", array


def _digest(inputs: Evidence) -> str:
    ordered = dict(sorted(inputs.arrays.items()))
    return hashlib.sha256(encode_arrays(ordered)).hexdigest()[:16]


def write_record(record: Evidence, path: Path) -> None:
    """Keep a record.

    Raises:
        RunError: the file cannot be written.
    """
    write_whole(path, encode(record))


def read_record(path: Path) -> Evidence:
    """Return a record.

    Raises:
        RecordError: there is none, or it is damaged.
    """
    try:
        record = decode(path.read_bytes(), limit=_MOST_BYTES, facts_limit=_MOST_BYTES)
    except (OSError, EvidenceError) as error:
        raise RecordError(f"{path}: not a record of autograder verify --record: {error}") from None
    if not {"key", "questions"} <= set(record.facts):
        raise RecordError(f"{path}: not a record of autograder verify --record")
    return record


def compare(before: Evidence, after: Evidence) -> Drift:
    """Return what moved in the questions that both records have, the greatest relative difference first.

    Raises:
        RecordError: they were made with different course keys, so that their hidden variants differ.
    """
    if before.facts["key"] != after.facts["key"]:
        raise RecordError("the record was made with another course key; its hidden variants are others")
    moved: list[Moved] = []
    for question_id in sorted(set(before.facts["questions"]) & set(after.facts["questions"])):
        old, new = before.facts["questions"][question_id], after.facts["questions"][question_id]
        moved += _moved_facts(question_id, "inputs", old["inputs"], new["inputs"])
        for task in sorted(set(old["facts"]) & set(new["facts"])):
            moved += _moved_facts(question_id, task, old["facts"][task], new["facts"][task])
        names = [
            name for name in before.arrays if name.startswith(f"{question_id}|") and name in after.arrays
        ]
        moved += filter(None, (_moved_array(name, before.arrays[name], after.arrays[name]) for name in names))
    moved.sort(key=lambda item: -np.inf if np.isnan(item.relative) else -item.relative)
    return Drift(versions=_versions(before, after), moved=moved)


def _versions(before: Evidence, after: Evidence) -> list[str]:
    lines = set()
    for question_id, new in after.facts["questions"].items():
        old = before.facts["questions"].get(question_id, new)["conditions"]["versions"]
        for name, version in new["conditions"]["versions"].items():
            if old.get(name) != version:
                lines.add(f"{name} {old.get(name)} → {version}")
    return sorted(lines)


def _moved_facts(
    question_id: str, task: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Moved]:
    for name in sorted(set(old) | set(new)):
        if old.get(name) != new.get(name):
            change = f"{old.get(name)!r:.60} → {new.get(name)!r:.60}"
            yield Moved(question=question_id, task=task, name=name, change=change)


def _moved_array(key: str, old: Array, new: Array) -> Moved | None:
    question_id, task, name = key.split("|")
    if old.shape != new.shape:
        return Moved(question=question_id, task=task, name=name, change=f"shape {old.shape} → {new.shape}")
    if np.array_equal(old, new, equal_nan=old.dtype.kind in "fc" and new.dtype.kind in "fc"):
        return None
    wide = np.complex128 if "c" in (old.dtype.kind, new.dtype.kind) else np.float64
    left, right = old.astype(wide), new.astype(wide)
    with np.errstate(all="ignore"):
        gap = np.abs(right - left)
        ratio = gap / np.abs(left)
    differs = (left != right) & ~(np.isnan(left) & np.isnan(right))
    return Moved(
        question=question_id,
        task=task,
        name=name,
        change=f"{int(differs.sum())} of {old.size} numbers",
        absolute=float(np.nanmax(gap[differs], initial=0)),
        relative=float(np.nanmax(ratio[differs], initial=0)),
        elements=int(differs.sum()),
    )
