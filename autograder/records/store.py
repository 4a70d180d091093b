"""The store of attempts by key, one file each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograder.core.evidence import EvidenceError, Json
from autograder.core.outcome import Attempt, Task
from autograder.records.codec import Stored, facts_in, facts_of, from_bytes, to_bytes
from autograder.records.files import link_whole, write_whole


@dataclass(frozen=True, slots=True)
class Store:
    """A store of attempts by key, one file ``<key>.evidence`` each.

    ``behind`` is a second store: it is read if a key is missing here, and gets a copy of what is saved.
    """

    folder: Path
    behind: Store | None = None

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, f"{key}.evidence")  # building a Path takes as long as reading

    def __contains__(self, key: str) -> bool:
        return os.path.isfile(self._path(key)) or (self.behind is not None and key in self.behind)

    def claim_path(self, key: str) -> Path:
        """Return the lock file to hold while making the attempt of this key."""
        return (self.behind or self).folder / f".{key}.lock"

    def read(self, key: str) -> Stored | None:
        """Return the undecoded attempt of this key in this store; None if it is missing or damaged."""
        try:
            with open(self._path(key), "rb") as file:
                data = bytearray(os.fstat(file.fileno()).st_size)
                file.readinto(data)
            return from_bytes(data)
        except (OSError, EvidenceError):
            return None

    def load(self, key: str) -> Attempt | None:
        """Return the attempt of this key; None if it is missing or its file is damaged."""
        with suppress(EvidenceError):
            if (stored := self.read(key)) is not None:
                return stored.attempt()
        if self.behind is None or (attempt := self.behind.load(key)) is None:
            return None
        self._take(key, attempt, self.behind)
        return attempt

    def source(self, key: str) -> str:
        """Return an attempt's source text without reading its arrays; empty if there is none."""
        try:
            return str(self._line(key, 1)["source"])
        except (OSError, EvidenceError, KeyError):
            return ""

    def facts(self, key: str, task: Task) -> Mapping[str, Json]:
        """Return the facts of one task's evidence without reading its arrays; empty if there are none."""
        try:
            return facts_of(self._line(key, 0), task)
        except (OSError, EvidenceError):
            return {}

    def _line(self, key: str, number: int) -> dict[str, Json]:
        with open(self._path(key), "rb") as file:
            return facts_in(next(islice(file, number, None), b""))

    def save(self, key: str, attempt: Attempt) -> None:
        """Write an attempt to this store and to the one behind it.

        Raises:
            RunError: the file cannot be written.
        """
        write_whole(Path(self._path(key)), to_bytes(attempt))
        if self.behind is not None:
            self.behind._take(key, attempt, self)

    def _take(self, key: str, attempt: Attempt, other: Store) -> None:
        """Keep what another store has: the same file, or where that cannot be, one of its own."""
        try:
            link_whole(Path(other._path(key)), Path(self._path(key)))
        except OSError:  # on another file system, say
            write_whole(Path(self._path(key)), to_bytes(attempt))
