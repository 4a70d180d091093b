"""The policy of a course in ``course.toml``: due dates, late penalties, bonus points, attempts, totals."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, cast, get_args
from zoneinfo import ZoneInfo

from autograder.core.verdict import Totals
from autograder.course.course_file import COURSE_FILE, course_table, pass_mark_of
from autograder.course.modules import CatalogError
from autograder.course.moments import MomentError, at, end_of_day, moment
from autograder.course.roster import Student
from autograder.grading.policy import Attempts, ExamPolicy, Late, Settlement, Step, settle

_EXAM_KEYS = (
    "due",
    "grace",
    "late",
    "bonus",
    "bonuses",
    "sections",
    "attempts",
    "max_attempts",
    "groups",
    "weight",
)
_LATE_KEYS = ("percent", "points", "per", "of", "cap", "steps")
_UNITS = {"min": 1, "minute": 1, "minutes": 1, "h": 60, "hour": 60, "hours": 60, "day": 1440, "days": 1440}
_MISSPELT = 0.8  # of 1: how alike two names are
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePolicy:
    """What ``course.toml`` says besides the languages.

    Attributes:
        zone: of all times that name none; None if the course does not say.
        pass_mark: how many percent pass; None if the course does not say.
        drop_lowest: how many exams do not count, the worst ones of each student.
        usual: what holds for an exam that has no table of its own.
        exams: by name.
    """

    zone: ZoneInfo | None = None
    pass_mark: float | None = None
    drop_lowest: int = 0
    usual: ExamPolicy = field(default_factory=ExamPolicy)
    exams: Mapping[str, ExamPolicy]

    def of(self, exam: str) -> ExamPolicy:
        """Return the policy of an exam."""
        return self.exams.get(exam, self.usual)


def due_for(policy: ExamPolicy, exam: str, student: Student | None) -> datetime | None:
    """Return when an exam is due for a student.

    That is the student's own date for the exam; else the later of the section's, or the exam's, date and the
    student's date for everything.
    """
    if student is None:
        return policy.due
    if exam in student.dues:
        return student.dues[exam]
    common = policy.sections.get(student.section, policy.due)
    return max(filter(None, [common, student.due]), default=None) if common else None


def settled(
    totals: Totals,
    policy: ExamPolicy,
    exam: str,
    id: str,
    student: Student | None,
    submitted: datetime | None,
) -> Settlement:
    """Return a student's total with the policy of an exam; ``student`` is None for one outside the roster."""
    bonus = policy.bonus + policy.bonuses.get(id, 0.0)
    due = due_for(policy, exam, student)
    return settle(totals.points, totals.max_points, policy, submitted=submitted, due=due, bonus=bonus)


def policy_of(course: Path, exams: Collection[str]) -> CoursePolicy:
    """Return the policy of a course.

    Args:
        course: the folder of ``course.toml``; without this file there is no policy.
        exams: the names of its exams; a Gradescope bundle has one of them.

    Raises:
        CatalogError: a key is unknown or a value is wrong; the message names it.
    """
    table = course_table(course)
    reader = _Reader(course / COURSE_FILE, _zone(course, table.get("timezone")))
    usual = reader.table(table.get("policy", {}), "policy")
    own = reader.table(table.get("exams", {}), "exams")
    reader.refuse_misspelt(own, exams)
    merged = {name: usual | reader.table(own[name], f"exams.{name}") for name in own}
    drop = reader.number(table.get("drop_lowest", 0), "drop_lowest", whole=True)
    return CoursePolicy(
        zone=reader.zone,
        pass_mark=pass_mark_of(course),
        drop_lowest=int(drop),
        usual=reader.exam(usual, "policy"),
        exams={name: reader.exam(one, f"exams.{name}") for name, one in merged.items()},
    )


def _zone(course: Path, name: object) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(cast("str", name))
    except (KeyError, ValueError, TypeError, OSError):
        raise CatalogError(
            f'{course / COURSE_FILE}: timezone must be a name such as "Asia/Seoul", got {name!r}',
            ko=f'{course / COURSE_FILE}: timezone은 "Asia/Seoul"과 같은 이름이어야 합니다. 지금은 '
            f"{name!r}입니다",
        ) from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads tables of one file; errors name the key."""

    path: Path
    zone: ZoneInfo | None

    def fail(self, where: str, message: str) -> NoReturn:
        raise CatalogError(f"{self.path}: {where}: {message}")

    def table(self, value: object, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fail(where, f"must be a table, got {value!r}")
        return value

    def known(self, table: Mapping[str, Any], names: Collection[str], where: str) -> None:
        for name in table:
            if name not in names:
                close = get_close_matches(name, names, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(names) or 'none'}"
                self.fail(where, f"no key is named {name!r}; {hint}")

    def refuse_misspelt(self, tables: Mapping[str, Any], exams: Collection[str]) -> None:
        """Refuse a name that is nearly that of an exam without a table; others may be of exams to come."""
        without = [exam for exam in exams if exam not in tables]
        for name in tables:
            if name not in exams and (close := get_close_matches(name, without, n=1, cutoff=_MISSPELT)):
                self.fail("exams", f"no exam is named {name!r}; did you mean {close[0]!r}?")

    def number(self, value: object, where: str, *, whole: bool = False, least: float = 0) -> float:
        kinds = (int,) if whole else (int, float)
        if type(value) not in kinds or not least <= cast("float", value) <= 1e6:
            kind = "a whole number" if whole else "a number"
            self.fail(where, f"must be {kind} from {least:g} on, got {value!r}")
        return cast("float", value)

    def one_of(self, value: object, choices: Sequence[str], where: str) -> str:
        if value not in choices:
            self.fail(where, f"must be one of {', '.join(choices)}, got {value!r}")
        return cast("str", value)

    def span(self, value: object, where: str) -> timedelta:
        found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
        if value == 0:
            return timedelta(0)
        if found is None or found[2] not in _UNITS:
            self.fail(where, f'must be a span of time such as "10 min", "2 h" or "3 days", got {value!r}')
        return timedelta(minutes=float(found[1]) * _UNITS[found[2]])

    def moment(self, value: object, where: str) -> datetime:
        try:
            if isinstance(value, datetime):
                return at(value, self.zone)
            if isinstance(value, date):
                return at(end_of_day(datetime(value.year, value.month, value.day)), self.zone)
            return moment(str(value), self.zone, whole_day=True)
        except MomentError as error:
            return self.fail(where, str(error))

    def exam(self, table: Mapping[str, Any], where: str) -> ExamPolicy:
        self.known(table, _EXAM_KEYS, where)
        found = ExamPolicy()
        if "due" in table:
            found = replace(found, due=self.moment(table["due"], f"{where}.due"))
        if "late" in table:
            found = replace(
                found, late=self.late(self.table(table["late"], f"{where}.late"), f"{where}.late")
            )
        sections = self.table(table.get("sections", {}), f"{where}.sections")
        bonuses = self.table(table.get("bonuses", {}), f"{where}.bonuses")
        most, weight, groups = (table.get(name) for name in ("max_attempts", "weight", "groups"))
        if type(groups) not in (bool, type(None)):
            self.fail(f"{where}.groups", f"must be true or false, got {groups!r}")
        attempts = table.get("attempts", "last_on_time")
        return replace(
            found,
            grace=self.span(table.get("grace", 0), f"{where}.grace"),
            bonus=self.number(table.get("bonus", 0), f"{where}.bonus", least=-1e6),
            bonuses={
                id: self.number(points, f"{where}.bonuses.{id}", least=-1e6) for id, points in bonuses.items()
            },
            sections={name: self.moment(due, f"{where}.sections.{name}") for name, due in sections.items()},
            attempts=cast("Attempts", self.one_of(attempts, get_args(Attempts), f"{where}.attempts")),
            max_attempts=None
            if most is None
            else int(self.number(most, f"{where}.max_attempts", whole=True, least=1)),
            weight=None if weight is None else self.number(weight, f"{where}.weight"),
            groups=bool(groups),
        )

    def late(self, table: Mapping[str, Any], where: str) -> Late:
        self.known(table, _LATE_KEYS, where)
        given = [name for name in ("percent", "points", "steps") if name in table]
        if len(given) != 1:
            self.fail(where, f"needs one of percent, points and steps, got {', '.join(given) or 'none'}")
        cap = table.get("cap")
        return Late(
            percent=self.number(table.get("percent", 0), f"{where}.percent"),
            points=self.number(table.get("points", 0), f"{where}.points"),
            per=cast("Any", self.one_of(table.get("per", "day"), ("hour", "day", "once"), f"{where}.per")),
            of=cast("Any", self.one_of(table.get("of", "earned"), ("earned", "maximum"), f"{where}.of")),
            cap=None if cap is None else self.number(cap, f"{where}.cap"),
            steps=self.steps(table.get("steps", []), f"{where}.steps"),
        )

    def steps(self, value: object, where: str) -> tuple[Step, ...]:
        if not isinstance(value, list):
            self.fail(where, f"must be a list of tables, got {value!r}")
        found = []
        for number, one in enumerate(value):
            table = self.table(one, f"{where}[{number}]")
            self.known(table, ("after", "percent"), f"{where}[{number}]")
            after = self.span(table.get("after", 0), f"{where}[{number}].after")
            percent = self.number(table.get("percent"), f"{where}[{number}].percent")
            found.append(Step(after=after, percent=percent))
        return tuple(found)


def submitted_in(said: Mapping[str, str], id: str) -> datetime | None:
    """Return when a student handed in, of what results.json says of a class; None if that is unknown."""
    try:
        found = datetime.fromisoformat(said[id])
    except (KeyError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
