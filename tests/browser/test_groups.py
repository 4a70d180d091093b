"""A grader in a real browser: a group is looked at once, named and told; a tolerance is tried and committed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.workflows.decided import decided
from tests.support.courses import RIGHT, TOY
from tests.support.desk import grade, serving
from tests.support.runs import rows
from tests.support.waiting import PATIENCE

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
    def seen(condition: Callable[[], object]) -> None:
        """Wait, also while the page is loaded anew."""
        ignored = [Exception]
        WebDriverWait(browser, PATIENCE, ignored_exceptions=ignored).until(lambda _: condition())

    def fill(form: str, **values: str) -> None:
        for name, value in values.items():
            field = browser.find_element(By.CSS_SELECTOR, f"#{form} [name={name}]")
            field.clear()
            field.send_keys(value)
        browser.find_element(By.CSS_SELECTOR, f"#{form} button").click()

    def reloaded(work: Callable[[], object]) -> None:
        browser.execute_script("window.before = true")
        work()
        seen(lambda: browser.execute_script("return document.readyState === 'complete' && !window.before"))

    with serving(run.folder, "--course", str(tmp_path / "course"), "--grader", "ahn") as (client, _):
        browser.get(f"http://{client.host}{client.path}groups")
        seen(lambda: browser.find_element(By.CSS_SELECTOR, "table.list td a"))
        picture("desk-groups")
        reloaded(browser.find_element(By.CSS_SELECTOR, "table.list td a").click)
        assert "sums, total = [], 1.0" in browser.find_element(By.CSS_SELECTOR, "pre.code").text
        drawn = browser.find_element(By.CSS_SELECTOR, "figure img")
        browser.execute_script("arguments[0].scrollIntoView()", drawn)
        seen(lambda: int(drawn.get_property("naturalWidth")) > 0)
        picture("desk-group")
        reloaded(lambda: fill("points", points="2", comment="거의 맞았습니다.", reason="close"))
        assert points(run) == {"choi": 5, "lee": 2, "park": 2, "강하늘": 2}
        fill("mistake", slug="from_one", ko="1에서 시작합니다.", en="It begins at 1.")
        seen(lambda: "autograder verify toy/q1_numbers" in browser.find_element(By.ID, "told").text)
        browser.get(f"http://{client.host}{client.path}what-if")
        field = browser.find_element(By.CSS_SELECTOR, 'tr[data-part=mean] [data-what="points"]')
        field.send_keys("4")
        reloaded(browser.find_element(By.CSS_SELECTOR, "#changes button").click)
        assert "4 of 4 students change: 4 get more points, 0 fewer." in browser.page_source
        picture("desk-what-if")
        reloaded(lambda: fill("commit", reason="twice the work"))
        assert {row["max_points"] for row in rows(run.results()).values() if row["part"] == "mean"} == {4}
        told = [row["student"] for row in rows(run.results()).values() if "It begins at 1." in str(row)]
        assert sorted(told) == ["lee", "park", "강하늘"]
        refused = [line["message"] for line in browser.get_log("browser") if "favicon" not in line["message"]]
        assert refused == []
