"""Files: evidence kept by key, and the folder of a run. Everything is written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from autograder.core.errors import UserError
from autograder.core.evidence import EvidenceError, Json
from autograder.core.outcome import Attempt, Task
from autograder.records.codec import Stored, facts_in, facts_of, from_bytes, to_bytes
from autograder.records.hand_scores import HandScores
from autograder.records.locks import is_locked, lock
from autograder.records.rows import Lines, Pairs, Rows, read_sheet, write_sheet
from autograder.records.schemas import departure

SCHEMA = 1
MANIFEST, RESULTS, LIVE = "run.json", "results.json", "live.json"
_AGAIN = "delete it and run autograder grade again: evidence is kept and no submission is run again"
_TEMPORARY = re.compile(r"\..*\.tmp")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class RunError(UserError):
    """A run folder cannot be read, or is of another run than the one asked for; one line says why."""


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write so that a reader of ``path`` sees the old content or the new, even after a crash.

    Raises:
        RunError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
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
    # Path.glob would hold the names of all files of a large class.
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # another process was first, or it is not ours to remove
                if _TEMPORARY.fullmatch(entry.name) and time.time() - entry.stat().st_mtime >= age:
                    os.unlink(entry.path)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file as :func:`whole` does.

    Raises:
        RunError: it cannot be written.
    """
    with whole(path) as file:
        file.write(data)


@dataclass(frozen=True, slots=True)
class Store:
    """Attempts by key, each in one file, ``<key>.evidence``.

    ``behind`` is a store that is asked when the key is not here, and that gets a copy of what is saved.
    """

    folder: Path
    behind: Store | None = None

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, f"{key}.evidence")  # Path takes as long as reading

    def __contains__(self, key: str) -> bool:
        return os.path.isfile(self._path(key)) or (self.behind is not None and key in self.behind)

    def claim_path(self, key: str) -> Path:
        """Return the file that is locked by whoever makes the attempt of this key."""
        return (self.behind or self).folder / f".{key}.lock"

    def read(self, key: str) -> Stored | None:
        """Return the attempt of this key in this store, unopened; None if there is none or it is damaged."""
        try:
            with open(self._path(key), "rb") as file:
                data = bytearray(os.fstat(file.fileno()).st_size)
                file.readinto(data)
            return from_bytes(data)
        except (OSError, EvidenceError):
            return None

    def load(self, key: str) -> Attempt | None:
        """Return the attempt of this key; None if there is none or its file is damaged."""
        with suppress(EvidenceError):
            if (stored := self.read(key)) is not None:
                return stored.attempt()
        if self.behind is None or (attempt := self.behind.load(key)) is None:
            return None
        self._write(key, attempt)
        return attempt

    def source(self, key: str) -> str:
        """Return the text that an attempt ran, without reading its arrays; empty where there is none."""
        try:
            return str(self._line(key, 1)["source"])
        except (OSError, EvidenceError, KeyError):
            return ""

    def facts(self, key: str, task: Task) -> Mapping[str, Json]:
        """Return the facts of one task's evidence without reading any array; none where there are none."""
        try:
            return facts_of(self._line(key, 0), task)
        except (OSError, EvidenceError):
            return {}

    def _line(self, key: str, number: int) -> dict[str, Json]:
        with open(self._path(key), "rb") as file:
            return facts_in(next(islice(file, number, None), b""))

    def save(self, key: str, attempt: Attempt) -> None:
        """Keep an attempt.

        Raises:
            RunError: it cannot be written.
        """
        self._write(key, attempt)
        if self.behind is not None:
            self.behind.save(key, attempt)

    def _write(self, key: str, attempt: Attempt) -> None:
        write_whole(Path(self._path(key)), to_bytes(attempt))


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
        found = self._read(MANIFEST, _AGAIN)
        return found and found[0]

    def recorded(self) -> tuple[dict[str, Any], Collection[tuple[str, Any]]] | None:
        """Return ``run.json`` with no submissions, and these as pairs that are not held in memory.

        Raises:
            RunError: it is damaged or of another schema.
        """
        if (found := self._read(MANIFEST, _AGAIN, "submissions")) is None:
            return None
        manifest, lines = found
        pairs = Pairs(lines["submissions"]) if lines else manifest["submissions"].items()
        return {**manifest, "submissions": {}}, pairs

    def results(self) -> dict[str, Any] | None:
        """Return ``results.json``, or None where there is none; its lists are not held in memory.

        Raises:
            RunError: it is damaged or of another schema.
        """
        if (
            found := self._read(
                RESULTS, f"run autograder rescore {self.folder}", "results", "questions", "totals"
            )
        ) is None:
            return None
        results, lines = found
        return {**results, **{name: Rows(rows) for name, rows in lines.items()}}

    def _read(self, name: str, advice: str, *large: str) -> tuple[dict[str, Any], dict[str, Lines]] | None:
        path = self.folder / name
        try:
            value, lines = read_sheet(path, large, advice)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunError(f"{path} cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise RunError(f"{path} is damaged: {error}; {advice}") from None
        if value.get("schema") != SCHEMA:
            raise RunError(f"{path} is not of schema {SCHEMA}")
        if problem := departure(value, name):
            raise RunError(f"{path} is damaged: {problem}; {advice}")
        return value, lines

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write ``run.json``."""
        self._write(MANIFEST, manifest)

    def write_results(self, results: Mapping[str, Any], items: Iterable[tuple[str, Any]] = ()) -> None:
        """Write ``results.json``, with which the run is no longer under way.

        ``items`` are pairs (list, row) for its lists, taken one at a time.
        """
        self._write(RESULTS, results, items)
        (self.folder / LIVE).unlink(missing_ok=True)

    def _write(self, name: str, value: Mapping[str, Any], items: Iterable[tuple[str, Any]] = ()) -> None:
        with whole(self.folder / name) as file:
            write_sheet(file, {"schema": SCHEMA, **value}, items, self.folder)

    def live(self) -> dict[str, Any] | None:
        """Return ``live.json``, the state of a run that is under way or was interrupted; None where it ended.

        It has what results.json will have, as far as it is known, ``done`` and ``total``, which are how many
        submissions are judged of how many, and ``manifest``, what run.json will be.

        Raises:
            RunError: it is damaged or of another schema.
        """
        found = self._read(LIVE, "run the same autograder grade again")
        return found and found[0]

    def write_live(self, state: Mapping[str, Any], items: Iterable[tuple[str, Any]]) -> None:
        """Write ``live.json``; arguments as of :meth:`write_results`."""
        self._write(LIVE, state, items)

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
