"""What a course's policy adds to and takes from a total, as lines that everybody sees."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from autograder.core.points import add_points
from autograder.core.text import Text
from autograder.core.text_of_policy import BONUS, IN_TIME_BY_GRACE, LATE_BY, PERCENT_LESS, POINTS_LESS

_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}

Attempts = Literal["last_on_time", "last", "first"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From ``after`` the due date on, so many percent are taken."""

    after: timedelta
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What lateness costs.

    Attributes:
        percent: taken for each unit that has begun; 0 if points or steps are.
        points: taken for each unit that has begun; 0 if percent or steps are.
        per: the unit; ``once`` takes the same however late it is.
        of: whether a percentage is of the points earned or of the maximum.
        cap: the most that is taken, in percent or points as above; None: everything.
        steps: instead of units, in order.
    """

    percent: float = 0.0
    points: float = 0.0
    per: Literal["hour", "day", "once"] = "day"
    of: Literal["earned", "maximum"] = "earned"
    cap: float | None = None
    steps: Sequence[Step] = ()

    def amount(self, late: timedelta) -> float:
        """Return how many percent, or points, are taken for being so late (more than 0)."""
        if self.steps:
            return max((step.percent for step in self.steps if late > step.after), default=0.0)
        units = 1 if self.per == "once" else math.ceil(late / _UNITS[self.per])
        amount = units * (self.points or self.percent)
        return amount if self.cap is None else min(amount, self.cap)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPolicy:
    """What a course decided about an exam.

    Attributes:
        due: when it is due; None if it never is.
        grace: how late costs nothing; who is later is late from the due date on.
        late: what lateness costs; None: nothing.
        bonus: points for everybody.
        bonuses: points for single students, by id.
        sections: due dates of sections.
        attempts: which attempt counts.
        max_attempts: later attempts than so many do not count; None: all do.
        groups: whether one member of a group hands in for all.
        weight: of the exam among several; None: its points.
    """

    due: datetime | None = None
    grace: timedelta = timedelta(0)
    late: Late | None = None
    bonus: float = 0.0
    bonuses: Mapping[str, float] = field(default_factory=dict)
    sections: Mapping[str, datetime] = field(default_factory=dict)
    attempts: Attempts = "last_on_time"
    max_attempts: int | None = None
    groups: bool = False
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One thing that the policy adds or takes; ``points`` is negative if it takes."""

    text: Text
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A total with the policy: ``points`` as they were, the lines, and the ``total`` after them."""

    points: float
    max_points: float
    lines: Sequence[PolicyLine]
    total: float


def settle(
    points: float,
    max_points: float,
    policy: ExamPolicy,
    *,
    submitted: datetime | None,
    due: datetime | None,
    bonus: float = 0.0,
) -> Settlement:
    """Return a student's total with the policy of an exam: first the penalty, never below 0, then the bonus.

    Args:
        points: of the machine and of people, of ``max_points``.
        policy: of the exam.
        submitted: when it was handed in; None if that is unknown, and then nothing is late.
        due: when it was due for this student.
        bonus: the student's.
    """
    lines = []
    if submitted is not None and due is not None and submitted > due:
        lines += _lateness(points, max_points, policy, submitted - due)
    if bonus:
        lines.append(PolicyLine(BONUS.format(points=f"{bonus:+g}".replace("-", "−")), bonus))
    total = max(0.0, add_points([points, *(line.points for line in lines)]))
    return Settlement(points=points, max_points=max_points, lines=tuple(lines), total=total)


def _lateness(points: float, max_points: float, policy: ExamPolicy, late: timedelta) -> list[PolicyLine]:
    if late <= policy.grace:
        return [PolicyLine(IN_TIME_BY_GRACE.format(late=how_long(late)), 0.0)]
    if policy.late is None:
        return []
    amount = policy.late.amount(late)
    if policy.late.points:
        taken, told = amount, POINTS_LESS.format(points=amount)
    else:
        share = points if policy.late.of == "earned" else max_points
        taken, told = share * amount / 100, PERCENT_LESS.format(percent=amount)
    taken = min(max(points, 0.0), _hundredths(taken))
    return [PolicyLine(LATE_BY.format(late=how_long(late), less=told), -taken if taken else 0.0)]


def _hundredths(points: float) -> float:
    """Return a penalty in whole hundredths, rounded in the student's favour."""
    return math.floor(round(100 * points, 6)) / 100


def how_long(late: timedelta) -> Text:
    """Return a span of time in hours, of less than two hours in minutes; what has begun counts."""
    minutes = math.ceil(late / timedelta(minutes=1))
    if minutes < 120:
        return Text(ko=f"{minutes}분", en=f"{minutes} min")
    hours = math.ceil(late / timedelta(hours=1))
    return Text(ko=f"{hours}시간", en=f"{hours} h")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamTotal:
    """What a student has in one exam; ``weight`` is the exam's among others."""

    exam: str
    total: float
    max_points: float
    weight: float

    @property
    def percent(self) -> float:
        """The percentage of the maximum; 0 where there is nothing to get."""
        return 100 * self.total / self.max_points if self.max_points else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTotal:
    """A student's exams together: which were dropped, the percentage, and whether it passes."""

    dropped: Sequence[str]
    percent: float
    passed: bool | None


def course_total(
    exams: Iterable[ExamTotal], *, drop_lowest: int = 0, pass_mark: float | None = None
) -> CourseTotal:
    """Return the weighted mean of a student's percentages, without the lowest ones; one always counts.

    Of equal percentages the exam of the least weight is dropped, then the first.
    """
    found = list(exams)
    count = min(drop_lowest, max(len(found) - 1, 0))
    lowest = sorted(found, key=lambda exam: (exam.percent, exam.weight))[:count]
    kept = [exam for exam in found if exam not in lowest]
    weights = math.fsum(exam.weight for exam in kept)
    percent = round(math.fsum(exam.percent * exam.weight for exam in kept) / weights, 6) if weights else 0.0
    passed = None if pass_mark is None else percent >= pass_mark - 1e-9
    return CourseTotal(dropped=tuple(exam.exam for exam in lowest), percent=percent, passed=passed)
