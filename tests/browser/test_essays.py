"""An instructor on the essay page, in a real browser: points, conflicts, both languages, hostile answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from autograder.course.catalog import Course
from autograder.records.decisions import PartId
from autograder.records.held import scores_given
from autograder.records.run_folder import Run
from tests.support.courses import TOY
from tests.support.desk import Client, grade, serving

ATTACK = "<img src=x onerror=\"window.hacked='{0}'\"><script>window.hacked='{0}'</script>\"'></p><style>*{{display:none}}</style>{{{{7*7}}}}"
EVIL = "=1+1<img src=x onerror=window.hacked=1>'\""
ANSWERS = {
    "강하늘": "평균은 모든 값을 더한 뒤 개수로 나눈 것이다. 그래서 값 하나가 크게 바뀌면 평균도 함께 바뀐다.",
    EVIL: ATTACK.format("answer") + "\n\u202eright to left",
    "lee": "Because the sum is divided by the count.\n\n  indented\n" + "long " * 300,
    "park": "x" * 3000,
}
WAIT = 20  # seconds


@pytest.fixture
def run(tmp_path: Path, cache: Path) -> Run:
    return grade(tmp_path, ANSWERS, Course(TOY))


def card(browser: webdriver.Chrome, student: str) -> WebElement:
    found = browser.find_elements(By.CSS_SELECTOR, "article")
    return next(one for one in found if one.get_attribute("data-student") == student)


def enter(element: WebElement, points: str) -> None:
    element.find_element(By.NAME, "points").send_keys(Keys.CONTROL, "a", Keys.NULL, points, Keys.ENTER)


def becomes(browser: webdriver.Chrome, student: str, state: str) -> None:
    WebDriverWait(browser, WAIT).until(lambda _: card(browser, student).get_attribute("data-state") == state)


def unharmed(browser: webdriver.Chrome) -> None:
    """Nothing that a student wrote ran or became markup, and no page was refused anything of its own."""
    assert browser.execute_script("return window.hacked ?? null") is None
    assert (
        browser.execute_script(
            "return document.querySelectorAll('main script, main style, img[src=x]').length"
        )
        == 0
    )
    refused = [line["message"] for line in browser.get_log("browser") if "favicon" not in line["message"]]
    assert refused == []


def test_two_graders_on_the_essay_page(run: Run, browser: webdriver.Chrome, picture: Callable[[str], None]):
    with serving(run.folder) as (client, process):
        browser.get(f"http://{client.host}{client.path}")
        WebDriverWait(browser, WAIT).until(lambda page: "0 of 4 scored" in page.page_source)
        unharmed(browser)
        browser.switch_to.frame("dashboard")
        WebDriverWait(browser, WAIT).until(lambda page: "강하늘" in page.page_source)
        unharmed(browser)
        browser.switch_to.default_content()
        picture("serve-overview")
        browser.find_element(By.PARTIAL_LINK_TEXT, "reason").click()
        unharmed(browser)
        assert (
            card(browser, EVIL)
            .find_element(By.CSS_SELECTOR, ".text")
            .text.startswith('<img src=x onerror="window.')
        )

        enter(card(browser, "강하늘"), "2.5")
        becomes(browser, "강하늘", "saved")
        card(browser, EVIL).find_element(By.XPATH, ".//button[text()='0']").click()
        becomes(browser, EVIL, "saved")
        assert {whose.student: one.by_hand for whose, one in run.decisions.held().scores.items()} == {
            "강하늘": 2.5,
            EVIL: 0,
        }
        assert browser.find_element(By.ID, "scored").text == "2"

        enter(card(browser, "lee"), "4")
        becomes(browser, "lee", "refused")
        assert "Enter a number from 0 to 3." in card(browser, "lee").text

        _score_elsewhere(client, "park", 1)
        becomes(browser, "park", "saved")  # by itself: the other grader's points appear
        assert card(browser, "park").find_element(By.NAME, "points").get_attribute("value") == "1"
        field = card(browser, "park").find_element(By.NAME, "points")
        field.send_keys(Keys.CONTROL, "a", Keys.NULL, "3")  # not entered yet
        _score_elsewhere(client, "park", 2)
        field.send_keys(Keys.ENTER)
        becomes(browser, "park", "conflict")
        told = card(browser, "park")
        assert (
            told.find_element(By.CLASS_NAME, "theirs").text,
            told.find_element(By.CLASS_NAME, "mine").text,
        ) == ("2", "3")
        picture("serve-essays")
        told.find_element(By.CSS_SELECTOR, "button[name=mine]").click()
        becomes(browser, "park", "saved")
        history = scores_given(run.decisions.history())[PartId("park", "q1_numbers", "reason")]
        assert [one.score.waiting for one in history] == [1, 2, 3]

        browser.find_element(By.CSS_SELECTOR, "label[for=ko]").click()
        assert "사람이 채점할" not in told.text
        assert "저장됨" in told.text
        assert "saved" not in told.text
        browser.find_element(By.ID, "anonymous").click()
        assert "강하늘" not in browser.find_element(By.ID, "answers").text

        process.kill()
        process.wait()
        enter(card(browser, "강하늘"), "3")
        becomes(browser, "강하늘", "unreachable")
        browser.execute_script(
            "window.onbeforeunload = null; for (const one of document.querySelectorAll('article')) one.dataset.state = 'saved'"
        )


def _score_elsewhere(client: Client, student: str, points: float) -> None:
    status, content = client.give(student, points)
    assert status == 200, json.dumps(content)
