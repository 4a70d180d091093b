"""Compares two sets of results of a class: who changes, and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from autograder.core.points import add_points
from autograder.core.verdict import Result, Status, StudentResults, Totals, Verdict, by_student


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands of a part: points, status, and the mistakes that are told."""

    points: float
    max_points: float
    manual: float
    status: Status
    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """A part that one student has otherwise; None where there is no such part."""

    student: str
    question: str
    part: str
    before: Standing | None
    after: Standing | None

    @property
    def points(self) -> float:
        """By how many points it changes."""
        return _difference(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentChange:
    """A student who has something otherwise; totals are None where there is no such student."""

    student: str
    before: Totals | None
    after: Totals | None
    parts: tuple[PartChange, ...]

    @property
    def points(self) -> float:
        """By how many points the total changes."""
        return _difference(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sets of results.

    Attributes:
        students: how many there are in either.
        changes: who changes, in alphabetical order.
    """

    students: int
    changes: tuple[StudentChange, ...] = field(default_factory=tuple)

    @property
    def gain(self) -> int:
        """How many get more points."""
        return sum(one.points > 0 for one in self.changes)

    @property
    def lose(self) -> int:
        """How many get fewer points."""
        return sum(one.points < 0 for one in self.changes)


def _difference(before: Standing | Totals | None, after: Standing | Totals | None) -> float:
    return add_points([after.points if after else 0.0, -before.points if before else 0.0])


def compare_results(before: Iterable[Result], after: Iterable[Result]) -> Comparison:
    """Compare results, each set sorted by student; what a clock decides does not count."""
    count, changes = 0, list[StudentChange]()
    for mine, theirs in _side_by_side(by_student(before), by_student(after)):
        count += 1
        parts = tuple(_part_changes(mine, theirs))
        if parts:
            changes.append(
                StudentChange(
                    student=(mine or theirs).student,  # type: ignore[union-attr]
                    before=mine.totals if mine else None,
                    after=theirs.totals if theirs else None,
                    parts=parts,
                )
            )
    return Comparison(students=count, changes=tuple(changes))


def _side_by_side(
    first: Iterator[StudentResults], second: Iterator[StudentResults]
) -> Iterator[tuple[StudentResults | None, StudentResults | None]]:
    mine, theirs = next(first, None), next(second, None)
    while mine or theirs:
        if theirs is None or (mine is not None and mine.student < theirs.student):
            yield mine, None
            mine = next(first, None)
        elif mine is None or theirs.student < mine.student:
            yield None, theirs
            theirs = next(second, None)
        else:
            yield mine, theirs
            mine, theirs = next(first, None), next(second, None)


def _part_changes(before: StudentResults | None, after: StudentResults | None) -> Iterator[PartChange]:
    mine, theirs = _standings(before), _standings(after)
    for key in dict.fromkeys(chain(mine, theirs)):
        if mine.get(key) != theirs.get(key):
            question, part = key
            student = (before or after).student  # type: ignore[union-attr]
            yield PartChange(
                student=student, question=question, part=part, before=mine.get(key), after=theirs.get(key)
            )


def _standings(results: StudentResults | None) -> dict[tuple[str, str], Standing]:
    found = results.verdicts if results else ()
    return {(question, verdict.part): _standing(verdict) for question, verdict in found}


def _standing(verdict: Verdict) -> Standing:
    return Standing(
        points=verdict.points,
        max_points=verdict.max_points,
        manual=verdict.manual,
        status=verdict.status,
        mistakes=tuple(dict.fromkeys(one.mistake for one in verdict.findings if one.mistake)),
    )
