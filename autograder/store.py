"""Files: evidence kept by key, and the folder of a run. Everything is written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from autograder.errors import UserError
from autograder.evidence import Evidence as Stored
from autograder.evidence import EvidenceError, encode_arrays, encode_facts, parse_arrays, parse_facts
from autograder.outcome import Attempt, pack, unpack

SCHEMA = 1
_LOCK_TRIES, _LOCK_PAUSE = 10, 0.1  # times, seconds
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
    """Write JSON as :func:`write_whole` does."""
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    write_whole(path, text.encode(errors="backslashreplace"))  # lone surrogates become JSON's own escapes


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
            stored = Stored(facts=parse_facts(facts.read_bytes()), arrays=parse_arrays(arrays.read_bytes()))
            return unpack(stored)
        except (OSError, EvidenceError):
            pass
        if self.behind is None or (attempt := self.behind.load(key)) is None:
            return None
        self._write(key, attempt)
        return attempt

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
        facts, arrays = self._paths(key)
        write_whole(arrays, encode_arrays(packed.arrays))
        write_whole(facts, encode_facts(packed.facts))


@dataclass(frozen=True, slots=True)
class Run:
    """The folder of a run: ``run.json`` (what was run and how), ``evidence/``, ``results.json``.

    ``manual.json`` holds the points that people gave.
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
        return self._read("run.json")

    def results(self) -> dict[str, Any] | None:
        """Return ``results.json``, or None where there is none.

        Raises:
            RunError: it is damaged or of another schema.
        """
        return self._read("results.json")

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self.folder / name
        try:
            value = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise RunError(f"{path} cannot be read: {error}") from None
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise RunError(f"{path} is not of schema {SCHEMA}")
        return value

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write ``run.json``."""
        write_json(self.folder / "run.json", {"schema": SCHEMA, **manifest})

    def write_results(self, results: Mapping[str, Any]) -> None:
        """Write ``results.json``."""
        write_json(self.folder / "results.json", {"schema": SCHEMA, **results})

    def hand_scores(self) -> list[dict[str, Any]]:
        """Return the points that people gave, as ``manual.json`` keeps them; empty where there are none.

        Raises:
            RunError: it is damaged or of another schema.
        """
        return list((self._read("manual.json") or {"scores": []})["scores"])

    def write_hand_scores(self, scores: Sequence[Mapping[str, Any]]) -> None:
        """Write ``manual.json``."""
        write_json(self.folder / "manual.json", {"schema": SCHEMA, "scores": list(scores)})

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
                _lock(file)
            except BlockingIOError:
                raise RunError(f"{self.folder}: another process is grading into it") from None
            except OSError as error:
                raise _unwritable(self.folder, error) from None
            for folder in (self.folder, self.evidence):
                sweep(folder)
            yield


def _lock(file: IO[str]) -> None:
    """Lock a file, until it is closed.

    Raises:
        BlockingIOError: another process has locked it.
        OSError: the file system cannot lock.
    """
    import fcntl

    # A worker that was being started when its grader was ended holds the lock for a moment longer.
    for left in reversed(range(_LOCK_TRIES)):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not left:
                raise
            time.sleep(_LOCK_PAUSE)
