"""Several exams of a course together: totals with the policy, the percentage, and who passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from autograder.core.points import add_points
from autograder.core.text import Language, Text
from autograder.course.policy import CoursePolicy
from autograder.grading.policy import CourseTotal, ExamTotal, Settlement, course_total
from autograder.records.results import ClassResults
from autograder.reports.part import escape
from autograder.reports.spreadsheet import Sheet
from autograder.reports.standing import Standing

_STUDENT = Text(ko="학생", en="student")
_NAME = Text(ko="이름", en="name")
_DROPPED = Text(ko="제외", en="dropped")
_OPEN = Text(ko="미정", en="open")
_PASSED = Text(ko="합격", en="passed")
_YES, _NO = Text(ko="예", en="yes"), Text(ko="아니요", en="no")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentTotal:
    """A student's exams together.

    Attributes:
        settled: the exams by name; an exam without a result of the student counts as 0.
        open: points that wait for a person or for another run.
        total: the exams together; whether it passes is None while open points may change that.
    """

    student: str
    name: str
    section: str
    settled: Mapping[str, Settlement | None]
    open: float
    total: CourseTotal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTotals:
    """The totals of a class: the exams in their order, their maximum points, and the students."""

    max_points: Mapping[str, float]
    students: Sequence[StudentTotal]


def totals_of(exams: Sequence[tuple[ClassResults, Standing]], policy: CoursePolicy) -> ClassTotals:
    """Return the totals of several exams with the policy of the course."""
    found: dict[str, dict[str, Settlement]] = {}
    most: dict[str, float] = {}
    waiting: dict[str, list[float]] = {}
    for results, standing in exams:
        name = results.header.exam
        for student in results.students():
            settlement = standing.settled(student)
            found.setdefault(student.student, {})[name] = settlement
            most[name] = max(most.get(name, 0.0), settlement.max_points)
            waiting.setdefault(student.student, []).extend([student.totals.manual, student.totals.ungraded])
    standings = [standing for _, standing in exams]
    students = []
    for id, mine in sorted(found.items()):
        known = next((one for standing in standings if (one := standing.student(id))), None)
        students.append(
            StudentTotal(
                student=id,
                name=known.name if known else "",
                section=known.section if known else "",
                settled={name: mine.get(name) for name in most},
                open=add_points(waiting[id]),
                total=_total(mine, most, policy, is_open=any(waiting[id])),
            )
        )
    return ClassTotals(max_points=most, students=students)


def _total(
    mine: Mapping[str, Settlement], most: Mapping[str, float], policy: CoursePolicy, *, is_open: bool
) -> CourseTotal:
    exams = []
    for name, max_points in most.items():
        weight = policy.of(name).weight
        exams.append(
            ExamTotal(
                exam=name,
                total=mine[name].total if name in mine else 0.0,
                max_points=max_points,
                weight=max_points if weight is None else weight,
            )
        )
    found = course_total(exams, drop_lowest=policy.drop_lowest, pass_mark=policy.pass_mark)
    if is_open and found.passed is False:
        return CourseTotal(dropped=found.dropped, percent=found.percent, passed=None)
    return found


def totals_sheet(totals: ClassTotals, language: Language) -> Sheet:
    """Return the totals for a spreadsheet: for each exam the points, the policy, and what is final."""
    header = ["student", "name", "section"]
    for name in totals.max_points:
        header += [f"{name} points", f"{name} policy", f"{name} final", f"{name} max_points"]
    header += ["dropped", "percent", "open", "passed"]
    return Sheet("totals", header, (list(_row(totals, one, language)) for one in totals.students))


def _row(totals: ClassTotals, one: StudentTotal, language: Language) -> Iterable[object]:
    yield from (one.student, one.name, one.section)
    for name, max_points in totals.max_points.items():
        settled = one.settled[name]
        lines = " | ".join(line.text[language] for line in settled.lines) if settled else ""
        yield from (settled.points if settled else 0, lines, settled.total if settled else 0, max_points)
    passed = {True: "yes", False: "no", None: ""}[one.total.passed]
    yield from (", ".join(one.total.dropped), one.total.percent, one.open, passed)


def totals_table(totals: ClassTotals, language: Language) -> Table:
    """Return the totals as a table for the terminal."""
    table = Table()
    table.add_column(_STUDENT[language], overflow="fold")
    table.add_column(_NAME[language], overflow="fold")
    for name, max_points in totals.max_points.items():
        table.add_column(f"{name} /{max_points:g}", justify="right")
    for heading in (_DROPPED, Text("%", "%"), _OPEN, _PASSED):
        table.add_column(heading[language], justify="right", overflow="fold")
    for one in totals.students:
        cells = []
        for settled in one.settled.values():
            lines = [line.text[language] for line in settled.lines] if settled else []
            cells.append("\n".join([f"{settled.total:g}" if settled else "–", *lines]))
        passed = {True: _YES[language], False: _NO[language], None: ""}[one.total.passed]
        table.add_row(
            escape(one.student),
            escape(one.name),
            *cells,
            "\n".join(one.total.dropped),
            f"{one.total.percent:.2f}",
            f"{one.open:g}" if one.open else "",
            passed,
        )
    return table
