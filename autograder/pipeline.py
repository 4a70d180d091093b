"""Grades a class: makes references, runs what was not run before, judges, writes the results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from autograder.catalog import Course, ExamEntry, QuestionEntry, question_number
from autograder.conditions import EXTRAS, Conditions, missing, versions
from autograder.errors import UserError
from autograder.exam import Profile
from autograder.grading import References, grade
from autograder.outcome import Attempt
from autograder.reference import assemble, cache_folder, course_variants, reference_jobs
from autograder.runner import Bench, Prepared, Runner, given_job, make_bench
from autograder.sandbox import Isolation
from autograder.store import Run, RunError, Store
from autograder.submission import find, students
from autograder.variants import assigned
from autograder.verdict import Result, Status, totals

T = TypeVar("T")
R = TypeVar("R")


class Progress(Protocol):
    """Is told how far long work has come."""

    def begin(self, phase: str, total: int) -> None:
        """A phase with ``total`` steps begins."""

    def step(self, what: str) -> None:
        """One step is done; ``what`` names it."""


class Silent:
    """A Progress that shows nothing."""

    def begin(self, phase: str, total: int) -> None:
        """Show nothing."""

    def step(self, what: str) -> None:
        """Show nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What ``grade`` was asked to do; empty ``only_*`` means all."""

    course: Course
    exam: ExamEntry
    submissions: Path
    run: Run
    isolation: Isolation
    profile: Profile = "mini"
    device: str = "cpu"
    jobs: int = 1
    only_questions: Sequence[str] = ()
    only_students: Sequence[str] = ()


class NotRunnableError(UserError):
    """A framework that a question needs is not installed; the message names the extra to install."""


def conditions_for(entry: QuestionEntry, profile: Profile, device: str) -> Conditions:
    """Return the conditions of running a question here and now.

    Raises:
        NotRunnableError: its framework is not installed.
    """
    framework = entry.question.framework
    if absent := missing(framework):
        raise NotRunnableError(
            f"{entry.place} needs {', '.join(absent)}; run: pip install 'dl-autograder[{EXTRAS[framework]}]'"
        )
    return Conditions(profile=profile, device=device, versions=versions(framework))


def in_parallel(
    jobs: int, cancel: threading.Event, work: Callable[[T], R], items: Iterable[T]
) -> Iterator[tuple[T, R]]:
    """Yield (item, work(item)) as they are done, at most 2 x ``jobs`` at a time in memory.

    On any exception, KeyboardInterrupt included, ``cancel`` is set and the workers are waited for.
    """
    source = iter(items)
    with ThreadPoolExecutor(jobs) as executor:
        running: dict[Future[R], T] = {}
        try:
            while True:
                for item in source:
                    running[executor.submit(work, item)] = item
                    if len(running) >= 2 * jobs:
                        break
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        except BaseException:
            cancel.set()
            for future in running:
                future.cancel()
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A question with everything that submissions to it are compared with."""

    bench: Bench
    references: References


def make_ready(
    setups: Mapping[QuestionEntry, Conditions], key: bytes, runner: Runner, jobs: int, progress: Progress
) -> dict[str, Ready]:
    """Make or fetch the inputs and references of questions; return them by question name.

    Raises:
        InputsError, CatalogError: a question or its solution is not right.
        CancelledError: the run was interrupted.
    """
    variants = {entry: course_variants(entry, key) for entry in setups}
    given = [(entry, given_job(entry, setups[entry], variants[entry])) for entry in setups]
    progress.begin("inputs", len(given))
    benches = {}
    for (entry, _), attempt in in_parallel(jobs, runner.cancel, lambda item: runner.attempt(item[1]), given):
        benches[entry] = make_bench(entry, setups[entry], variants[entry], attempt)
        progress.step(entry.name)
    work = [(entry, *job) for entry in setups for job in reference_jobs(benches[entry]).items()]
    progress.begin("references", len(work))
    attempts: dict[QuestionEntry, dict[str, Attempt]] = {entry: {} for entry in setups}
    for (entry, name, _), attempt in in_parallel(
        jobs, runner.cancel, lambda item: runner.attempt(item[2]), work
    ):
        attempts[entry][name] = attempt
        progress.step(name or "solution")
    return {
        entry.name: Ready(bench=benches[entry], references=assemble(benches[entry], attempts[entry]))
        for entry in setups
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    student: str
    question: str
    assigned: Mapping[str, str]  # part to assigned hidden variant


def run_class(request: Request, progress: Progress | None = None) -> dict[str, Any]:
    """Grade a class into ``request.run`` and return the results, as they stand in results.json.

    Everything that is done is kept at once, so that the same request goes on where it was interrupted.

    Raises:
        SubmissionsError, CatalogError, NotRunnableError, RunError, InputsError: one line says what is wrong.
        KeyboardInterrupt, CancelledError: the run was interrupted; its state is kept.
    """
    progress = progress or Silent()
    entries = [
        entry
        for entry in request.exam.questions
        if not request.only_questions or entry.name in request.only_questions
    ]
    names = [
        name
        for name in students(request.submissions)
        if not request.only_students or name in request.only_students
    ]
    if unknown := set(request.only_students) - set(names):
        raise RunError(f"{request.submissions}: no folder for student {', '.join(sorted(unknown))}")
    setups = {entry: conditions_for(entry, request.profile, request.device) for entry in entries}
    with request.run.locked():
        manifest = _open_run(request)
        cancel = threading.Event()
        store = Store(request.run.evidence)
        cached = replace(store, behind=Store(cache_folder()))
        key = request.course.key()
        trusted = Runner(isolation=request.isolation, store=cached, cancel=cancel)
        ready = make_ready(setups, key, trusted, request.jobs, progress)
        for entry, conditions in setups.items():
            bench = ready[entry.name].bench
            manifest["questions"][entry.name] = {"bench": bench.digest, "versions": dict(conditions.versions)}
        request.run.write_manifest(manifest)
        runner = Runner(isolation=request.isolation, store=store, cancel=cancel)
        items = [_item(entry, student, key) for student in names for entry in entries]
        rows = _run_items(items, request, ready, runner, manifest, progress)
        return _finish(request, manifest, rows)


def _item(entry: QuestionEntry, student: str, key: bytes) -> _Item:
    question = entry.question
    hidden = {part.name: assigned(question, part, key, entry.place, student) for part in question.parts}
    return _Item(student=student, question=entry.name, assigned=hidden)


def _open_run(request: Request) -> dict[str, Any]:
    """Return the manifest to go on with, or a new one; refuse to mix what must not be mixed."""
    fresh = {
        "exam": request.exam.name,
        "course": str(request.course.root),
        "profile": request.profile,
        "device": request.device,
        "isolation": request.isolation.name,
    }
    found = request.run.manifest()
    if found is None:
        return {**fresh, "complete": False, "questions": {}, "submissions": {}}
    for name, value in fresh.items():
        if name != "course" and found.get(name) != value:
            raise RunError(
                f"{request.run.folder} holds a run with {name} {found.get(name)!r}, asked for is {value!r}; "
                "choose another --output"
            )
    everyone = not (request.only_questions or request.only_students)
    return {**found, **fresh, "complete": False} | ({"submissions": {}} if everyone else {})


_reading = threading.Lock()  # reading silences warnings, which is not safe in several threads at once


def _run_items(
    items: Sequence[_Item],
    request: Request,
    ready: Mapping[str, Ready],
    runner: Runner,
    manifest: dict[str, Any],
    progress: Progress,
) -> list[Result]:
    siblings = [entry.name for entry in request.exam.questions]

    def work(item: _Item) -> tuple[Prepared, Attempt]:
        bench = ready[item.question].bench
        folder = request.submissions / item.student
        with _reading:
            submission = find(folder, request.exam.name, item.question, siblings)
        prepared = bench.prepare(submission, bench.tasks_for(item.assigned))
        return prepared, runner.attempt(prepared)

    progress.begin("submissions", len(items))
    rows = []
    try:
        for item, (prepared, attempt) in in_parallel(request.jobs, runner.cancel, work, items):
            about = ready[item.question]
            verdicts = grade(about.bench.entry.question, attempt, about.references, request.device)
            rows += [
                Result(student=item.student, question=item.question, verdict=verdict) for verdict in verdicts
            ]
            place = {"key": prepared.key, "variants": item.assigned}
            manifest["submissions"].setdefault(item.student, {})[item.question] = place
            progress.step(f"{item.student} {item.question}")
        manifest["complete"] = True
    finally:
        request.run.write_manifest(manifest)
    return rows


def _finish(request: Request, manifest: Mapping[str, Any], rows: Sequence[Result]) -> dict[str, Any]:
    """Write results.json; a run of some students or questions replaces only their rows."""
    before = request.run.results() if request.only_questions or request.only_students else None
    new = {(row.student, row.question) for row in rows}
    kept = [Result.from_json(row) for row in (before or {}).get("results", [])]
    results = as_results(manifest, [*(row for row in kept if (row.student, row.question) not in new), *rows])
    request.run.write_results(results)
    return results


def as_results(manifest: Mapping[str, Any], rows: Iterable[Result]) -> dict[str, Any]:
    """Return the content of results.json: rows by student and question, parts in the exam's order."""
    ordered = sorted(rows, key=lambda row: (row.student, question_number(row.question)))  # a stable sort
    versions_used: dict[str, str] = {}
    for question in manifest["questions"].values():
        versions_used |= question["versions"]
    return {
        **{name: manifest[name] for name in ("exam", "profile", "device", "isolation")},
        "versions": versions_used,
        "dataset": {},
        "results": [row.to_json() for row in ordered],
        "questions": totals(ordered, by_question=True),
        "totals": totals(ordered),
    }


def has_ungraded(results: Mapping[str, Any]) -> bool:
    """Whether some part is ungraded, which every command answers with exit code 3."""
    return any(row["status"] == Status.UNGRADED for row in results["results"])
