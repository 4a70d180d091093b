"""Grades a class: makes references, runs what was not run before, judges, writes the results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from heapq import merge
from pathlib import Path
from typing import Any

from autograder.core.exam import Profile
from autograder.core.outcome import Attempt
from autograder.core.progress import Progress, Silent
from autograder.core.variants import assigned
from autograder.core.verdict import Finding, Result, Status, results_of
from autograder.course.catalog import Course, ExamEntry, QuestionEntry
from autograder.course.submission import find, students
from autograder.course.timestamps import TimestampError, submitted_at
from autograder.grading.grade import grade
from autograder.records.files import RunError, sweep
from autograder.records.live import Live
from autograder.records.results import in_order, write_results
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.running.executor import Executor, Local, on_this_machine
from autograder.running.jobs import Runner, environment_of
from autograder.running.parallel import in_parallel
from autograder.running.references import Ready, cache_folder, make_ready, reference_keys
from autograder.sandbox.gpus import kind
from autograder.sandbox.protocol import SANDBOXES, Isolation
from autograder.sandbox.warm import warmed

_NOTHING: Mapping[str, Any] = {"results": (), "questions": ()}
_ABANDONED = 3600  # seconds after which nobody is writing a file any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What ``grade`` was asked to do; empty ``only_*`` means all.

    ``spread`` makes of this machine's executor the one that is used, a cluster's perhaps. ``cache`` is the
    folder where attempts are shared with other runs; without one, only references are, in the usual folder.
    ``gpu`` is the model of the GPUs where that is not this machine's.
    """

    course: Course
    exam: ExamEntry
    submissions: Path
    run: Run
    isolation: Isolation
    profile: Profile = "mini"
    data: Path | None = None
    device: str = "cpu"
    gpu: str = ""
    jobs: int = 1
    cache: Path | None = None
    spread: Callable[[Executor], Executor] = on_this_machine
    only_questions: Sequence[str] = ()
    only_students: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One student's answer to one question, and the hidden variant assigned for each part."""

    student: str
    about: Ready
    assigned: Mapping[str, str]


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
    where = request.profile, request.device, request.data, request.gpu
    setups = {entry: environment_of(entry, *where) for entry in entries}
    with request.run.locked():
        manifest = _open_run(request)
        cancel = threading.Event()
        store = Store(request.run.evidence)
        cached = replace(store, behind=Store(request.cache or cache_folder()))
        sweep(request.cache or cache_folder(), age=_ABANDONED)
        key = request.course.key()
        with warmed(request.isolation) as warm:
            trusted = Runner(executor=request.spread(Local(warm)), store=cached, cancel=cancel)
            ready = make_ready(setups, key, trusted, request.jobs, progress)
        manifest["questions"] |= _record(request, manifest, ready)
        manifest["submitted"] = manifest.get("submitted", {}) | _timestamps(request, names)
        request.run.write_manifest(manifest)
        runner = Runner(
            executor=request.spread(Local(request.isolation)),
            store=cached if request.cache else store,
            cancel=cancel,
        )
        items = [_item(student, about, key) for student in names for about in ready.values()]
        return _grade_items(items, request, runner, manifest, progress)


def _record(
    request: Request, manifest: Mapping[str, Any], ready: Mapping[QuestionEntry, Ready]
) -> dict[str, Any]:
    """Return what the manifest keeps of each question; refuse to grade a few students by another question."""
    questions = {}
    for entry, about in ready.items():
        digest = about.bench.digest
        before = manifest["questions"].get(entry.name)
        if request.only_students and before is not None and before["bench"] != digest:
            raise RunError(
                f"{entry.id}: the probes, inputs, settings, limits, versions or the course key changed "
                "since the run; grade the whole class again, without --student"
            )
        questions[entry.name] = {
            "bench": digest,
            "versions": dict(about.bench.environment.versions),
            "datasets": dict(about.bench.environment.datasets),
            "references": reference_keys(about.bench),
        }
    return questions


def _timestamps(request: Request, names: Iterable[str]) -> dict[str, str]:
    """Return when each student handed in; one whose timestamp cannot be read is told so in a note."""
    found = {}
    for name in names:
        with suppress(TimestampError):
            if moment := submitted_at(request.submissions / name, request.exam.name):
                found[name] = moment.isoformat()
    return found


def _item(student: str, about: Ready, key: bytes) -> _Item:
    entry = about.bench.entry
    parts = entry.question.parts
    hidden = {part.name: assigned(entry.question, part, key, entry.id, student) for part in parts}
    return _Item(student=student, about=about, assigned=hidden)


def _open_run(request: Request) -> dict[str, Any]:
    """Return the manifest to go on with, or a new one; refuse to mix what must not be mixed."""
    fresh = {
        "exam": request.exam.name,
        "course": str(request.course.root),
        "profile": request.profile,
        "device": kind(request.device),
        "isolation": request.isolation.name,
    }
    found = request.run.manifest()
    if found is None:
        return {**fresh, "complete": False, "questions": {}, "submissions": {}}
    for name, value in fresh.items():
        alike = {found.get(name), value} <= set(SANDBOXES)
        if name != "course" and found.get(name) != value and not alike:
            raise RunError(
                f"{request.run.folder} holds a run with {name} {found.get(name)!r}, asked for is {value!r}; "
                "choose another --output"
            )
    everyone = not (request.only_questions or request.only_students)
    return {**found, **fresh, "complete": False} | ({"submissions": {}, "submitted": {}} if everyone else {})


def _grade_items(
    items: Sequence[_Item], request: Request, runner: Runner, manifest: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    """Show the results as they come, then write them; some students or questions replace only theirs."""
    before = request.run.results() if request.only_questions or request.only_students else None
    new = {(item.student, item.about.bench.entry.name) for item in items}

    def results(found: Iterable[Result]) -> Iterator[Result]:
        kept = (one for one in results_of(before or _NOTHING) if (one.student, one.question) not in new)
        return merge(kept, sorted(found, key=in_order), key=in_order)

    with Live(request.run, len(items)) as live:

        def show(found: Sequence[Result]) -> None:
            live.show(len(found), manifest, lambda: results(tuple(found)))

        found = _run_items(items, request, runner, manifest, progress, show)
    return write_results(request.run, manifest, results(found))


def _run_items(
    items: Sequence[_Item],
    request: Request,
    runner: Runner,
    manifest: dict[str, Any],
    progress: Progress,
    show: Callable[[Sequence[Result]], None],
) -> list[Result]:
    siblings = [entry.name for entry in request.exam.questions]
    # Parsing source silences warnings and is not safe in several threads at once (CPython issue 106905).
    parsing = threading.Lock()
    found: list[Result] = []
    known: dict[tuple[Finding, ...], tuple[Finding, ...]] = {}  # many share them: one copy is kept

    def work(item: _Item) -> tuple[str, Attempt]:
        bench = item.about.bench
        with parsing:
            folder = request.submissions / item.student
            submission = find(folder, request.exam.name, bench.entry.name, siblings)
        prepared = bench.prepare(submission, bench.tasks_for(item.assigned))
        return prepared.key, runner.attempt(prepared)

    def judge(item: _Item, done: tuple[str, Attempt]) -> None:
        key, attempt = done
        entry = item.about.bench.entry
        with parsing:
            judged = grade(entry.question, attempt, item.about.references, request.device)
        verdicts = [replace(one, findings=known.setdefault(one.findings, one.findings)) for one in judged]
        found.append(
            Result(student=item.student, question=entry.name, verdicts=tuple(verdicts), notes=attempt.notes)
        )
        place = {"key": key, "variants": item.assigned}
        manifest["submissions"].setdefault(item.student, {})[entry.name] = place
        progress.step(f"{item.student} {entry.name}")
        show(found)

    progress.begin("submissions", len(items))
    try:
        in_parallel(request.jobs, runner.cancel, work, items, judge)
        manifest["complete"] = True
    finally:
        manifest["submissions"] = dict(sorted(manifest["submissions"].items()))  # the order of results.json
        request.run.write_manifest(manifest)
    return found


def has_ungraded(results: Mapping[str, Any]) -> bool:
    """Whether some part is ungraded, which every command answers with exit code 3."""
    return any(row["status"] == Status.UNGRADED for row in results["results"])
