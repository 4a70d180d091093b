"""Verifies a course: right answers pass, mistakes and templates fail, pinned values still come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import MsgspecError, Struct, json

from autograder.checks import Essay
from autograder.core.evidence import Evidence, Json
from autograder.core.framework import Profile
from autograder.core.illustration import shown
from autograder.core.mistake import Trivial
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.progress import Progress
from autograder.core.verdict import Status
from autograder.course.data import OFFICIAL
from autograder.course.measured import of_nothing
from autograder.course.modules import CatalogError
from autograder.course.question import QuestionEntry
from autograder.course.template import template
from autograder.grading.grade import grade
from autograder.grading.trivial import Earned, earned_by_trivial_answers
from autograder.pictures.render import render
from autograder.running.environment import Environment
from autograder.running.executor import Site
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepare import Wanted, alternative_jobs, prepare
from autograder.running.prepared import PreparedQuestion
from autograder.workflows.lines import Judged, Line, Reason
from autograder.workflows.mutants import mutant_lines, run_mutants


def verify_questions(
    entries: Sequence[QuestionEntry],
    *,
    key: bytes,
    site: Site,
    progress: Progress,
    mistakes: bool = True,
    mutants: bool = False,
) -> list[Line]:
    """Run the solution, its alternatives, every mistake and the empty template of each question; judge them.

    Without ``mistakes`` only solutions and templates are run; with ``mutants`` small slips in the solutions
    are run, too.

    Raises:
        CatalogError, InputsError, NotRunnableError, RunError: a question is wrong or cannot be run here.
    """
    runner = Runner(executor=site.executor)
    wanted: Wanted = "mistakes" if mistakes else "solution"
    environments, jobs = site.environments(entries), site.jobs
    ready = prepare(environments, runner, key=key, wanted=wanted, jobs=jobs, progress=progress)
    templates: dict[Label, KeyedJob] = {
        (entry.id,): about.source_job(template(entry), about.tasks) for entry, about in ready.items()
    }
    blank = runner.all("templates", templates, jobs, progress)
    work = {label: job for about in ready.values() for label, job in alternative_jobs(about).items()}
    others = runner.all("alternatives", work, jobs, progress)
    lines = {entry: [*_verify_question(ready[entry], blank[entry.id,], others)] for entry in entries}
    if mutants:  # those of a solution that is wrong itself show nothing
        right = [ready[entry] for entry in entries if lines[entry][0].holds]
        tested = run_mutants(right, runner, jobs, progress)
        for question in right:
            lines[question.entry] += mutant_lines(question.entry, tested[question.entry.id])
    return [line for entry in entries for line in lines[entry]]


def _verify_question(
    ready: PreparedQuestion, blank: Attempt, alternatives: Mapping[Label, Attempt]
) -> Iterator[Line]:
    entry, references = ready.entry, ready.references
    assert references.solution is not None
    solution = _line(entry.id, "solution", frozenset(), _judged(ready, references.solution))
    yield solution
    for label in alternative_jobs(ready):
        yield _line(entry.id, " ".join(label[1:]), frozenset(), _judged(ready, alternatives[label]))
    every = frozenset(part.name for part in entry.question.parts)
    yield _line(entry.id, "template", every, _judged(ready, blank), nothing=True)
    for mistake in references.mistakes:
        found = _judged(ready, mistake.attempt)
        yield _line(entry.id, mistake.name, mistake.loses, found, named=mistake.name)
    if solution.holds:
        yield from _verify_trivial_answers(ready)
    yield from _verify_pictures(ready, references.solution)
    yield from _verify_measured(entry)
    yield from verify_pinned(entry, references.solution, ready.environment)


def _verify_trivial_answers(ready: PreparedQuestion) -> Iterator[Line]:
    """Judge answers that take no thought; yield a line for each part that is judged by more than a person."""
    entry, device = ready.entry, ready.environment.device
    for part in entry.question.parts:
        if part.cell or all(isinstance(check, Essay) for check in part.checks):
            continue  # what a notebook's own tests let pass is for their author to know
        found = earned_by_trivial_answers(part, ready.references, device, entry.question.withheld)
        found = [one for one in found if not _is_declared(part.name, one, entry.trivial_answers)]
        yield Line(
            question=entry.id,
            subject=f"trivial answers {part.name}",
            expected="earn nothing",
            got="earn points" if found else "earn nothing",
            holds=not found,
            reasons=tuple(
                Reason(
                    part=part.name,
                    check=one.check,
                    variant="",
                    message=f"{one.answer} earns {one.points:g} of {part.points:g} points",
                    numbers={"points": one.points},
                )
                for one in found
            ),
        )


def _is_declared(part: str, earned: Earned, declared: Sequence[Trivial]) -> bool:
    return any(
        (one.part, one.check) == (part, earned.check) and (not one.answers or earned.answer in one.answers)
        for one in declared
    )


def _verify_measured(entry: QuestionEntry) -> Iterator[Line]:
    """Yield a line if measured tolerances are those of checks that are not there."""
    if stale := of_nothing(entry.declaration, entry.measured.measurements):
        yield Line(
            question=entry.id,
            subject="measured tolerances",
            expected="of checks that are there",
            got=f"also of {', '.join(stale)}; run autograder calibrate {entry.id}",
            holds=False,
        )


def _verify_pictures(ready: PreparedQuestion, solution: Attempt) -> Iterator[Line]:
    """Draw every declared picture of the solution; yield a line for each."""
    for part in ready.entry.question.parts:
        seen = shown(
            solution,
            part.name,
            inputs=ready.inputs[PUBLIC],
            settings=part.settings,
            withheld=ready.entry.question.withheld,
            solution=solution,
        )
        for illustration in part.pictures:
            why = render(illustration, seen).why if seen else "no evidence"
            yield Line(
                question=ready.entry.id,
                subject=f"picture {part.name}",
                expected="drawn",
                got=why or "drawn",
                holds=not why,
            )


def _judged(ready: PreparedQuestion, attempt: Attempt) -> Judged:
    question, references, device = ready.entry.question, ready.references, ready.environment.device
    return Judged(
        parts=question.parts,
        attempt=attempt,
        references=references,
        verdicts=grade(question, attempt, references, device),
        device=device,
    )


def _line(
    question: str,
    subject: str,
    expected: frozenset[str],
    found: Judged,
    *,
    nothing: bool = False,
    named: str | None = None,
) -> Line:
    """Compare the parts that lost points with those that should.

    Args:
        expected: the parts that should lose points.
        nothing: whether these must earn no points at all.
        named: the mistake that must be recognised in these parts.
    """
    earned = found.earned if nothing else []
    unnamed = [part for part in found.unnamed(named) if part in expected] if named else []
    silent = [part for part in unnamed if named and not found.tells(named, part)]
    unnamed = [part for part in unnamed if part not in silent]
    remarks = [f"earns points in {', '.join(earned)}"] if earned else []
    remarks += [f"not recognised in {part}" for part in unnamed]
    holds = found.lost == expected and not remarks and not found.ungraded
    wrong = {*(found.lost ^ expected), *earned, *unnamed}
    wrong |= {verdict.part for verdict in found.verdicts if verdict.status is Status.UNGRADED}
    return Line(
        question=question,
        subject=subject,
        expected="loses " + (", ".join(sorted(expected)) or "nothing"),
        got="; ".join(
            [
                "loses " + (", ".join(sorted(found.lost)) or "nothing"),
                *remarks,
                *(f"cannot be recognised in {part}" for part in silent),
            ]
        ),
        holds=holds,
        ungraded=found.ungraded,
        reasons=found.reasons(wrong),
    )


class _Pinned(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A known value of a fact, or of an array or its ``row`` within ``atol + rtol |value|``.

    With ``profile`` or ``official`` it holds for this profile or the official data only.
    """

    part: str
    source: str
    value: Json
    fact: str | None = None
    array: str | None = None
    row: int | list[int] | None = None
    atol: float = 0
    rtol: float = 0
    profile: Profile | None = None
    official: bool = False

    def __post_init__(self) -> None:
        if (self.fact is None) == (self.array is None):
            raise ValueError("expected either `fact` or `array`")


class _PinnedFile(Struct, frozen=True):
    values: list[_Pinned]


def verify_pinned(entry: QuestionEntry, solution: Attempt, environment: Environment) -> Iterator[Line]:
    """Compare the solution's evidence with the pinned values that hold in this environment.

    Raises:
        CatalogError: the file of pinned values is damaged; the message names the file and the field.
    """
    if not entry.pinned_path.is_file():
        return
    try:
        for value in json.decode(entry.pinned_path.read_bytes(), type=_PinnedFile).values:
            if _applies(value, environment):
                outcome = solution.outcomes.get(Task(value.part))
                evidence = outcome.evidence if outcome and outcome.evidence else Evidence()
                compare = _compare_array if value.fact is None else _compare_fact
                yield compare(entry, value, evidence)
    except (OSError, MsgspecError, ValueError, LookupError, TypeError) as error:
        raise CatalogError(f"{entry.pinned_path}: {error}") from None


def _applies(value: _Pinned, environment: Environment) -> bool:
    if value.profile not in (None, environment.profile):
        return False
    return not value.official or all(found == OFFICIAL for found in environment.datasets.values())


def _compare_fact(entry: QuestionEntry, value: _Pinned, evidence: Evidence) -> Line:
    got = evidence.facts.get(value.fact or "", "no evidence")
    return Line(
        question=entry.id,
        subject=f"pinned {value.part}.{value.fact}",
        expected=f"{value.value} of {value.source}",
        got=str(got),
        holds=bool(got == value.value),
    )


def _compare_array(entry: QuestionEntry, value: _Pinned, evidence: Evidence) -> Line:
    expected, holds = np.array(value.value), False
    if (array := evidence.arrays.get(value.array or "")) is None:
        got = "no evidence"
    elif (found := array if value.row is None else array[value.row]).shape != expected.shape:
        got = f"shape {found.shape} instead of {expected.shape}"
    else:
        difference = np.abs(found.astype(np.float64) - expected)
        got = f"differs by at most {difference.max():.2g}"
        holds = bool((difference <= value.atol + value.rtol * np.abs(expected)).all())
    return Line(
        question=entry.id,
        subject=f"pinned {value.part}.{value.array}" + ("" if value.row is None else f"[{value.row}]"),
        expected=f"within {value.atol:g} + {value.rtol:g}·|x| of {value.source}",
        got=got,
        holds=holds,
    )
