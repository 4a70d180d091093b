"""Every page of the desk, wide and on a telephone: read by all, by screen readers too, and no wider than the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from autograder.course.catalog import Course
from autograder.records.decisions import Score
from autograder.records.requests import page_token, take_request
from autograder.records.run_folder import Run
from autograder.records.run_key import run_key
from tests.browser.chromium import resize, serious
from tests.browser.grader import Grader
from tests.support.courses import REPOSITORY, RIGHT, TOY
from tests.support.desk import grade, serving

WRONG = RIGHT.replace("sums, total = [], 0.0", "sums, total = [], 1.0")
PART = "q1_numbers/cumulative"
PAGES = {
    "today": "",
    "part": f"part/{PART}",
    "student": "student/lee",
    "student_part": f"student/lee/{PART}",
    "essays": "essay/q1_numbers/reason",
    "unexplained": "groups",
    "requests": "requests",
    "history": "history",
    "export": "export",
    "ungraded": "ungraded",
    "what_if": "what-if",
}
WITHIN = {"base", "both", "groups", "answer"}  # templates that are part of pages


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Run:
    """A run with something on every page: a group, essays, a decision and a request."""
    folder = tmp_path_factory.mktemp("desk")
    for student in ("강하늘", "lee", "x" * 60):
        path = folder / "submissions" / student / "toy" / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{WRONG}# {student}\n", encoding="utf-8")
    run = grade(folder, {"choi": "because " * 60}, Course(TOY))
    score = Score(
        student="lee", question="q1_numbers", part="cumulative", automatic=1, comment="nearly " * 40
    )
    run.decisions.decide([score], who="cho", source="desk", seen=[0], why="wider " * 30)
    about = {"look_again": 1, "exam": "toy", "student": "lee", "question": "q1_numbers", "part": "cumulative"}
    token = page_token(run_key(run.folder), "toy", "lee")
    take_request(run, json.dumps({**about, "text": "y" * 300, "token": token}).encode())
    return run


def test_every_page_has_its_place_here():
    templates = {path.stem for path in (REPOSITORY / "autograder/desk/templates").glob("*.html")}
    assert templates == {*PAGES, "group"} | WITHIN


@pytest.mark.parametrize("width", [1200, 390])
def test_every_page_of_the_desk_can_be_read_by_all(run: Run, browser: Chrome, width: int):
    with serving(run.folder, "--grader", "cho") as (client, _):
        grader = Grader(browser, client)
        resize(browser, width, 900)
        change = {"what": "points", "question": "q1_numbers", "part": "mean", "value": 4}
        assert client.post("what-if/preview", {"changes": [change]})[0] == 200
        grader.open("groups")
        grader.until(lambda: grader.find("table.list td a"))
        group = grader.find("table.list td a").get_attribute("href").partition(client.path)[2]
        for name, page in {**PAGES, "group": group, "dashboard": "dashboard"}.items():
            grader.open(page)
            grader.until(lambda: grader.find("h1").is_displayed())
            for details in browser.find_elements(By.TAG_NAME, "details"):
                browser.execute_script("arguments[0].open = true", details)
            assert serious(browser) == [], name
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, name
        resize(browser, 1280, 900)
