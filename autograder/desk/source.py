"""Reads the files of a run for the server, and again when they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.checks.properties import PNG
from autograder.core.outcome import Task
from autograder.course.catalog import Course
from autograder.records.decided import with_decisions
from autograder.records.decision_log import Decisions
from autograder.records.decisions import PartId
from autograder.records.files import RunError
from autograder.records.held import Given, scores_given
from autograder.records.manifest import Manifest
from autograder.records.results import ClassResults, header_of, results_in_memory
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.reports.essays import Answer, EssayPart, Facts, answers, essay_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A run at one time.

    Attributes:
        results: the results without points given by hand; incomplete while the run is going on.
        manifest: the content of run.json.
        done, total: numbers of submissions.
        state: ``running``, ``interrupted`` or ``ended``.
        version: changes with everything that is shown.
    """

    results: ClassResults
    manifest: Manifest
    done: int
    total: int
    state: str
    version: str


class Source:
    """A run folder and its exam."""

    def __init__(self, run: Run, course: Path | None) -> None:
        """Find the exam in ``course``, else in the run's own course.

        Raises:
            RunError: the folder is not that of a run.
            CatalogError: the exam is absent or cannot be loaded.
        """
        self.run = run
        manifest = self._manifest()
        self.exam = Course.find(course or Path(manifest.course)).exam(manifest.exam)
        questions = [(entry.name, entry.question) for entry in self.exam.questions]
        self.parts = {(part.question, part.part.name): part for part in essay_parts(questions)}
        self._store = Store(run.evidence)
        self._facts = lru_cache(maxsize=100_000)(self._store.facts)  # the content of a key never changes
        self._read = lru_cache(maxsize=2)(self._read_files)

    @property
    def decisions(self) -> Decisions:
        """What people decided."""
        return self.run.decisions

    def given(self) -> dict[PartId, Given]:
        """Return the newest score of every part that has one."""
        return {whose: given[-1] for whose, given in scores_given(self.decisions.history()).items()}

    def snapshot(self) -> Snapshot:
        """Return the run as it is now.

        Raises:
            RunError: a file is damaged.
        """
        version = "-".join(
            _stamp(self.run.folder / name) for name in ("run.json", "results.json", "live.json")
        )
        results, manifest, done, total, unfinished = self._read(version)
        running = unfinished and self.run.busy
        return Snapshot(
            results=results,
            manifest=manifest,
            done=done,
            total=total,
            state="running" if running else "interrupted" if unfinished else "ended",
            version=f"{version}-{_stamp(self.decisions.path)}-{running}",
        )

    def _manifest(self) -> Manifest:
        if (manifest := self.run.manifest()) is None:
            folder = self.run.folder
            raise RunError(f"{folder}: no run.json; run autograder grade ... --output {folder} first")
        return manifest

    def _read_files(self, version: str) -> tuple[ClassResults, Manifest, int, int, bool]:
        manifest, live = self._manifest(), self.run.live()
        if live is not None:
            return live.results, live.manifest, live.done, live.total, True
        written = self.run.results()
        results = written.in_memory() if written else results_in_memory(header_of(manifest), [])
        done = sum(1 for _ in results)
        return results, manifest, done, done, not manifest.complete

    def results(self, snapshot: Snapshot) -> ClassResults:
        """Return the results with the points given by hand."""
        return with_decisions(snapshot.results, self.decisions.held())

    def answers(self, part: EssayPart, snapshot: Snapshot) -> list[Answer]:
        """Return the answers to an essay part."""
        return list(answers(part, snapshot.results, self._facts_in(snapshot.manifest), self.given()))

    def _facts_in(self, manifest: Manifest) -> Callable[[PartId], Facts]:
        def find(whose: PartId) -> Facts:
            kept = manifest.submissions.get(whose.student, {}).get(whose.question)
            return self._facts(kept.key, Task(whose.part)) if kept else {}

        return find

    def picture(self, student: str, part: EssayPart, name: str) -> bytes | None:
        """Return a figure drawn by the student's code as a PNG file; None if there is none."""
        kept = self.snapshot().manifest.submissions.get(student, {}).get(part.question)
        attempt = self._store.load(kept.key) if kept and name in part.pictures else None
        outcome = attempt.outcomes.get(Task(part.part.name)) if attempt else None
        array = outcome.evidence.arrays.get(name) if outcome and outcome.evidence else None
        data = b"" if array is None else array.tobytes()
        return data if data.startswith(PNG) else None


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return "0"
    return f"{found.st_mtime_ns:x}.{found.st_size:x}.{found.st_ino:x}"
