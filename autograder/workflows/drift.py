"""Records the evidence of all solutions, and compares it with that under other library versions."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec import Struct, ValidationError, convert, field, to_builtins

from autograder.core.errors import UserError, reason
from autograder.core.evidence import Array, Evidence, EvidenceError, Json
from autograder.core.outcome import Task
from autograder.core.progress import Progress
from autograder.course.question import QuestionEntry
from autograder.records.files import write_whole
from autograder.running.environment import EnvironmentRecord, json_hash
from autograder.running.executor import Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.running.prepared import PreparedQuestion
from autograder.worker.codec import decode, encode, encode_arrays

_MAX_BYTES = 1 << 32
_PICTURE = "figure"  # the prefix of arrays that hold a PNG file, which are not compared


class RecordError(UserError):
    """A record cannot be read or compared; the message is one line."""


class SolutionRecord(Struct, frozen=True, kw_only=True):
    """A question's solution: where it was run, the hash of each variant's inputs, the facts of each task."""

    environment: EnvironmentRecord = field(name="conditions")
    inputs: dict[str, str]
    facts: dict[str, dict[str, Json]]


class RecordFacts(Struct, frozen=True, kw_only=True):
    """What a record holds besides arrays: a hash of the course key, and the solutions by question id."""

    key: str
    questions: dict[str, SolutionRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The evidence of solutions; arrays are named ``question|task|array``."""

    facts: RecordFacts
    arrays: Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An array or fact that changed.

    Attributes:
        question: ``exam/question``.
        task: ``part/variant``.
        name: the name of the array or fact.
        change: how it changed, in words.
        absolute: the largest difference; NaN if the values cannot be subtracted.
        relative: the largest ratio of a difference to the old value; NaN if there is no such ratio.
        elements: the number of elements that differ.
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
    """The differences between two records: versions as ``torch 2.14.0 → 2.15.0``, and values."""

    versions: Sequence[str]
    moved: Sequence[Moved]


def record_solutions(entries: Sequence[QuestionEntry], key: bytes, site: Site, progress: Progress) -> Record:
    """Run the solutions of these questions and return their evidence.

    Raises:
        CatalogError, InputsError, RunError: a question is wrong or cannot be run here.
    """
    runner, environments = Runner(executor=site.executor), site.environments(entries)
    ready = prepare(environments, runner, key=key, wanted="solution", jobs=site.jobs, progress=progress)
    arrays: dict[str, Array] = {}
    questions = {}
    for entry, question in ready.items():
        arrays |= {f"{entry.id}|{name}": array for name, array in _arrays(question)}
        questions[entry.id] = SolutionRecord(
            environment=question.environment.record(),
            inputs={name: _digest(inputs) for name, inputs in question.inputs.items()},
            facts={str(task): dict(evidence.facts) for task, evidence in _evidence(question)},
        )
    return Record(facts=RecordFacts(key=json_hash(key.hex()), questions=questions), arrays=arrays)


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


def write_record(record: Record, path: Path) -> None:
    """Write a record to a file.

    Raises:
        RunError: the file cannot be written.
    """
    write_whole(path, encode(Evidence(arrays=record.arrays, facts=to_builtins(record.facts))))


def read_record(path: Path, questions: Collection[str], key: bytes) -> Record:
    """Read a record from a file, to compare these questions with it.

    Raises:
        RecordError: the file is absent or damaged, has none of the questions, or was made with another course
            key, so that its hidden variants differ.
    """
    try:
        stored = decode(path.read_bytes(), limit=_MAX_BYTES, facts_limit=_MAX_BYTES)
        facts = convert(dict(stored.facts), RecordFacts)
    except (OSError, EvidenceError, ValidationError) as error:
        raise RecordError(
            f"{path}: not a record of autograder verify --record: {reason(error).en}",
            ko=f"{path}: autograder verify --record로 만든 기록이 아닙니다: {reason(error).ko}",
        ) from None
    if facts.key != json_hash(key.hex()):
        raise RecordError(
            "the record was made with another course key; so its hidden variants differ",
            ko="다른 과목 키로 만든 기록이어서 비공개 변형이 다릅니다",
        )
    if facts.questions.keys().isdisjoint(questions):
        names = ", ".join(facts.questions)
        raise RecordError(
            f"{path}: has other questions ({names}); verify one of these",
            ko=f"{path}: 다른 문항의 기록입니다({names}). 이 가운데 하나를 검증하세요",
        )
    return Record(facts=facts, arrays=stored.arrays)


def compare_records(before: Record, after: Record) -> Drift:
    """Return what moved in the questions that both records have, the largest relative difference first."""
    moved: list[Moved] = []
    for question_id in sorted(set(before.facts.questions) & set(after.facts.questions)):
        old, new = before.facts.questions[question_id], after.facts.questions[question_id]
        moved += _moved_facts(question_id, "inputs", old.inputs, new.inputs)
        for task in sorted(set(old.facts) & set(new.facts)):
            moved += _moved_facts(question_id, task, old.facts[task], new.facts[task])
        names = [
            name for name in before.arrays if name.startswith(f"{question_id}|") and name in after.arrays
        ]
        moved += filter(None, (_moved_array(name, before.arrays[name], after.arrays[name]) for name in names))
    moved.sort(key=lambda item: -np.inf if np.isnan(item.relative) else -item.relative)
    return Drift(versions=_versions(before.facts, after.facts), moved=moved)


def _versions(before: RecordFacts, after: RecordFacts) -> list[str]:
    lines = set()
    for question_id, new in after.questions.items():
        old = before.questions.get(question_id, new).environment.versions
        for name, version in new.environment.versions.items():
            if old.get(name) != version:
                lines.add(f"{name} {old.get(name)} → {version}")
    return sorted(lines)


def _moved_facts(
    question_id: str, task: str, old: Mapping[str, Json], new: Mapping[str, Json]
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
