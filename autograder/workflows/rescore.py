"""Judges a run again from its stored evidence; no student code is run."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec import structs

from autograder.core.evidence import EvidenceError
from autograder.core.progress import Progress, Silent
from autograder.core.verdict import Result
from autograder.course.catalog import Course, QuestionEntry, question_number
from autograder.grading.memo import Memo
from autograder.records.files import RunError
from autograder.records.manifest import Kept, Manifest
from autograder.records.results import ClassResults, header_of
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.running.environment import Environment, versions_on
from autograder.running.executor import Confine, Executor, lazily
from autograder.running.jobs import KeyedJob, Runner, shared_store
from autograder.running.prepare import PreparedQuestion, prepare, question_digest, variants_of
from autograder.sandbox.choose import confining


def rescore(
    run: Run, course: Path | None = None, progress: Progress | None = None, confine: Confine = confining
) -> ClassResults:
    """Judge every stored submission by the exam as it is now, write results.json and return it.

    Checks, tolerances, points, statements and keys may have changed. A changed solution or mistake is run
    again for its new evidence, in the isolation that ``confine`` gives then; a changed probe, input, setting
    or limit needs the submissions to be run again, and is refused.

    Raises:
        RunError: there is no run, or its evidence does not belong to the exam as it is now.
        CatalogError, IsolationError: the exam or its solution is not right, or cannot be run.
    """
    progress = progress or Silent()
    if (recorded := run.recorded()) is None:
        raise RunError(f"{run.folder}: no run.json; it is not a folder that autograder grade wrote")
    manifest, submissions = recorded
    if not manifest.complete:
        raise RunError(
            f"{run.folder}: the run was interrupted; finish it with the same autograder grade command"
        )
    exam = Course.find(course or Path(manifest.course)).exam(manifest.exam)
    with run.locked(), lazily(manifest.isolation, confine) as executor:
        ready = {
            entry.name: _prepare(run, manifest, entry, executor)
            for entry in exam.questions
            if entry.name in manifest.questions
        }
        references = {name: about.reference_keys() for name, about in ready.items()}
        if any(manifest.questions[name].references != keys for name, keys in references.items()):
            for name, keys in references.items():
                manifest.questions[name].references = keys
            run.write_manifest(structs.replace(manifest, submissions=dict(submissions)))
        progress.begin("submissions", len(submissions))
        judged = _judge_again(run, manifest, submissions, ready, progress)
        with _few_collections():
            return run.write_results(header_of(manifest), judged)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for garbage in cycles less often: judging makes many objects and hardly any cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(100 * usual[0], *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _prepare(run: Run, manifest: Manifest, entry: QuestionEntry, executor: Executor) -> PreparedQuestion:
    """Make a question ready from what is stored; run at most a changed solution or mistake.

    Raises:
        RunError: the stored evidence does not belong to the question as it is now.
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
                "run autograder grade again"
            )

    if question_digest(entry, environment, variants_of(entry, key)) != recorded.bench:
        raise changed
    store = Store(run.evidence, behind=shared_store())
    runner = Runner(executor=executor, store=store, allow=allow)
    return prepare({entry: environment}, runner, key=key)[entry]


def _judge_again(
    run: Run,
    manifest: Manifest,
    submissions: Iterable[tuple[str, Mapping[str, Kept]]],
    ready: Mapping[str, PreparedQuestion],
    progress: Progress,
) -> Iterator[Result]:
    memos = {
        name: Memo(about.entry.question, about.references, manifest.device) for name, about in ready.items()
    }
    store = Store(run.evidence)
    for student, kept in submissions:
        for question in sorted(kept, key=question_number):
            if question not in memos:
                raise RunError(
                    f"{run.folder}: the exam has no question {question} any more; run autograder grade again"
                )
            try:
                if (stored := store.read(kept[question].key)) is None:
                    raise EvidenceError("gone or damaged")
                verdicts = tuple(memos[question].grade(stored))
            except EvidenceError as error:
                raise RunError(
                    f"{run.folder}: the evidence of {student} for {question} is {error}; "
                    "run autograder grade again"
                ) from None
            yield Result(student=student, question=question, verdicts=verdicts, notes=stored.notes)
        progress.step(student)
