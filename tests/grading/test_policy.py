"""The arithmetic of a course's policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autograder.grading.policy import ExamPolicy, ExamTotal, Late, Step, course_total, settle

DUE = datetime(2026, 11, 20, 9, tzinfo=UTC)
STEPS = Late(steps=[Step(after=timedelta(0), percent=5), Step(after=timedelta(hours=24), percent=30)])


def settled(late: timedelta | None, policy: ExamPolicy, bonus: float = 0.0, points: float = 36.5):
    submitted = None if late is None else DUE + late
    return settle(points, 40, policy, submitted=submitted, due=DUE, bonus=bonus)


@pytest.mark.parametrize(
    ("late", "hours", "total"),
    [
        (Late(percent=10), 0, 36.5),
        (Late(percent=10), 1, 32.85),
        (Late(percent=10), 24, 32.85),
        (Late(percent=10), 26, 29.2),
        (Late(percent=10, of="maximum"), 26, 28.5),
        (Late(percent=10, cap=15), 100, 31.03),  # 15 % of 36.5 is 5.475: for the student
        (Late(percent=1, per="hour"), 2.5, 35.41),
        (Late(points=2, per="hour"), 3, 30.5),
        (Late(points=2, per="hour", cap=5), 30, 31.5),
        (Late(points=20), 100, 0.0),
        (Late(percent=50, per="once"), 1000, 18.25),
        (STEPS, 1, 34.68),
        (STEPS, 24, 34.68),
        (STEPS, 25, 25.55),
    ],
)
def test_what_lateness_costs(late, hours, total):
    assert settled(timedelta(hours=hours), ExamPolicy(late=late)).total == total


def test_the_line_says_what_and_why():
    found = settled(timedelta(hours=25, minutes=1), ExamPolicy(late=Late(percent=10)), bonus=2)
    assert [(line.text.en, line.points) for line in found.lines] == [
        ("late by 26 h: −20 %", -7.3),
        ("bonus +2", 2),
    ]
    assert [line.text.ko for line in found.lines] == ["26시간 늦게 제출: −20 %", "가산점 +2점"]
    assert (found.points, found.max_points, found.total) == (36.5, 40, 31.2)


def test_within_the_grace_nothing_is_taken_and_after_it_everything_from_the_due_date_on():
    policy = ExamPolicy(late=Late(percent=1, per="hour"), grace=timedelta(minutes=15))
    inside = settled(timedelta(minutes=15), policy)
    assert (inside.total, inside.lines[0].text.en) == (36.5, "late by 15 min, within the grace: nothing less")
    after = settled(timedelta(hours=2, minutes=10), policy, points=40)
    assert after.total == pytest.approx(40 - 1.2)


def test_nothing_is_late_whose_time_is_unknown_or_that_costs_nothing():
    assert settled(None, ExamPolicy(late=Late(percent=10))).lines == ()
    assert settled(timedelta(days=9), ExamPolicy()).lines == ()


def test_a_total_is_never_below_zero():
    assert settled(None, ExamPolicy(), bonus=-50).total == 0
    assert settled(timedelta(days=1), ExamPolicy(late=Late(points=50)), points=0).total == 0


def exam(name: str, total: float, weight: float = 40, most: float = 40) -> ExamTotal:
    return ExamTotal(exam=name, total=total, max_points=most, weight=weight)


def test_the_mean_of_exams_by_weight():
    found = course_total([exam("a", 20), exam("b", 40, weight=120)], pass_mark=87.5)
    assert (found.percent, found.dropped, found.passed) == (87.5, (), True)
    assert course_total([exam("a", 20)], pass_mark=50.1).passed is False
    assert course_total([exam("a", 20)]).passed is None


def test_the_lowest_are_dropped_but_one_always_counts():
    exams = [exam("a", 10), exam("b", 40), exam("c", 20, weight=1)]
    assert course_total(exams, drop_lowest=1).dropped == ("a",)
    assert course_total(exams, drop_lowest=9).dropped == ("a", "c")
    assert course_total(exams, drop_lowest=9).percent == 100
    assert course_total([], drop_lowest=1).percent == 0
