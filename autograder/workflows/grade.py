"""Grades a class: makes references, runs what was not run before, judges, writes the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import merge
from itertools import product
from pathlib import Path

from autograder.core.errors import CancelledError, UserError
from autograder.core.evidence import EvidenceError
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.progress import Progress, Silent
from autograder.core.text import Text
from autograder.core.variants import assigned
from autograder.core.verdict import Finding, Result, Verdict
from autograder.course.catalog import Course, ExamEntry
from autograder.course.question import QuestionEntry
from autograder.course.roster import Roster
from autograder.course.submission import Submission, find, students
from autograder.course.template import template
from autograder.course.timestamps import TimestampError, submitted_at
from autograder.grading.changes import changed
from autograder.grading.grade import grade
from autograder.records.codec import from_bytes, to_bytes
from autograder.records.files import RunError, sweep
from autograder.records.live import Live
from autograder.records.manifest import Kept, Manifest, QuestionRecord
from autograder.records.results import ClassResults, header_of, in_order
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.running.declarations import require_solution
from autograder.running.environment import json_hash
from autograder.running.executor import Site
from autograder.running.jobs import Runner, cache_folder
from autograder.running.parallel import in_parallel
from autograder.running.prepare import prepare
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.gpus import kind
from autograder.sandbox.processes import Processes, Steps, cores
from autograder.sandbox.protocol import SANDBOXES
from autograder.workflows.in_force import changes_in_force
from autograder.workflows.judging import Judge, unexpected

_ABANDONED = 3600  # seconds after which nobody is writing a file any more


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRequest:
    """What ``grade`` was asked to do; empty ``only_*`` means all.

    Attributes:
        submissions: the folder that holds a folder for each student.
        site: where everything is run.
        cache: the folder where attempts are shared with other runs; None: only references are, in the usual
            folder.
        roster: of the class; who handed in nothing is graded, too.
        roster_file: where it was read, if it is not the course's own.
    """

    course: Course
    exam: ExamEntry
    submissions: Path
    run: Run
    site: Site
    cache: Path | None = None
    roster: Roster = field(default_factory=Roster)
    roster_file: Path | None = None
    only_questions: Sequence[str] = ()
    only_students: Sequence[str] = ()

    @property
    def whole_class(self) -> bool:
        """Whether everybody and every question is graded."""
        return not (self.only_questions or self.only_students)

    def questions(self) -> list[QuestionEntry]:
        """Return the questions that are graded."""
        found = self.exam.questions
        return [entry for entry in found if not self.only_questions or entry.name in self.only_questions]

    def students(self) -> dict[str, list[Path]]:
        """Return the students who are graded, each with the folders that are theirs.

        Raises:
            SubmissionsError: there are no submissions.
            RunError: a student has no folder, or the submissions are one student's.
        """
        handed_in = students(self.submissions)
        if handed_in.keys() <= set(self.course.exam_names) - self.roster.by_id.keys():
            raise RunError(
                f"{self.submissions}: has folders of exams only, as a student's has; give the one above",
                ko=f"{self.submissions}: 한 학생의 폴더처럼 시험의 폴더만 있습니다. 그 위의 폴더를 주세요",
            )
        found = {id: list[Path]() for id in self.roster.by_id} | handed_in
        if unknown := set(self.only_students) - set(found):
            raise RunError(
                f"{self.submissions}: no folder for student {', '.join(sorted(unknown))}",
                ko=f"{self.submissions}: 학생 {', '.join(sorted(unknown))}의 폴더가 없습니다",
            )
        wanted = self.only_students or found
        return {name: folders for name, folders in sorted(found.items()) if name in wanted}


def run_class(request: GradeRequest, progress: Progress | None = None) -> ClassResults:
    """Grade a class into ``request.run`` and return the results.

    Everything that is done is kept at once, so that the same request goes on where it was interrupted.

    Raises:
        SubmissionsError, CatalogError, NotRunnableError, RunError, InputsError: one line says what is wrong.
        KeyboardInterrupt, CancelledError: the run was interrupted; its state is kept.
    """
    progress = progress or Silent()
    handed_in = request.students()
    environments = request.site.environments(request.questions())
    key, cache = request.course.key(), request.cache or cache_folder()
    with request.run.locked():
        manifest = _open_run(request)
        sweep(cache, age=_ABANDONED)
        own = Store(request.run.evidence)
        runner = Runner(executor=request.site.executor, store=replace(own, behind=Store(cache)))
        ready = prepare(environments, runner, key=key, jobs=request.site.jobs, progress=progress)
        for question in ready.values():
            require_solution(question)
        manifest.questions |= _record(request, manifest, ready.values())
        manifest.submitted |= _timestamps(request, handed_in)
        request.run.write_manifest(manifest)
        students_runner = runner if request.cache else replace(runner, store=own)
        long_first = sorted(ready.values(), key=_seconds, reverse=True)  # so that all end at about one time
        pairs = product(long_first, handed_in.items())
        items = [_item(name, folders, about, key) for about, (name, folders) in pairs]
        changes = changes_in_force(request.run)
        declared = {
            about.entry.name: changed(about.entry.name, about.entry.question, changes, about.references)
            for about in ready.values()
        }
        judge = Judge.of(request.run, request.site.device, ready.values(), declared)
        with Processes(partial(_judge, judge, own), min(request.site.jobs, cores()), judge.allowed) as judges:
            return _Grading(
                request=request, runner=students_runner, judges=judges, manifest=manifest, progress=progress
            ).grade(items)


def _open_run(request: GradeRequest) -> Manifest:
    """Return the manifest to go on with, or a new one; refuse to mix what must not be mixed."""
    fresh = Manifest(
        exam=request.exam.name,
        course=str(request.course.root),
        profile=request.site.profile,
        device=kind(request.site.device),
        isolation=request.site.executor.name,
        complete=False,
        questions={},
        submissions={},
        handed_in=str(request.submissions.resolve()),
        roster=str(request.roster_file.resolve()) if request.roster_file else "",
    )
    found = request.run.manifest()
    if found is None:
        return fresh
    for name in ("exam", "profile", "device", "isolation"):
        before, asked = getattr(found, name), getattr(fresh, name)
        if before != asked and not {before, asked} <= set(SANDBOXES):
            raise RunError(
                f"{request.run.folder} holds a run with {name} {before!r}, asked for is {asked!r}; "
                "choose another --output",
                ko=f"{request.run.folder}에는 {name} {before!r}(으)로 채점한 결과가 있습니다(지금은 "
                f"{asked!r}). 다른 --output을 고르세요",
            )
    fresh.questions = found.questions
    fresh.roster = fresh.roster or found.roster
    if not request.whole_class:
        fresh.submissions, fresh.submitted, fresh.absent = found.submissions, found.submitted, found.absent
    return fresh


def _record(
    request: GradeRequest, manifest: Manifest, ready: Iterable[PreparedQuestion]
) -> dict[str, QuestionRecord]:
    """Return what the manifest keeps of each question; refuse to grade a few students by another question."""
    questions = {}
    for about in ready:
        before = manifest.questions.get(about.entry.name)
        if request.only_students and before is not None and before.digest != about.digest:
            raise RunError(
                f"{about.entry.id}: the probes, inputs, settings, limits, versions or the course key changed "
                "since the run; grade the whole class again, without --student",
                ko=f"{about.entry.id}: 채점한 뒤에 측정 절차, 입력, 설정, 제한, 버전이나 과목의 키가 "
                "바뀌었습니다. --student 없이 모두 다시 채점하세요",
            )
        questions[about.entry.name] = QuestionRecord(
            digest=about.digest,
            versions=dict(about.environment.versions),
            datasets=dict(about.environment.datasets),
            references=about.reference_keys(),
        )
    return questions


def _timestamps(request: GradeRequest, handed_in: Mapping[str, Sequence[Path]]) -> dict[str, str]:
    """Return when each student handed in; one whose timestamp cannot be read is told so in a note."""
    found = {}
    for name, folders in handed_in.items():
        for folder in folders:
            with suppress(TimestampError):
                if moment := submitted_at(folder, request.exam.name):
                    found[name] = moment.isoformat()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One student's answer to one question, and the hidden variant assigned for each part."""

    student: str
    folders: Sequence[Path]
    question: PreparedQuestion
    assigned: Mapping[str, str]


def _item(student: str, folders: Sequence[Path], about: PreparedQuestion, key: bytes) -> _Item:
    entry, parts = about.entry, about.entry.question.parts
    hidden = {part.name: assigned(entry.question, part, key, entry.id, student) for part in parts}
    return _Item(student=student, folders=folders, question=about, assigned=hidden)


def _seconds(about: PreparedQuestion) -> float:
    """Return how long the solution takes."""
    solution = about.references.solution
    return sum(outcome.seconds for outcome in solution.outcomes.values()) if solution else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToJudge:
    """A submission that was run: its attempt is stored under the key, or here."""

    student: str
    question: str
    key: str
    attempt: bytes = b""


def _judge(judge: Judge, store: Store, run: _ToJudge, steps: Steps) -> tuple[Verdict, ...]:
    """Judge a submission in a process of ours.

    Raises:
        EvidenceError: what is stored is gone or damaged.
    """
    try:
        stored = from_bytes(bytearray(run.attempt)) if run.attempt else store.read(run.key)
        if stored is None:
            raise EvidenceError("what was stored just now is gone or damaged")
        return judge.verdicts(run.student, run.question, stored, steps)
    except MemoryError:  # as it was read; those of judging a part are dealt with
        return judge.too_large(run.question)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graded:
    """A submission that was run and judged; ``answered`` is whether there was a file."""

    key: str
    answered: bool
    verdicts: Sequence[Verdict]
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grading:
    """Runs and judges submissions, several at a time, and shows and keeps the results as they come."""

    request: GradeRequest
    runner: Runner
    judges: Processes[_ToJudge, tuple[Verdict, ...]]
    manifest: Manifest
    progress: Progress
    found: list[Result] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    known: dict[tuple[Finding, ...], tuple[Finding, ...]] = field(default_factory=dict)  # many share them

    def grade(self, items: Sequence[_Item]) -> ClassResults:
        """Return the results; those of some students or questions replace only theirs."""
        run, manifest = self.request.run, self.manifest
        before = None if self.request.whole_class else run.results()
        new = {(item.student, item.question.entry.name) for item in items}

        def results(found: Iterable[Result]) -> Iterator[Result]:
            kept = (one for one in before or () if (one.student, one.question) not in new)
            return merge(kept, sorted(found, key=in_order), key=in_order)

        self.progress.begin(Text(ko="제출물", en="submissions"), len(items))
        with Live(run, len(items)) as live:

            def take(item: _Item, done: _Graded) -> None:
                self._keep(item, done)
                live.show(len(self.found), manifest, lambda: results(tuple(self.found)))

            try:
                in_parallel(self.request.site.jobs, self.runner.cancel, self._graded, items, take)
                manifest.complete = True
            finally:
                manifest.absent = self._absent()
                manifest.submissions = dict(sorted(manifest.submissions.items()))  # as in results.json
                run.write_manifest(manifest)
        return run.write_results(header_of(manifest), results(self.found))

    def _absent(self) -> list[str]:
        """Return who answered nothing; who answered another question than those graded now did answer."""
        here = {result.student for result in self.found}
        known = set(self.manifest.absent) | (here if not self.request.only_questions else set())
        return sorted(known - self.answered)

    def _graded(self, item: _Item) -> _Graded:
        """Run and judge a submission; it is called in several threads."""
        key, answered, attempt = self._attempt(item)
        asked = _ToJudge(
            student=item.student,
            question=item.question.entry.name,
            key=key,
            attempt=to_bytes(attempt) if attempt.failed else b"",  # which is not stored
        )
        try:
            verdicts: Sequence[Verdict] = self.judges.do(asked, self.runner.cancel)
        except CancelledError:
            raise
        except Exception as error:
            failed = self._failed(item, attempt.outcomes, error)
            about = item.question
            verdicts = grade(about.entry.question, failed, about.references, self.request.site.device)
        return _Graded(key=key, answered=answered, verdicts=verdicts, notes=attempt.notes)

    def _attempt(self, item: _Item) -> tuple[str, bool, Attempt]:
        """Return the key, whether there was a file, and the attempt."""
        about = item.question
        tasks = about.tasks_for(item.assigned)
        try:
            submission = self._find(item)
            keyed = about.job(submission, tasks)
            return keyed.key, not submission.absent, self.runner.attempt(keyed)
        except (CancelledError, UserError):
            raise  # of the whole run: the disk is full, or nothing can be confined
        except Exception as error:
            unknown = json_hash([item.student, about.entry.id])  # nothing is stored under this key
            return unknown, True, self._failed(item, tasks, error)

    def _find(self, item: _Item) -> Submission:
        entry = item.question.entry
        return find(
            item.folders,
            self.request.exam.name,
            entry.name,
            entry.siblings,
            self.request.run.folder / "unpacked",
            partial(template, entry),
            entry.question.notebook,
        )

    def _failed(self, item: _Item, tasks: Iterable[Task], error: Exception) -> Attempt:
        """Return an attempt that is not graded for a failure of ours, which is told in full in the log."""
        failure = unexpected(self.request.run, f"{item.student} {item.question.entry.id}", error)
        return Attempt(outcomes={task: Outcome(failure=failure) for task in tasks})

    def _keep(self, item: _Item, done: _Graded) -> None:
        question, student = item.question.entry, item.student
        verdicts = tuple(
            replace(one, findings=self.known.setdefault(one.findings, one.findings)) for one in done.verdicts
        )
        self.found.append(
            Result(student=student, question=question.name, verdicts=verdicts, notes=done.notes)
        )
        kept = Kept(key=done.key, variants=dict(item.assigned))
        self.manifest.submissions.setdefault(student, {})[question.name] = kept
        if done.answered:
            self.answered.add(student)
        self.progress.step(f"{student} {question.name}")
