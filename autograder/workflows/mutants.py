"""Tests whether the checks of a question see small slips: every mutant of its solution must lose points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from autograder.checks import Choice, Essay, OneOf
from autograder.core.evidence import Evidence
from autograder.core.exam import Part
from autograder.core.mistake import Equivalent
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.progress import Progress
from autograder.core.text import Text, join
from autograder.core.variants import hidden_name
from autograder.core.verdict import Status
from autograder.course.mutation import Mutant, mutants
from autograder.course.question import QuestionEntry
from autograder.course.source import needed_names, reachable_source
from autograder.grading.grade import grade_part
from autograder.running.environment import json_hash
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepared import PreparedQuestion
from autograder.workflows.lines import Line, Reason, loses

_DIFFER = Text(ko="{name}이(가) 다름", en="{name} differs")
_DIFFER_BY = Text(ko="{name}의 차이가 {most:.2g} 이하", en="{name} differs by at most {most:.2g}")
_LOSES_IN = Text(ko="{parts} 감점", en="loses points in {parts}")
_NONE_LIKE_THAT = Text(ko="이런 변이가 없음", en="no mutant is like that")
_MUTANTS = Text(ko="변이", en="mutants")
_ALL_LOSE = Text(ko="모두 감점되거나 뜻이 같음", en="all lose points or are equivalent")
_FATES = Text(
    ko="{made}개 중 {killed}개 감점, {same}개 뜻이 같음, {left}개 살아남음",
    en="{killed} of {made} lose points, {same} are equivalent, {left} survive",
)
_SAME_EVIDENCE = Text(ko="관측값이 모범 답안과 비트까지 같음", en="its evidence is the solution's to the bit")
_NOT_CALLED = Text(ko="{caller}을(를) 부르는 소문항이 없음", en="no part calls {caller}")
_MUTANT = Text(ko="변이 {number} {where}", en="mutant {number} {where}")
_LOSES_POINTS = Text(ko="감점", en="loses points")

_TIMES = 10  # a mutant may take so many times as long as the solution
_SECONDS = 10.0  # and at least these
_WORD = re.compile(r"\w+")


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"  # it loses points
    EQUIVALENT = "equivalent"  # it is declared to
    SURVIVED = "survived"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A mutant that was run.

    Attributes:
        parts: those that lost points, or if none did, those that call what it changes.
        differences: where the evidence of a survivor differs from the solution's.
    """

    mutant: Mutant
    fate: Fate
    parts: tuple[str, ...]
    differences: tuple[Reason, ...] = ()


def run_mutants(
    questions: Sequence[PreparedQuestion], runner: Runner, jobs: int, progress: Progress
) -> dict[str, list[Tested]]:
    """Run the mutants of solutions, each on the parts that can see it, and return them by question.

    A mutant is run on the public and one hidden variant. What the runner's store holds is not run again.

    Raises:
        CancelledError: the run was interrupted; what was run is kept.
        RunError: an attempt cannot be written.
    """
    made = [one for question in questions for one in _mutated(question)]
    work: dict[Label, KeyedJob] = {one.label: one.job() for one in made if one.tasks}
    attempts = runner.all(Text(ko="변이", en="mutants"), work, jobs, progress)
    found: dict[str, list[Tested]] = {question.entry.id: [] for question in questions}
    for one in made:
        found[one.ready.entry.id].append(one.tested(attempts.get(one.label)))
    return found


def _mutated(ready: PreparedQuestion) -> Iterator[_Mutated]:
    """Yield the mutants of what the interface needs, unless parts ask for choices and words only."""
    entry = ready.entry
    hidden_only = entry.question.long_training and ready.environment.profile == "full"
    variants = [hidden_name(1)] if hidden_only else [PUBLIC, hidden_name(1)]
    for mutant in mutants(entry.solution_source):
        calling = parts_calling(entry, mutant.inside)
        parts = [name for name in calling if _shows_work(entry.question.part(name))]
        if (parts or not calling) and (not mutant.inside or _needing(entry, mutant.inside)):
            yield _Mutated(ready, mutant, [Task(part, variant) for part in parts for variant in variants])


@dataclass(frozen=True, slots=True)
class _Mutated:
    ready: PreparedQuestion
    mutant: Mutant
    tasks: Sequence[Task]

    @property
    def label(self) -> Label:
        return self.ready.entry.id, "mutant", str(self.mutant.number)

    def job(self) -> KeyedJob:
        """Return the job, with limits of time by what the solution needs."""
        keyed = self.ready.source_job(self.mutant.source, self.tasks)
        if keyed.job is None:
            return keyed
        limits = dict(keyed.job.limits)
        for name in {task.part for task in self.tasks}:
            seconds = max(_SECONDS, _TIMES * self._seconds(name))
            limits[name] = replace(limits[name], seconds=min(limits[name].seconds, seconds))
        return replace(keyed, key=json_hash([keyed.key, "mutant"]), job=replace(keyed.job, limits=limits))

    def _seconds(self, part: str) -> float:
        solution = self.ready.references.solution
        assert solution is not None
        return max(outcome.seconds for outcome in solution.of_part(part).values())

    def tested(self, attempt: Attempt | None) -> Tested:
        """Judge the mutant; without an attempt no part calls it."""
        equivalent = is_declared(self.mutant, self.ready.entry.equivalents)
        if attempt is None:
            fate = Fate.EQUIVALENT if equivalent else Fate.SURVIVED
            return Tested(mutant=self.mutant, fate=fate, parts=())
        called = tuple(dict.fromkeys(task.part for task in self.tasks))
        references = replace(self.ready.references, mistakes=())
        question, device = self.ready.entry.question, self.ready.environment.device
        verdicts = [grade_part(question.part(name), attempt, references, device) for name in called]
        lost = tuple(one.part for one in verdicts if one.points + one.manual < one.max_points)
        if any(one.status is Status.UNGRADED for one in verdicts):
            return Tested(mutant=self.mutant, fate=Fate.UNGRADED, parts=called)
        if lost:
            return Tested(mutant=self.mutant, fate=Fate.KILLED, parts=lost)
        fate = Fate.EQUIVALENT if equivalent else Fate.SURVIVED
        return Tested(
            mutant=self.mutant, fate=fate, parts=called, differences=tuple(self._differences(attempt))
        )

    def _differences(self, attempt: Attempt) -> Iterator[Reason]:
        """Yield where the evidence is not the solution's to the bit, and which checks allow it."""
        solution = self.ready.references.solution
        assert solution is not None
        for task in self.tasks:
            part = self.ready.entry.question.part(task.part)
            mine, theirs = attempt.outcomes[task].evidence, solution.outcomes[task].evidence
            for name, difference in _unequal(mine or Evidence(), theirs or Evidence()).items():
                yield Reason(
                    part=task.part,
                    check=", ".join(_reading(part, name)) or "no check",
                    variant=task.variant,
                    message=(_DIFFER if difference is None else _DIFFER_BY).format(
                        name=name, most=difference
                    ),
                    numbers={} if difference is None else {"difference": difference},
                )


def _unequal(mine: Evidence, theirs: Evidence) -> Mapping[str, float | None]:
    """Return by name the greatest difference of arrays that are unequal, None for what has no numbers."""
    found: dict[str, float | None] = {}
    for name, array in theirs.arrays.items():
        other = mine.arrays.get(name)
        if other is None or other.shape != array.shape:
            found[name] = None
        elif array.tobytes() != other.tobytes():
            with np.errstate(invalid="ignore"):
                difference = np.abs(other.astype(np.complex128) - array.astype(np.complex128))
            found[name] = float(np.nanmax(difference, initial=0))
    return found | {name: None for name, fact in theirs.facts.items() if mine.facts.get(name, ...) != fact}


def _reading(part: Part, name: str) -> list[str]:
    """Return the ids of the checks that read this name, or whatever they like."""
    return [check.id for check in part.checks if name in check.reads or not check.reads]


def parts_calling(entry: QuestionEntry, name: str) -> list[str]:
    """Return the parts that call what this name of the solution is needed for; all for no name."""
    names = _needing(entry, name)
    return [part.name for part in entry.question.parts if not name or (names and _calls(entry, part, names))]


def _needing(entry: QuestionEntry, name: str) -> set[str]:
    """Return the names of the interface that need this name of the solution."""
    return {one for one in entry.question.interface if name in needed_names(entry.solution_source, one)}


def _calls(entry: QuestionEntry, part: Part, names: set[str]) -> bool:
    words = _words(entry, part)
    return not names.isdisjoint(words) or "getattr" in words


def _shows_work(part: Part) -> bool:
    """Return whether more than choices and words is asked for: these do not show what led to them."""
    return any(not isinstance(check, Choice | OneOf | Essay) for check in part.checks)


def _words(entry: QuestionEntry, part: Part) -> set[str]:
    """Return the words in what a part calls or its probe needs."""
    if part.probe:
        return set(_WORD.findall(reachable_source(entry.probe_source, {part.probe})))
    return {name for call in part.parsed_calls for name in call.names}


def is_declared(mutant: Mutant, equivalents: Sequence[Equivalent]) -> bool:
    """Return whether a mutant is declared equivalent."""
    return any(one.fits(mutant.before, mutant.after, mutant.inside) for one in equivalents)


def mutant_lines(entry: QuestionEntry, tested: Sequence[Tested]) -> Iterator[Line]:
    """Yield a line for each survivor, for each declaration that fits no survivor, and one for all."""
    for one in tested:
        if one.fate in (Fate.SURVIVED, Fate.UNGRADED):
            yield _line_of(entry, one)
    for declared in entry.equivalents:
        fitting = [one for one in tested if is_declared(one.mutant, [declared])]
        killed = [_LOSES_IN.format(parts=", ".join(one.parts)) for one in fitting if one.fate is Fate.KILLED]
        if killed or not fitting:
            yield Line(
                question=entry.id,
                subject=Text(ko=f"같은 뜻 {declared.before}", en=f"equivalent {declared.before}"),
                expected=loses(()),
                got=join(killed, "; ") if killed else _NONE_LIKE_THAT,
                holds=False,
            )
    fates = [one.fate for one in tested]
    numbers = {"made": len(fates)} | {fate.value: fates.count(fate) for fate in Fate}
    yield Line(
        question=entry.id,
        subject=_MUTANTS,
        expected=_ALL_LOSE,
        got=_FATES.format(
            made=len(fates),
            killed=numbers[Fate.KILLED],
            same=numbers[Fate.EQUIVALENT],
            left=numbers[Fate.SURVIVED],
        ),
        holds=numbers[Fate.SURVIVED] + numbers[Fate.UNGRADED] == 0,
        ungraded=Fate.UNGRADED in fates,
        numbers=numbers,
    )


def _line_of(entry: QuestionEntry, one: Tested) -> Line:
    mutant, reasons = one.mutant, one.differences
    if not reasons:
        parts = ", ".join(one.parts)
        why = _SAME_EVIDENCE if parts else _NOT_CALLED.format(caller=mutant.inside or "it")
        reasons = (Reason(part=parts, check="", variant="", message=why),)
    return Line(
        question=entry.id,
        subject=_MUTANT.format(number=mutant.number, where=f"{entry.solution_path.name}:{mutant.line}"),
        expected=_LOSES_POINTS,
        got=Text(f"{mutant.before} → {mutant.after}"),
        holds=False,
        ungraded=one.fate is Fate.UNGRADED,
        reasons=reasons,
    )
