"""Files: evidence kept by key, and the folder of a run. Everything is written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.evidence import (
    MAX_DEPTH,
    EvidenceError,
    Json,
    encode_arrays,
    encode_facts,
    parse_arrays,
    parse_facts,
)
from autograder.evidence import Evidence as Stored
from autograder.handscores import HandScores
from autograder.locks import is_locked, lock
from autograder.outcome import Attempt, Task, facts_of, pack, unpack
from autograder.schemas import departure

SCHEMA = 1
_AROUND = 3  # levels of JSON that an attempt has around a probe's facts
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class RunError(UserError):
    """A run folder cannot be read, or is of another run than the one asked for; one line says why."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, even after a crash.

    Raises:
        RunError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> RunError:
    if error.errno in _FULL:
        advice = "make room and run the same command again; what is done is kept"
    else:
        advice = "choose a folder that you may write to"
    return RunError(f"{path} cannot be written: {error.strerror}; {advice}")


def sweep(folder: Path, age: float = 0) -> None:
    """Remove what a killed process left of files that it was writing.

    Args:
        folder: where nobody else is writing files younger than ``age``.
        age: in seconds.
    """
    for path in folder.glob(".*.tmp"):
        with suppress(OSError):  # another process was first, or it is not ours to remove
            if time.time() - path.stat().st_mtime >= age:
                path.unlink()


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON as :func:`write_whole` does, each item of a list or object at the top on a line of its own.

    (Python writes indented JSON ten times more slowly.)
    """
    entries = (f"{json.dumps(name)}: {_by_line(item)}" for name, item in value.items())
    text = "{\n" + ",\n".join(entries) + "\n}\n"
    write_whole(path, text.encode(errors="backslashreplace"))  # lone surrogates become JSON's own escapes


def _by_line(value: Any) -> str:
    write = partial(json.dumps, ensure_ascii=False)
    if isinstance(value, list) and value:
        return "[\n " + ",\n ".join(map(write, value)) + "\n]"
    if isinstance(value, dict) and value:
        return "{\n " + ",\n ".join(f"{write(name)}: {write(item)}" for name, item in value.items()) + "\n}"
    return write(value)


@dataclass(frozen=True, slots=True)
class Store:
    """Attempts by key: ``<key>.safetensors`` for the arrays, then ``<key>.json`` for the rest.

    ``behind`` is a store that is asked when the key is not here, and that gets a copy of what is saved.
    """

    folder: Path
    behind: Store | None = None

    def _paths(self, key: str) -> tuple[Path, Path]:
        return self.folder / f"{key}.json", self.folder / f"{key}.safetensors"

    def __contains__(self, key: str) -> bool:
        return self._paths(key)[0].is_file() or (self.behind is not None and key in self.behind)

    def load(self, key: str) -> Attempt | None:
        """Return the attempt of this key; None if there is none or its files are damaged."""
        facts, arrays = self._paths(key)
        try:
            return unpack(_unseal(facts.read_bytes(), arrays.read_bytes()))
        except (OSError, EvidenceError):
            pass
        if self.behind is None or (attempt := self.behind.load(key)) is None:
            return None
        self._write(key, attempt)
        return attempt

    def source(self, key: str) -> str:
        """Return the text that an attempt ran, without reading its arrays; empty where there is none."""
        try:
            return str(self._packed_facts(key)["source"])
        except (OSError, EvidenceError, KeyError):
            return ""

    def facts(self, key: str, task: Task) -> Mapping[str, Json]:
        """Return the facts of one task's evidence without reading any array; none where there are none."""
        try:
            return facts_of(self._packed_facts(key), task)
        except (OSError, EvidenceError):
            return {}

    def _packed_facts(self, key: str) -> dict[str, Json]:
        return parse_facts(self._paths(key)[0].read_bytes(), MAX_DEPTH + _AROUND)

    def save(self, key: str, attempt: Attempt) -> None:
        """Keep an attempt.

        Raises:
            RunError: it cannot be written.
        """
        self._write(key, attempt)
        if self.behind is not None:
            self.behind.save(key, attempt)

    def _write(self, key: str, attempt: Attempt) -> None:
        packed = pack(attempt)
        facts, arrays = encode_facts(packed.facts), encode_arrays(packed.arrays)
        facts_path, arrays_path = self._paths(key)
        write_whole(arrays_path, arrays)
        write_whole(facts_path, _seal(facts, arrays) + b", " + facts[1:])


def _seal(facts: bytes, arrays: bytes) -> bytes:
    """The first member of a stored JSON object: the checksum of the rest of it and of the arrays."""
    return b'{"sha256": "%s"' % hashlib.sha256(facts + arrays).hexdigest().encode()


def _unseal(stored: bytes, arrays: bytes) -> Stored:
    """Read back what was stored.

    Raises:
        EvidenceError: it is damaged.
    """
    seal, _, rest = stored.partition(b", ")
    facts = b"{" + rest
    if seal != _seal(facts, arrays):
        raise EvidenceError("the checksum does not agree")
    return Stored(facts=parse_facts(facts, MAX_DEPTH + _AROUND), arrays=parse_arrays(arrays))


@dataclass(frozen=True, slots=True)
class Run:
    """The folder of a run: ``run.json`` (what was run and how), ``evidence/``, ``results.json``.

    ``manual.db`` holds the points that people gave; ``live.json`` is there until ``results.json`` is written.
    """

    folder: Path

    @property
    def evidence(self) -> Path:
        """The folder of stored attempts."""
        return self.folder / "evidence"

    def manifest(self) -> dict[str, Any] | None:
        """Return ``run.json``, or None where there is none.

        Raises:
            RunError: it is damaged or of another schema.
        """
        advice = "delete it and run autograder grade again: evidence is kept and no submission is run again"
        return self._read("run.json", advice)

    def results(self) -> dict[str, Any] | None:
        """Return ``results.json``, or None where there is none.

        Raises:
            RunError: it is damaged or of another schema.
        """
        return self._read("results.json", f"run autograder rescore {self.folder}")

    def _read(self, name: str, advice: str) -> dict[str, Any] | None:
        path = self.folder / name
        try:
            value = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunError(f"{path} cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise RunError(f"{path} is damaged: {error}; {advice}") from None
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise RunError(f"{path} is not of schema {SCHEMA}")
        if problem := departure(value, name):
            raise RunError(f"{path} is damaged: {problem}; {advice}")
        return value

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write ``run.json``."""
        write_json(self.folder / "run.json", {"schema": SCHEMA, **manifest})

    def write_results(self, results: Mapping[str, Any]) -> None:
        """Write ``results.json``, with which the run is no longer under way."""
        write_json(self.folder / "results.json", {"schema": SCHEMA, **results})
        (self.folder / "live.json").unlink(missing_ok=True)

    def live(self) -> dict[str, Any] | None:
        """Return ``live.json``, the state of a run that is under way or was interrupted; None where it ended.

        Raises:
            RunError: it is damaged or of another schema.
        """
        return self._read("live.json", "run the same autograder grade again")

    def write_live(self, state: Mapping[str, Any]) -> None:
        """Write ``live.json``."""
        write_json(self.folder / "live.json", {"schema": SCHEMA, **state})

    @property
    def hand_scores(self) -> HandScores:
        """The points that people gave."""
        return HandScores(self.folder / "manual.db")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second grader out of the folder; the lock goes with the process, however it ends.

        Raises:
            RunError: another process grades into it, or it cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / ".lock").open("w")
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        with file:
            try:
                lock(file)
            except BlockingIOError:
                raise RunError(f"{self.folder}: another process is grading into it") from None
            except OSError as error:
                raise _unwritable(self.folder, error) from None
            for folder in (self.folder, self.evidence):
                sweep(folder)
            yield

    @property
    def busy(self) -> bool:
        """Whether a process grades into the folder now."""
        return is_locked(self.folder / ".lock")
