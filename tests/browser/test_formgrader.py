"""An instructor in nbgrader's formgrader: sees the scores of three students and grades an essay."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from selenium.common.exceptions import (
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.jupyter import jupyter
from tests.support.nbgrader_course import gradebook

WAIT = 60  # seconds
# What a page says that is still being built.
UNSETTLED = [NoSuchElementException, ElementNotInteractableException, StaleElementReferenceException]


@pytest.fixture
def classroom(generated, tmp_path, autograder):
    """nbgrader's course with the scores of three students, and the run that they are of."""
    course, graded = Path(shutil.copytree(generated, tmp_path / "class")) / "course", tmp_path / "class/run"
    assert not autograder("report", graded, "--format", "nbgrader", "--output", course).returncode
    return course, graded


def give(page, points):
    """Type points for the essay."""
    box = page.find_element(By.CSS_SELECTOR, "input.score.needs_manual_grade")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.send_keys(points, Keys.TAB)
    return True


def test_an_instructor_sees_the_scores_and_grades_an_essay(classroom, browser, picture, autograder, tmp_path):
    course, graded = classroom
    wait = WebDriverWait(browser, WAIT, ignored_exceptions=UNSETTLED)
    with jupyter(course, tmp_path / "jupyter.log") as address:
        browser.get(f"{address}/formgrader/manage_submissions/toy")
        wait.until(lambda page: len(page.find_elements(By.CSS_SELECTOR, "tbody tr")) == 3)
        for student, points in {"ann": "7 / 10", "bob": "5 / 10", "cho": "7 / 10"}.items():
            row = next(
                row for row in browser.find_elements(By.CSS_SELECTOR, "tbody tr") if student in row.text
            )
            assert points in row.text
        picture("formgrader-scores")

        browser.get(f"{address}/formgrader/gradebook/toy/q1_numbers/?view=ann")
        # They stand in an order of formgrader's own, and of the three two wait for points.
        waiting = "tbody tr:has(.needs-manual-grade span)"
        wait.until(lambda page: len(page.find_elements(By.CSS_SELECTOR, waiting)) == 2)
        picture("formgrader-notebooks")
        link = browser.find_element(By.CSS_SELECTOR, f"{waiting} a[href*='/formgrader/submissions/']")
        browser.get(link.get_attribute("href"))
        wait.until(lambda page: give(page, "2.5"))
        assert "REASON" in browser.page_source
        waits = ("ann", "bob")
        wait.until(
            lambda _: [gradebook(course)[s, "reason-by-hand"] for s in waits].count((None, 2.5, False)) == 1
        )
        picture("formgrader-essay")
        student = next(s for s in waits if gradebook(course)[s, "reason-by-hand"][1] == 2.5)

        # The reports of the run take it up while formgrader is open, and formgrader goes on in the same book.
        result = autograder("report", graded, "--format", "nbgrader,csv", "--output", course)
        assert result.returncode == 0, result.stderr
        with (course / "totals.csv").open(encoding="utf-8-sig") as file:
            totals = {row["student"]: row for row in csv.DictReader(file)}
        assert float(totals[student]["points"]) == {"ann": 9.5, "bob": 7.5}[student]
        assert float(totals[student]["manual"]) == 0
        browser.get(f"{address}/formgrader/manage_submissions/toy")
        expected = {"ann": "9.5 / 10", "bob": "7.5 / 10"}[student]
        wait.until(lambda page: expected in page.find_element(By.CSS_SELECTOR, "tbody").text)
        picture("formgrader-after")
