"""Reads the files of a run for the server, and again when they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from autograder.checks.properties import PNG
from autograder.core.evidence import Json
from autograder.core.outcome import Task
from autograder.core.verdict import StudentResults, Verdict
from autograder.course.catalog import Course
from autograder.course.question import QuestionEntry
from autograder.records.decided import with_decisions
from autograder.records.decision_log import Decisions
from autograder.records.decisions import Entry, PartId
from autograder.records.files import RunError
from autograder.records.held import Held, what_holds
from autograder.records.manifest import Manifest
from autograder.records.results import ClassResults, header_of, results_in_memory
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.reports.essays import EssayPart, essay_parts
from autograder.reports.material import Material
from autograder.reports.standing import Standing, standing_of
from autograder.workflows.decided import members_of

Place = tuple[str, str]  # a question and a part


def label(student: str) -> str:
    """Return a student's name in valid Unicode; the name of the folder may have other bytes."""
    return student.encode(errors="backslashreplace").decode()


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A run at one time.

    Attributes:
        machine: the results as the machine judged them; incomplete while the run is going on.
        results: with what people decided.
        manifest: the content of run.json.
        entries: the history of decisions, oldest first.
        held: what holds of them.
        standing: the roster and the policy.
        done, total: numbers of submissions.
        state: ``running``, ``interrupted`` or ``ended``.
        version: changes with everything that is shown.
    """

    machine: ClassResults
    results: ClassResults
    manifest: Manifest
    entries: Sequence[Entry]
    held: Held
    standing: Standing
    done: int
    total: int
    state: str
    version: str

    @cached_property
    def students(self) -> Mapping[str, str]:
        """The students, by how they are labelled."""
        return {label(result.student): result.student for result in self.machine}

    @cached_property
    def people(self) -> Mapping[str, str]:
        """What the roster calls the students, by how they are labelled."""
        return {label(one.id): one.name for one in self.standing.roster.students if one.name != one.id}

    @cached_property
    def by_student(self) -> Mapping[str, StudentResults]:
        """The results of each student."""
        return {one.student: one for one in self.results.students()}

    @cached_property
    def by_part(self) -> Mapping[Place, Mapping[str, Verdict]]:
        """The verdicts on each part, by student."""
        return _by_part(self.results)

    @cached_property
    def machine_by_part(self) -> Mapping[Place, Mapping[str, Verdict]]:
        """The machine's verdicts on each part, by student."""
        return _by_part(self.machine)


def _by_part(results: ClassResults) -> dict[Place, dict[str, Verdict]]:
    found: dict[Place, dict[str, Verdict]] = {}
    for result in results:
        for verdict in result.verdicts:
            found.setdefault((result.question, verdict.part), {})[result.student] = verdict
    return found


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
        self.questions: Mapping[str, QuestionEntry] = {entry.name: entry for entry in self.exam.questions}
        declared = [(name, entry.question) for name, entry in self.questions.items()]
        self.essays = {(part.question, part.part.name): part for part in essay_parts(declared)}
        self._lock = threading.Lock()
        self._store = Store(run.evidence)
        self._facts = lru_cache(maxsize=100_000)(self._store.facts)  # the content of a key never changes
        self._read = lru_cache(maxsize=2)(self._read_files)
        self._entries: list[Entry] = []
        self._newest: Snapshot | None = None

    @property
    def decisions(self) -> Decisions:
        """What people decided."""
        return self.run.decisions

    def snapshot(self) -> Snapshot:
        """Return the run as it is now.

        Raises:
            RunError, DecisionsError: a file is damaged.
        """
        with self._lock:  # made once for all who look at it
            files = "-".join(
                _stamp(self.run.folder / name) for name in ("run.json", "results.json", "live.json")
            )
            machine, manifest, done, total, unfinished = self._read(files)
            running = unfinished and self.run.busy
            version = f"{files}-{_stamp(self.decisions.path)}-{running}"
            if self._newest is None or self._newest.version != version:
                self._entries += self.decisions.history(self._entries[-1].number if self._entries else 0)
                entries = tuple(self._entries)
                held = what_holds(entries)
                members = {} if unfinished else members_of(self.run, held, self.exam.course)
                decided = with_decisions(machine, held, members)
                roster = Path(manifest.roster) if manifest.roster else None
                self._newest = Snapshot(
                    machine=machine,
                    results=decided if decided is machine else decided.in_memory(),
                    manifest=manifest,
                    entries=entries,
                    held=held,
                    standing=standing_of(self.exam, manifest.submitted, roster),
                    done=done,
                    total=total,
                    state="running" if running else "interrupted" if unfinished else "ended",
                    version=version,
                )
            return self._newest

    def _manifest(self) -> Manifest:
        if (manifest := self.run.manifest()) is None:
            folder = self.run.folder
            raise RunError(
                f"{folder}: no run.json; run autograder grade ... --output {folder} first",
                ko=f"{folder}: run.json이 없습니다. 먼저 autograder grade ... --output {folder} 을 "
                "실행하세요",
            )
        return manifest

    def _read_files(self, version: str) -> tuple[ClassResults, Manifest, int, int, bool]:
        manifest, live = self._manifest(), self.run.live()
        if live is not None:
            return live.results, live.manifest, live.done, live.total, True
        written = self.run.results()
        results = written.in_memory() if written else results_in_memory(header_of(manifest), [])
        done = sum(1 for _ in results)
        return results, manifest, done, done, not manifest.complete

    def material(self, snapshot: Snapshot) -> Material:
        """Return what reports show besides the results."""
        submissions = snapshot.manifest.submissions.items()
        return Material(
            run=self.run,
            manifest=snapshot.manifest,
            submissions=submissions,
            exam=self.exam,
            standing=snapshot.standing,
        )

    def essay(self, place: Place) -> EssayPart | None:
        """Return what is graded by hand of a part; None if nothing is."""
        return self.essays.get(place)

    def facts(self, snapshot: Snapshot) -> Callable[[PartId], Mapping[str, Json]]:
        """Return what gives the facts of a student's public evidence for a part."""

        def find(whose: PartId) -> Mapping[str, Json]:
            kept = snapshot.manifest.submissions.get(whose.student, {}).get(whose.question)
            return self._facts(kept.key, Task(whose.part)) if kept else {}

        return find

    def picture(self, snapshot: Snapshot, whose: PartId, name: str) -> bytes | None:
        """Return a figure that the student's code drew as a PNG file; None if there is none."""
        essay = self.essay((whose.question, whose.part))
        kept = snapshot.manifest.submissions.get(whose.student, {}).get(whose.question)
        attempt = self._store.load(kept.key) if kept and essay and name in essay.pictures else None
        outcome = attempt.outcomes.get(Task(whose.part)) if attempt else None
        array = outcome.evidence.arrays.get(name) if outcome and outcome.evidence else None
        data = b"" if array is None else array.tobytes()
        return data if data.startswith(PNG) else None


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return "0"
    return f"{found.st_mtime_ns:x}.{found.st_size:x}.{found.st_ino:x}"
