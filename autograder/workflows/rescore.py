"""Judges a run again from its stored evidence; no student code is run."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from msgspec import structs

from autograder.core.evidence import EvidenceError
from autograder.core.exam import Question
from autograder.core.progress import Progress, Silent
from autograder.core.text import Text
from autograder.core.verdict import Result, StudentResults
from autograder.course.catalog import Course, ExamEntry
from autograder.course.question import QuestionEntry
from autograder.course.question_files import question_number
from autograder.grading.changes import Change, changed
from autograder.records.files import RunError, not_a_run
from autograder.records.manifest import Kept, Manifest, ReferenceKeys
from autograder.records.results import ClassResults, Encoder, header_of
from autograder.records.run_folder import Run, Submissions
from autograder.records.store import Store
from autograder.running.environment import Environment, versions_on
from autograder.running.executor import Confine, Executor, lazily
from autograder.running.jobs import KeyedJob, Runner, shared_store
from autograder.running.prepare import prepare
from autograder.running.prepared import PreparedQuestion, question_digest, variants_of
from autograder.sandbox.choose import confining
from autograder.sandbox.processes import Processes, Steps, cores
from autograder.workflows.in_force import changes_in_force
from autograder.workflows.judging import Judge

_BATCH = 64  # students
Batch = list[tuple[str, Mapping[str, Kept]]]
Line = tuple[str, bytes]  # the name of its list in results.json, and the line
Judged = tuple[list[str], list[Line]]  # students and their lines


def rescore(
    run: Run, course: Path | None = None, progress: Progress | None = None, confine: Confine = confining
) -> ClassResults:
    """Judge every stored submission by the present exam, write results.json and return the results.

    Checks, tolerances, points, statements and answer keys may have changed; changes that people decided count
    on top. A changed solution or mistake is run again, in the isolation from ``confine``. After a change of a
    probe, input, setting or limit the submissions must be run again, and an error says so. Other results that
    stood there are kept beside.

    Raises:
        RunError: there is no complete run, or its evidence does not fit the present exam.
        CatalogError, IsolationError: the exam or its solution is wrong or cannot be run.
    """
    with run.locked():
        judging = Rejudging.of(run, course, confine, changes_in_force(run))
        judging.record_references()
        with run.keeping_results():
            return judging.write(run, progress or Silent())


@dataclass(frozen=True, kw_only=True)
class Rejudging:
    """A run whose stored submissions can be judged by the present exam, perhaps with changes."""

    run: Run
    manifest: Manifest
    submissions: Submissions
    exam: ExamEntry
    ready: Mapping[str, PreparedQuestion]
    changes: Sequence[Change] = ()

    @classmethod
    def of(cls, run: Run, course: Path | None, confine: Confine, changes: Sequence[Change] = ()) -> Rejudging:
        """Prepare the questions of a locked run; raises what :func:`rescore` does, and ChangeError."""
        if (recorded := run.recorded()) is None:
            raise not_a_run(run.folder)
        manifest, submissions = recorded
        if not manifest.complete:
            raise RunError(
                f"{run.folder}: the run was interrupted; finish it with the same autograder grade command",
                ko=f"{run.folder}: 채점이 중단되었습니다. 같은 autograder grade 명령으로 마치세요",
            )
        exam = Course.find(course or Path(manifest.course)).exam(manifest.exam)
        ready = _prepare_all(run, manifest, exam, confine)
        return cls(
            run=run,
            manifest=manifest,
            submissions=submissions,
            exam=exam,
            ready=ready,
            changes=changes,
        )

    @cached_property
    def references(self) -> dict[str, ReferenceKeys]:
        """The keys of the inputs and solutions that submissions are judged by."""
        return {name: about.reference_keys() for name, about in self.ready.items()}

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions as they are judged, with the changes."""
        return self.changed_by(self.changes)

    def changed_by(self, changes: Sequence[Change]) -> dict[str, Question]:
        """Return the questions as their files have them, with some changes."""
        return {
            name: changed(name, about.entry.question, changes, about.references)
            for name, about in self.ready.items()
        }

    def record_references(self) -> None:
        """Write to run.json which references submissions are judged by, where these have changed."""
        questions = self.manifest.questions
        if any(questions[name].references != keys for name, keys in self.references.items()):
            for name, keys in self.references.items():
                questions[name].references = keys
            self.run.write_manifest(structs.replace(self.manifest, submissions=dict(self.submissions)))

    def write(self, into: Run, progress: Progress) -> ClassResults:
        """Judge every submission, write results.json into a folder and return the results."""
        progress.begin(Text(ko="제출물", en="submissions"), len(self.submissions))
        judge = Judge.of(self.run, self.manifest.device, self.ready.values(), self.questions)
        count = min(cores(), -(-len(self.submissions) // _BATCH))
        with Processes(_Batches(self.run, judge).judge, count, judge.allowed) as processes:
            judged = processes.map(_batches(self.submissions))
            return into.write_lines(header_of(self.manifest), _lines(judged, progress))


def _batches(submissions: Submissions) -> Iterator[Batch]:
    left = iter(submissions)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _lines(judged: Iterable[Judged], progress: Progress) -> Iterator[Line]:
    for students, lines in judged:
        yield from lines
        for student in students:
            progress.step(student)


class _Batches:
    """Judges batches of submissions in one process."""

    def __init__(self, run: Run, judge: Judge) -> None:
        self._folder, self._store, self._encoder = run.folder, Store(run.evidence), Encoder()
        self._judge = judge

    def judge(self, batch: Batch, steps: Steps) -> Judged:
        """Return the students of a batch and their lines of results.json."""
        with _few_collections():
            students = (self._student(student, kept, steps) for student, kept in batch)
            return [student for student, _ in batch], list(self._encoder.lines(students))

    def _student(self, student: str, kept: Mapping[str, Kept], steps: Steps) -> StudentResults:
        names = sorted(kept, key=question_number)
        results = tuple(self._result(student, name, kept[name], steps) for name in names)
        return StudentResults(student=student, results=results)

    def _result(self, student: str, question: str, kept: Kept, steps: Steps) -> Result:
        if question not in self._judge.memos:
            raise RunError(
                f"{self._folder}: the exam has no question {question} any more; run autograder grade again",
                ko=f"{self._folder}: 시험에 문항 {question}이(가) 이제 없습니다. autograder grade를 다시 "
                "실행하세요",
            )
        try:
            if (stored := self._store.read(kept.key)) is None:
                raise EvidenceError("gone or damaged")
            verdicts = self._judge.verdicts(student, question, stored, steps)
        except MemoryError:  # as it was read
            return Result(student=student, question=question, verdicts=self._judge.too_large(question))
        except EvidenceError as error:
            raise RunError(
                f"{self._folder}: the evidence of {student} for {question} is {error}; "
                "run autograder grade again",
                ko=f"{self._folder}: {question}에 대한 {student}의 증거가 없거나 손상되었습니다. autograder "
                "grade를 다시 실행하세요",
            ) from None
        return Result(student=student, question=question, verdicts=verdicts, notes=stored.notes)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Collect garbage less often: judging makes many objects but hardly any cycles."""
    usual = gc.get_threshold()
    gc.set_threshold(100 * usual[0], *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _prepare_all(
    run: Run, manifest: Manifest, exam: ExamEntry, confine: Confine
) -> dict[str, PreparedQuestion]:
    with lazily(manifest.isolation, confine) as executor:
        return {
            entry.name: _prepare(run, manifest, entry, executor)
            for entry in exam.questions
            if entry.name in manifest.questions
        }


def _prepare(run: Run, manifest: Manifest, entry: QuestionEntry, executor: Executor) -> PreparedQuestion:
    """Prepare a question from stored evidence; run only a changed solution or mistake.

    Raises:
        RunError: the stored evidence does not fit the present question.
    """
    recorded = manifest.questions[entry.name]
    environment = Environment(
        profile=manifest.profile,
        device=manifest.device,
        versions=recorded.versions,
        datasets=recorded.datasets,
    )
    key = Course(entry.course).key()
    changed = RunError(
        f"{entry.id}: the probes, inputs, settings, limits or the course key changed since the run; "
        "run autograder grade again"
    )

    def allow(keyed: KeyedJob) -> None:
        if keyed.job is None or keyed.job.given:
            raise changed
        if dict(environment.versions) != versions_on(entry.question.framework, environment.device):
            raise RunError(
                f"{entry.id}: the solution or a mistake changed, and so did the library versions; "
                "run autograder grade again",
                ko=f"{entry.id}: 모범 답안이나 대표 오답이 바뀌었고 라이브러리의 버전도 바뀌었습니다. "
                "autograder grade를 다시 실행하세요",
            )

    if question_digest(entry, environment, variants_of(entry, key)) != recorded.digest:
        raise changed
    store = Store(run.evidence, behind=shared_store())
    runner = Runner(executor=executor, store=store, allow=allow)
    return prepare({entry: environment}, runner, key=key)[entry]
