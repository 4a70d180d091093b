"""Calibrates tolerances: measures what rounding needs and where the nearest mistake lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import json

from autograder.checks import Close, Relation
from autograder.core.exam import Question
from autograder.core.progress import Progress
from autograder.core.text import Text
from autograder.course.measured import Measurement, Provenance, Quantity, with_tolerances
from autograder.course.question import QuestionEntry
from autograder.grading.grade import grade_part
from autograder.records.files import write_whole
from autograder.running.environment import json_hash
from autograder.running.executor import Site
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepare import alternative_jobs, prepare
from autograder.sandbox.gpus import kind
from autograder.workflows.quantity import ALTERNATIVE, Measuring, measure
from autograder.workflows.ways import machine, ways

_NO_DISTANCE = Text(ko="모양이 다르거나 NaN", en="another shape or NaN")
_AWAY = Text(ko="허용 오차의 {count:.2g}배", en="{count:.2g} tolerances away")
_REFUSES = Text(ko="{check}이(가) 거절함: {why}", en="{check} refuses it: {why}")
_INSIDE = Text(
    ko="모든 허용 오차 안에 있음. 이 오답이 바꾸는 값이나 다른 입력을 비교하세요",
    en="it lies inside every tolerance; compare what it changes, or on other inputs",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Something right that a tolerance refuses, or something wrong that it lets pass.

    Attributes:
        part: the part's name.
        subject: what it is about: a way to compute the same, an alternative or a mistake.
        why: what is wrong.
    """

    part: str
    subject: str
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What was measured of a question, and what does not fit its tolerances.

    Attributes:
        question: ``exam/question``.
        measurement: by part and check.
        misfits: with the tolerances that follow, or those written by hand.
    """

    question: str
    measurement: Measurement
    misfits: Sequence[Misfit]


def calibrate(
    entry: QuestionEntry, *, key: bytes, site: Site, threads: Sequence[int], progress: Progress
) -> Calibration:
    """Run the solution in other ways, right alternatives and mistakes; measure how far apart they are.

    Args:
        entry: the question.
        key: the course key, for hidden variants.
        site: where jobs are run.
        threads: the numbers of threads to try besides one.
        progress: is told of every job.

    Raises:
        CatalogError, InputsError, NotRunnableError, RunError: a question is wrong or cannot be run here.
    """
    runner, jobs = Runner(executor=site.executor), site.jobs
    ready = prepare(site.environments([entry]), runner, key=key, jobs=jobs, progress=progress)[entry]
    others: dict[Label, KeyedJob] = alternative_jobs(ready)
    found = runner.all(Text(ko="다른 풀이", en="alternatives"), others, jobs, progress) if others else {}
    alternatives = {label[-1]: attempt for label, attempt in found.items()}
    varied = {}
    for way in ways(entry.question.framework, site.device, threads):
        work: dict[Label, KeyedJob] = {(entry.id, way.name): way.job(ready)}
        done = way.runner(runner).all(Text(ko="다른 계산 방법", en="other ways"), work, jobs, progress)
        varied[way] = done[entry.id, way.name]
    return _calibration(Measuring(ready=ready, varied=varied, alternatives=alternatives))


def record(entry: QuestionEntry, calibration: Calibration) -> None:
    """Write what was measured to the question's file, in the place of an older measurement on such a device.

    Raises:
        CatalogError: the file that is there is damaged.
        RunError: it cannot be written.
    """
    new = entry.measured.with_measurement(calibration.measurement)
    write_whole(entry.measured_path, json.format(json.encode(new), indent=1) + b"\n")


def _calibration(measuring: Measuring) -> Calibration:
    ready = measuring.ready
    entry, environment = ready.entry, ready.environment
    quantities = [
        quantity
        for part in entry.declaration.parts
        for check in part.checks
        if isinstance(check, Close | Relation)
        and (quantity := measure(measuring, part.name, check)) is not None
    ]
    measurement = Measurement(
        device=kind(environment.device),
        profile=environment.profile,
        provenance=Provenance(
            date=datetime.now(UTC).date().isoformat(),
            machine=machine(environment.device),
            versions=dict(environment.versions),
            ways=list(measuring.right),
            content=content_hash(entry),
        ),
        quantities=quantities,
    )
    question = with_tolerances(entry.declaration, [measurement])
    misfits = [*_refused(quantities), *_outside(measuring, question), *_inside(measuring, question)]
    return Calibration(question=entry.id, measurement=measurement, misfits=misfits)


def content_hash(entry: QuestionEntry) -> str:
    """Return a hash of all that was measured: question, probes, solution, alternatives and mistakes."""
    wrong = [entry.mistake_source(mistake) for mistake in entry.mistakes]
    declared = entry.path.read_text(encoding="utf-8")
    probes = [entry.probe_source, dict(entry.shared)]
    right = [entry.solution_source, {**entry.alternatives, **entry.alternatives_on_mini}]
    return json_hash([declared, probes, right, wrong])[:16]


# -- what does not fit --------------------------------------------------------------------------------------


def _refused(quantities: Sequence[Quantity]) -> Iterator[Misfit]:
    """Yield the ways to compute the same that a tolerance refuses."""
    for quantity in quantities:
        for name, far in quantity.rounding.items():
            if not name.startswith(ALTERNATIVE) and (far.allowed is None or far.allowed > 1):
                why = _NO_DISTANCE if far.allowed is None else _AWAY.format(count=far.allowed)
                yield Misfit(
                    part=quantity.part, subject=name, why=_REFUSES.format(check=quantity.check, why=why)
                )


def _outside(measuring: Measuring, question: Question) -> Iterator[Misfit]:
    """Yield the right alternatives that lose points."""
    ready = measuring.ready
    for name, attempt in measuring.alternatives.items():
        for part in question.parts:
            verdict = grade_part(part, attempt, ready.references, ready.environment.device)
            if verdict.points + verdict.manual < verdict.max_points:
                lost = next(finding for finding in verdict.findings if not finding.passed)
                why = _REFUSES.format(check=lost.check, why=lost.message)
                yield Misfit(part=part.name, subject=ALTERNATIVE + name, why=why)


def _inside(measuring: Measuring, question: Question) -> Iterator[Misfit]:
    """Yield the mistakes that lose nothing in a part that they should lose points in."""
    ready = measuring.ready
    for mistake in ready.references.mistakes:
        for name in sorted(mistake.loses):
            part = question.part(name)
            verdict = grade_part(part, mistake.attempt, ready.references, ready.environment.device)
            if verdict.points + verdict.manual >= verdict.max_points:
                yield Misfit(
                    part=name,
                    subject=mistake.name,
                    why=_INSIDE,
                )
