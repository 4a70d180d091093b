"""The folder of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.records.files import RunError, sweep, unwritable, whole
from autograder.records.hand_scores import HandScores
from autograder.records.locks import is_locked, locked
from autograder.records.rows import Lines, Pairs, Rows, read_sheet, write_sheet
from autograder.records.schemas import departure

SCHEMA = 1
MANIFEST, RESULTS, LIVE = "run.json", "results.json", "live.json"
_AGAIN = "delete it and run autograder grade again: evidence is kept and no submission is run again"


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
        with ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(self._lock))
            except BlockingIOError:
                raise RunError(f"{self.folder}: another process is grading into it") from None
            except OSError as error:
                raise unwritable(self.folder, error) from None
            for folder in (self.folder, self.evidence):
                sweep(folder)
            yield

    @property
    def busy(self) -> bool:
        """Whether a process grades into the folder now."""
        return is_locked(self._lock)

    @property
    def _lock(self) -> Path:
        return self.folder / ".lock"
