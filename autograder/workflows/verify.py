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
from autograder.core.text import Text, join
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
from autograder.workflows.lines import Judged, Line, Reason, loses
from autograder.workflows.mutants import mutant_lines, run_mutants

_SOLUTION = Text(ko="모범 답안", en="solution")
_TEMPLATE = Text(ko="빈 틀", en="template")
_TRIVIAL = Text(ko="생각 없이 쓴 답 {part}", en="trivial answers {part}")
_EARN_NOTHING = Text(ko="0점", en="earn nothing")
_EARN_POINTS = Text(ko="점수를 받음", en="earn points")
_EARNS = Text(ko="{answer}: {most:g}점 중 {points:g}점", en="{answer} earns {points:g} of {most:g} points")
_EARNS_IN = Text(ko="{parts}에서 점수를 받음", en="earns points in {parts}")
_NOT_NAMED = Text(ko="{part}에서 알아보지 못함", en="not recognised in {part}")
_SILENT = Text(ko="{part}에서는 알아볼 수 없음", en="cannot be recognised in {part}")
_MEASURED = Text(ko="측정한 허용 오차", en="measured tolerances")
_OF_CHECKS = Text(ko="있는 검사의 것", en="of checks that are there")
_STALE = Text(
    ko="{names}의 것도 있음. 실행하세요: autograder calibrate {question}",
    en="also of {names}; run autograder calibrate {question}",
)
_PICTURE = Text(ko="그림 {part}", en="picture {part}")
_DRAWN = Text(ko="그려짐", en="drawn")
_NO_EVIDENCE = Text(ko="관측값 없음", en="no evidence")
_PINNED = Text(ko="고정값 {name}", en="pinned {name}")
_OF_SOURCE = Text(ko="{value}({source})", en="{value} of {source}")
_OTHER_SHAPE = Text(ko="모양이 {expected}이(가) 아니라 {got}", en="shape {got} instead of {expected}")
_DIFFERS = Text(ko="차이가 {most:.2g} 이하", en="differs by at most {most:.2g}")
_WITHIN = Text(
    ko="{source}의 값에서 {atol:g} + {rtol:g}·|x| 안", en="within {atol:g} + {rtol:g}·|x| of {source}"
)


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
    blank = runner.all(Text(ko="빈 틀", en="templates"), templates, jobs, progress)
    work = {label: job for about in ready.values() for label, job in alternative_jobs(about).items()}
    others = runner.all(Text(ko="다른 풀이", en="alternatives"), work, jobs, progress)
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
    solution = _line(entry.id, _SOLUTION, frozenset(), _judged(ready, references.solution))
    yield solution
    for label in alternative_jobs(ready):
        yield _line(entry.id, _alternative(label), frozenset(), _judged(ready, alternatives[label]))
    every = frozenset(part.name for part in entry.question.parts)
    yield _line(entry.id, _TEMPLATE, every, _judged(ready, blank), nothing=True)
    for mistake in references.mistakes:
        found = _judged(ready, mistake.attempt)
        yield _line(entry.id, Text(mistake.name), mistake.loses, found, named=mistake.name)
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
            subject=_TRIVIAL.format(part=part.name),
            expected=_EARN_NOTHING,
            got=_EARN_POINTS if found else _EARN_NOTHING,
            holds=not found,
            reasons=tuple(
                Reason(
                    part=part.name,
                    check=one.check,
                    variant="",
                    message=_EARNS.format(answer=one.answer, points=one.points, most=part.points),
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
            subject=_MEASURED,
            expected=_OF_CHECKS,
            got=_STALE.format(names=", ".join(stale), question=entry.id),
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
            why = Text(render(illustration, seen).why) if seen else _NO_EVIDENCE
            yield Line(
                question=ready.entry.id,
                subject=_PICTURE.format(part=part.name),
                expected=_DRAWN,
                got=why if why.en else _DRAWN,
                holds=not why.en,
            )


def _alternative(label: Label) -> Text:
    kind, *names = label[1:]
    return Text(ko=" ".join(["다른 풀이", *names]), en=" ".join([kind, *names]))


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
    subject: Text,
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
    remarks = [_EARNS_IN.format(parts=", ".join(earned))] if earned else []
    remarks += [_NOT_NAMED.format(part=part) for part in unnamed]
    holds = found.lost == expected and not remarks and not found.ungraded
    wrong = {*(found.lost ^ expected), *earned, *unnamed}
    wrong |= {verdict.part for verdict in found.verdicts if verdict.status is Status.UNGRADED}
    return Line(
        question=question,
        subject=subject,
        expected=loses(expected),
        got=join([loses(found.lost), *remarks, *(_SILENT.format(part=part) for part in silent)], "; "),
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
    there = value.fact in evidence.facts
    got = evidence.facts.get(value.fact or "")
    return Line(
        question=entry.id,
        subject=_PINNED.format(name=f"{value.part}.{value.fact}"),
        expected=_OF_SOURCE.format(value=value.value, source=value.source),
        got=Text(str(got)) if there else _NO_EVIDENCE,
        holds=bool(there and got == value.value),
    )


def _compare_array(entry: QuestionEntry, value: _Pinned, evidence: Evidence) -> Line:
    expected, holds = np.array(value.value), False
    if (array := evidence.arrays.get(value.array or "")) is None:
        got = _NO_EVIDENCE
    elif (found := array if value.row is None else array[value.row]).shape != expected.shape:
        got = _OTHER_SHAPE.format(got=found.shape, expected=expected.shape)
    else:
        difference = np.abs(found.astype(np.float64) - expected)
        got = _DIFFERS.format(most=difference.max())
        holds = bool((difference <= value.atol + value.rtol * np.abs(expected)).all())
    return Line(
        question=entry.id,
        subject=_PINNED.format(
            name=f"{value.part}.{value.array}" + ("" if value.row is None else f"[{value.row}]")
        ),
        expected=_WITHIN.format(atol=value.atol, rtol=value.rtol, source=value.source),
        got=got,
        holds=holds,
    )
