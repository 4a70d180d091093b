"""What reports show besides results.json: the run's evidence, and the exam as it is declared now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.checks.properties import PNG
from autograder.core.check import Observation
from autograder.core.errors import REPORT, UserError
from autograder.core.evidence import Evidence
from autograder.core.exam import Part
from autograder.core.illustration import FIGURE, shown
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.text import EMPTY, Text
from autograder.course.catalog import Course, ExamEntry
from autograder.course.course_file import pass_mark_of
from autograder.course.question import QuestionEntry
from autograder.pictures.render import can_draw
from autograder.records.files import not_a_run
from autograder.records.manifest import Kept, Manifest
from autograder.records.run_folder import Run, Submissions
from autograder.records.store import Store
from autograder.reports.similarity import finds_pairs
from autograder.reports.standing import Standing, standing_of

_GIVEN = "given"
_CANNOT_DRAW = Text(
    ko="페이지에 그림이 없습니다. matplotlib이 설치되어 있지 않습니다. 실행하세요: {command}",
    en="pages have no pictures: matplotlib not installed; run: {command}",
).format(command=REPORT)
_NO_PAIRS = Text(
    ko="현황판에 글이 같은 제출물만 나옵니다. rapidfuzz가 설치되어 있지 않습니다. 실행하세요: {command}",
    en="the dashboard lists equal submissions, not similar ones: rapidfuzz not installed; run: {command}",
).format(command=REPORT)
_NO_TITLES = Text(
    ko="페이지에 제목과 그림이 없습니다: {why}", en="pages have no titles and no pictures: {why}"
)
_NO_PICTURES = Text(
    ko="{name}: 기준값이 남아 있지 않아 그림이 없습니다. 다시 채점하세요",
    en="{name}: no pictures, because the run does not hold the reference; grade it again",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a submission is compared with in pictures: the public inputs and the solution's attempt."""

    inputs: Evidence
    solution: Attempt
    withheld: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A run's evidence, read when it is needed.

    Attributes:
        manifest: ``run.json`` without its submissions; None if there is no such file.
        submissions: the submissions, by student and question.
        exam: the exam; None if it is not found, and then pages have no titles and pictures.
        why_no_exam: the reason.
        standing: the roster and the policy of the exam.
    """

    run: Run
    manifest: Manifest | None = None
    submissions: Submissions = ()
    exam: ExamEntry | None = None
    why_no_exam: Text = EMPTY
    standing: Standing = field(default_factory=Standing)
    _beside: dict[str, Beside | None] = field(default_factory=dict)
    _kept: dict[str, Mapping[str, Kept]] = field(default_factory=dict)

    @property
    def pass_mark(self) -> float | None:
        """How many percent of the points pass; None if the course does not say."""
        return pass_mark_of(self.exam.course) if self.exam else None

    def question(self, name: str) -> QuestionEntry | None:
        """Return the question of this name, or None."""
        entries = self.exam.questions if self.exam else []
        return next((entry for entry in entries if entry.name == name), None)

    def attempt(self, student: str, question: str) -> Attempt | None:
        """Return the attempt of a submission; None if nothing is stored."""
        kept = self._find(student, question)
        return Store(self.run.evidence).load(kept.key) if kept else None

    def source(self, student: str, question: str) -> str:
        """Return the Python source of a submission; empty if there is none."""
        kept = self._find(student, question)
        return Store(self.run.evidence).source(kept.key) if kept else ""

    def get_ready(self) -> None:
        """Read which submissions there are, so that processes that are forked later need not."""
        if not self._kept:
            self._kept.update(self.submissions)

    def _find(self, student: str, question: str) -> Kept | None:
        self.get_ready()
        return self._kept.get(student, {}).get(question)

    def beside(self, question: str) -> Beside | None:
        """Return what submissions to the question are compared with; None if the run does not have it."""
        if question not in self._beside:
            self._beside[question] = self._load_beside(question)
        return self._beside[question]

    def _load_beside(self, question: str) -> Beside | None:
        record = self.manifest.questions.get(question) if self.manifest else None
        keys, entry = record.references if record else None, self.question(question)
        if keys is None or entry is None:
            return None
        store = Store(self.run.evidence)
        given, solution = store.load(keys.given), store.load(keys.solution)
        made = given.outcomes[Task(_GIVEN)].evidence if given else None
        if made is None or solution is None:
            return None
        return Beside(inputs=made, solution=solution, withheld=entry.question.withheld)

    def warnings(self) -> list[Text]:
        """Return what the pages will lack."""
        return [*_not_installed(), *self._without_pictures()]

    def _without_pictures(self) -> list[Text]:
        if self.exam is None or self.manifest is None:
            return [_NO_TITLES.format(why=self.why_no_exam)]
        return [
            _NO_PICTURES.format(name=entry.name)
            for entry in self.exam.questions
            if entry.name in self.manifest.questions
            and any(part.pictures for part in entry.question.parts)
            and self.beside(entry.name) is None
        ]

    def observe(self, attempt: Attempt, part: Part, question: str) -> Observation | None:
        """Return what the pictures of a part show; None if the part or the reference has no evidence."""
        if (beside := self.beside(question)) is None:
            return None
        return shown(
            attempt,
            part.name,
            inputs=beside.inputs,
            settings=part.settings,
            withheld=beside.withheld,
            solution=beside.solution,
        )


def _not_installed() -> Iterator[Text]:
    if not can_draw():
        yield _CANNOT_DRAW
    if not finds_pairs():
        yield _NO_PAIRS


def figures(attempt: Attempt, part: str) -> dict[str, bytes]:
    """Return the figures that the code drew in a part's public variant, as PNG files by name."""
    outcome = attempt.outcomes.get(Task(part, PUBLIC))
    arrays = outcome.evidence.arrays if outcome and outcome.evidence else {}
    found = {name: array.tobytes() for name, array in arrays.items() if name.startswith(FIGURE)}
    return {name: data for name, data in found.items() if data.startswith(PNG)}


def material_of(run: Run, course: Path | None = None, roster: Path | None = None) -> Material:
    """Return the material of a run, with the exam from ``course`` or else from the run's own course.

    The roster is at ``roster``, or else where the run had it.

    Raises:
        RunError: ``run.json`` is damaged.
        CatalogError: ``course`` is given and wrong, or ``course.toml`` is.
        TableError: the roster is wrong.
    """
    if (recorded := run.recorded()) is None:
        return Material(run=run, why_no_exam=not_a_run(run.folder).text)
    manifest, submissions = recorded
    try:
        exam = Course.find(course or Path(manifest.course)).exam(manifest.exam)
        _ = [entry.question for entry in exam.questions]  # all can be loaded
    except UserError as error:
        if course is not None:
            raise
        return Material(run=run, manifest=manifest, submissions=submissions, why_no_exam=error.text)
    own = Path(manifest.roster) if manifest.roster else None
    standing = standing_of(exam, manifest.submitted, roster or own)
    return Material(run=run, manifest=manifest, submissions=submissions, exam=exam, standing=standing)
