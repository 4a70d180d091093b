"""Judges a run again from its stored evidence; no student code is run."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.backends import confining
from autograder.catalog import Course, QuestionEntry, question_number
from autograder.conditions import Conditions, versions_on
from autograder.executor import Local
from autograder.grading import grade
from autograder.outcome import Attempt
from autograder.progress import Progress, Silent
from autograder.reference import (
    Ready,
    assemble,
    cache_folder,
    course_variants,
    reference_jobs,
    reference_keys,
)
from autograder.results import write_results
from autograder.runner import Runner, bench_digest, given_job, make_bench
from autograder.store import Run, RunError, Store
from autograder.verdict import Result


def rescore(run: Run, course: Path | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Judge every stored submission by the exam as it is now, write results.json and return it.

    Checks, tolerances, points, statements and keys may have changed. A changed solution or mistake is run
    again for its new evidence; a changed probe, input, setting or limit needs the submissions to be run
    again, and is refused.

    Raises:
        RunError: there is no run, or its evidence does not belong to the exam as it is now.
        CatalogError, IsolationError: the exam or its solution is not right, or cannot be run.
    """
    progress = progress or Silent()
    if (recorded := run.recorded()) is None:
        raise RunError(f"{run.folder}: no run.json; it is not a folder that autograder grade wrote")
    manifest, submissions = recorded
    if not manifest["complete"]:
        raise RunError(
            f"{run.folder}: the run was interrupted; finish it with the same autograder grade command"
        )
    exam = Course.find(course or Path(manifest["course"])).exam(manifest["exam"])
    with run.locked():
        ready = {
            entry.name: _make_ready(run, manifest, entry)
            for entry in exam.questions
            if entry.name in manifest["questions"]
        }
        references = {name: reference_keys(about.bench) for name, about in ready.items()}
        if any(manifest["questions"][name].get("references") != keys for name, keys in references.items()):
            for name, keys in references.items():
                manifest["questions"][name]["references"] = keys
            run.write_manifest({**manifest, "submissions": dict(submissions)})
        progress.begin("submissions", len(submissions))
        judged = _judge_again(run, manifest, submissions, ready, progress)
        return write_results(run, manifest, judged)


def _make_ready(run: Run, manifest: Mapping[str, Any], entry: QuestionEntry) -> Ready:
    recorded = manifest["questions"][entry.name]
    conditions = Conditions(
        profile=manifest["profile"],
        device=manifest["device"],
        versions=recorded["versions"],
        datasets=recorded.get("datasets", {}),
    )
    variants = course_variants(entry, Course(entry.course).key())
    store = Store(run.evidence, behind=Store(cache_folder()))
    given = store.load(given_job(entry, conditions, variants).key)
    if given is None or bench_digest(entry, conditions, variants) != recorded["bench"]:
        raise RunError(
            f"{entry.place}: the probes, inputs, settings, limits or the course key changed since the run; "
            "run autograder grade again"
        )
    bench = make_bench(entry, conditions, variants, given)
    jobs = reference_jobs(bench)
    kept = {name: store.load(job.key) for name, job in jobs.items()}
    attempts: dict[str, Attempt] = {name: attempt for name, attempt in kept.items() if attempt is not None}
    if changed := sorted(set(jobs) - set(attempts)):
        if dict(conditions.versions) != versions_on(entry.question.framework, conditions.device):
            raise RunError(
                f"{entry.place}: the solution or a mistake changed, and so did the library versions; "
                "run autograder grade again"
            )
        with confining(manifest["isolation"]) as isolation:
            runner = Runner(executor=Local(isolation), store=store, cancel=threading.Event())
            attempts |= {name: runner.attempt(jobs[name]) for name in changed}
    return assemble(bench, attempts)


def _judge_again(
    run: Run,
    manifest: Mapping[str, Any],
    submissions: Iterable[tuple[str, Mapping[str, Any]]],
    ready: Mapping[str, Ready],
    progress: Progress,
) -> Iterator[Result]:
    store = Store(run.evidence)
    for student, places in submissions:
        for question in sorted(places, key=question_number):
            place = places[question]
            attempt = store.load(place["key"])
            if attempt is None:
                raise RunError(
                    f"{run.folder}: the evidence of {student} for {question} is gone or damaged; "
                    "run autograder grade again"
                )
            if (about := ready.get(question)) is None:
                raise RunError(
                    f"{run.folder}: the exam has no question {question} any more; run autograder grade again"
                )
            verdicts = grade(about.bench.entry.question, attempt, about.references, manifest["device"])
            yield Result(student=student, question=question, verdicts=tuple(verdicts), notes=attempt.notes)
        progress.step(student)
