"""The policy in course.toml."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime, timedelta

import pytest

from autograder.course.modules import CatalogError
from autograder.course.policy import due_for, policy_of
from autograder.course.roster import Student
from autograder.grading.policy import ExamPolicy, Late, Step
from tests.support.courses import REPOSITORY

WHOLE = """
languages = ["ko"]
timezone = "Asia/Seoul"
pass_mark = 60
drop_lowest = 1

[policy]
grace = "10 min"
late = { percent = 10, per = "day", cap = 50 }

[exams.midterm]
due = 2026-11-20T18:00:00
bonus = 1
bonuses = { 20211234 = 2.5 }
attempts = "last"
max_attempts = 3
groups = true
weight = 2

[exams.midterm.sections]
B = 2026-11-21

[exams.final]
due = "2026-12-20 18:00 Asia/Tokyo"
grace = 0
late.steps = [{ percent = 10 }, { after = "24 h", percent = 30 }]
"""


def policy(folder, text):
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return policy_of(folder, ["midterm", "final"])


def test_every_key(tmp_path):
    found = policy(tmp_path, WHOLE)
    assert (str(found.zone), found.pass_mark, found.drop_lowest) == ("Asia/Seoul", 60, 1)
    usual = Late(percent=10, per="day", cap=50)
    assert found.of("quiz") == ExamPolicy(grace=timedelta(minutes=10), late=usual)
    assert found.of("midterm") == ExamPolicy(
        due=datetime(2026, 11, 20, 9, tzinfo=UTC),
        grace=timedelta(minutes=10),
        late=usual,
        bonus=1,
        bonuses={"20211234": 2.5},
        sections={"B": datetime(2026, 11, 21, 14, 59, 59, tzinfo=UTC)},
        attempts="last",
        max_attempts=3,
        groups=True,
        weight=2,
    )
    steps = (Step(after=timedelta(0), percent=10), Step(after=timedelta(days=1), percent=30))
    assert found.of("final") == ExamPolicy(due=datetime(2026, 12, 20, 9, tzinfo=UTC), late=Late(steps=steps))


def test_a_table_may_be_of_an_exam_to_come_or_left_out_of_a_bundle(tmp_path):
    (tmp_path / "course.toml").write_text(WHOLE, encoding="utf-8")
    assert policy_of(tmp_path, ["final"]).of("final").due == datetime(2026, 12, 20, 9, tzinfo=UTC)


def test_without_a_file_there_is_no_policy(tmp_path):
    assert policy_of(tmp_path, []).of("midterm") == ExamPolicy()


def test_whose_due_date_counts(tmp_path):
    midterm = policy(tmp_path, WHOLE).of("midterm")
    day = [datetime(2026, 11, number, tzinfo=UTC) for number in range(1, 30)]
    assert due_for(midterm, "midterm", None) == midterm.due
    assert due_for(midterm, "midterm", Student(id="1", section="B")) == midterm.sections["B"]
    assert due_for(midterm, "midterm", Student(id="1", due=day[24])) == day[24]
    assert due_for(midterm, "midterm", Student(id="1", due=day[2])) == midterm.due
    assert due_for(midterm, "midterm", Student(id="1", dues={"midterm": day[2]})) == day[2]
    assert due_for(ExamPolicy(), "midterm", Student(id="1", due=day[2])) is None


WRONG = {
    "pass_marc = 60": "no key is named 'pass_marc'; did you mean 'pass_mark'?",
    "[exams.midterm]\ndeu = 2026-11-20": "exams.midterm: no key is named 'deu'; did you mean 'due'?",
    "[exams.midtrem]\nbonus = 1": "exams: no exam is named 'midtrem'; did you mean 'midterm'?",
    "[policy]\nlate.percents = 1": "policy.late: no key is named 'percents'; did you mean 'percent'?",
    "[policy]\nlate.percent = 1\nlate.per = 'week'": "policy.late.per: must be one of hour, day, once, got 'week'",
    "[policy]\nlate.per = 'day'": "policy.late: needs one of percent, points and steps, got none",
    "[policy]\nlate.percent = -1": "policy.late.percent: must be a number from 0 on, got -1",
    "[policy]\nlate = 3": "policy.late: must be a table, got 3",
    "[policy]\nlate.steps = [{ after = '1 d', percent = 1 }]": "policy.late.steps[0].after: must be a span of time",
    "[policy]\ngrace = 10": "policy.grace: must be a span of time such as",
    "[policy]\ngroups = 1": "policy.groups: must be true or false, got 1",
    "[policy]\nattempts = 'best'": "policy.attempts: must be one of last_on_time, last, first, got 'best'",
    "[exams.midterm]\ndue = 2026-11-20T18:00:00": "exams.midterm.due: 2026-11-20 18:00:00 has no time zone; write timezone =",
    "timezone = 'Asia/Soul'": 'timezone must be a name such as "Asia/Seoul"',
    "timezone = 9": 'timezone must be a name such as "Asia/Seoul"',
    "drop_lowest = 1.5": "drop_lowest: must be a whole number from 0 on, got 1.5",
    "exams = 1": "exams: must be a table, got 1",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named(tmp_path, text):
    with pytest.raises(CatalogError) as error:
        policy(tmp_path, text)
    assert WRONG[text] in str(error.value)
    assert str(error.value).startswith(str(tmp_path / "course.toml"))


def test_the_example_of_the_docs_is_a_policy(tmp_path):
    page = (REPOSITORY / "docs/classes.md").read_text(encoding="utf-8")
    example = page.partition("## The policy: `course.toml`")[2].partition("\n`late` takes")[0]
    (tmp_path / "course.toml").write_text(textwrap.dedent(example), encoding="utf-8")
    found = policy_of(tmp_path, ["dl2022_midterm"]).of("dl2022_midterm")
    assert (found.late, found.weight, found.bonuses) == (Late(percent=10, cap=50), 40, {"20211234": 2})
    assert found.sections["B"] == datetime(2026, 11, 21, 9, tzinfo=UTC)
