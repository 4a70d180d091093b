"""A grader in a real browser: a group is looked at once, named and told; a tolerance is tried and committed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium import webdriver

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.workflows.decided import decided
from tests.browser.grader import Grader
from tests.support.courses import RIGHT, TOY
from tests.support.desk import grade, serving
from tests.support.runs import rows

WRONG = RIGHT.replace("sums, total = [], 0.0", "sums, total = [], 1.0")


@pytest.fixture
def run(tmp_path: Path, cache: Path) -> Run:
    """A run of a course of its own, in which three of four begin the sums at 1."""
    course = Course(Path(shutil.copytree(TOY, tmp_path / "course")))
    for student in ("강하늘", "lee", "park"):
        path = tmp_path / "submissions" / student / "toy" / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{WRONG}# {student}\n", encoding="utf-8")
    return grade(tmp_path, {"choi": "because"}, course)


def points(run: Run) -> dict[str, float]:
    found = rows(decided(run, run.results()))
    return {student: row["points"] for (student, part), row in found.items() if part == "cumulative"}


def test_a_group_and_what_if(
    run: Run, tmp_path: Path, browser: webdriver.Chrome, picture: Callable[[str], None]
):
    with serving(run.folder, "--course", str(tmp_path / "course"), "--grader", "ahn") as (client, _):
        grader = Grader(browser, client)
        grader.open("groups")
        grader.until(lambda: grader.find("table.list td a"))
        picture("desk-groups")
        grader.reloaded(grader.find("table.list td a").click)
        assert "sums, total = [], 1.0" in grader.find("pre.code").text
        drawn = grader.find("figure img")
        browser.execute_script("arguments[0].scrollIntoView()", drawn)
        grader.until(lambda: int(drawn.get_property("naturalWidth")) > 0)
        picture("desk-group")
        grader.reloaded(
            lambda: grader.fill("#points", points="2", comment="거의 맞았습니다.", reason="close")
        )
        assert points(run) == {"choi": 5, "lee": 2, "park": 2, "강하늘": 2}
        grader.fill("#mistake", slug="from_one", ko="1에서 시작합니다.", en="It begins at 1.")
        grader.until(lambda: "autograder verify toy/q1_numbers" in grader.find("#told").text)
        grader.open("what-if")
        grader.find('tr[data-part=mean] [data-what="points"]').send_keys("4")
        grader.reloaded(grader.find("#changes button").click)
        assert "4 of 4 students change: 4 get more points, 0 fewer." in browser.page_source
        picture("desk-what-if")
        grader.reloaded(lambda: grader.fill("#commit", reason="twice the work"))
        assert {row["max_points"] for row in rows(run.results()).values() if row["part"] == "mean"} == {4}
        told = [row["student"] for row in rows(run.results()).values() if "It begins at 1." in str(row)]
        assert sorted(told) == ["lee", "park", "강하늘"]
        assert grader.refused() == []
