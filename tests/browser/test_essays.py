"""A grader on the essay page with the keyboard only, in a real browser: items, conflicts, undo, hostile answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from autograder.course.catalog import Course
from autograder.records.decisions import PartId
from autograder.records.held import scores_given
from autograder.records.run_folder import Run
from tests.support.courses import TOY
from tests.support.desk import grade, serving

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


def article(browser: webdriver.Chrome) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, "#answer article")


def press(browser: webdriver.Chrome, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def becomes(browser: webdriver.Chrome, state: str) -> None:
    until(browser, lambda: article(browser).get_attribute("data-state") == state)


def until(browser: webdriver.Chrome, found: Callable[[], bool]) -> None:
    """Wait for what may meet an answer that is just being replaced."""
    waiting = WebDriverWait(browser, WAIT, ignored_exceptions=[StaleElementReferenceException])
    waiting.until(lambda _: found())


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


def test_a_class_is_graded_by_keys_alone(run: Run, browser: webdriver.Chrome, picture: Callable[[str], None]):
    def scores() -> dict[str, float | None]:
        return {whose.student: one.by_hand for whose, one in run.decisions.held().scores.items()}

    with serving(run.folder, "--grader", "cho") as (client, process):
        browser.get(f"http://{client.host}{client.path}")
        browser.find_element(By.CSS_SELECTOR, "label[for=en]").click()
        unharmed(browser)
        picture("serve-today")
        browser.find_element(By.PARTIAL_LINK_TEXT, "reason").click()
        until(browser, lambda: article(browser).is_displayed())
        for name in ANSWERS:  # the server sends no names unless asked
            assert name not in browser.page_source
        order = [one["who"][0] for one in client.answers()]
        assert sorted(order) == sorted(ANSWERS)

        press(browser, "?")
        assert browser.find_element(By.ID, "keys").is_displayed()
        press(browser, "?", "1")
        becomes(browser, "entered")
        press(browser, Keys.ENTER)  # saves, and shows the next that waits
        until(browser, lambda: scores() == {order[0]: 2})
        until(browser, lambda: "answer 2" in article(browser).text)
        press(browser, "1", "2", "c", "Good.", Keys.ENTER)
        until(browser, lambda: scores() == {order[0]: 2, order[1]: 3})
        assert run.decisions.history()[-1].who == "cho"
        assert run.decisions.held().scores[PartId(order[1], "q1_numbers", "reason")].comment == "Good."
        until(browser, lambda: "answer 3" in article(browser).text)
        press(browser, "u")  # takes the last one back
        until(browser, lambda: scores() == {order[0]: 2})
        press(browser, "s")  # the third is skipped; the next that waits is the fourth
        until(browser, lambda: "answer 4" in article(browser).text)
        press(browser, "0", Keys.ENTER)
        until(browser, lambda: scores() == {order[0]: 2, order[3]: 0})
        until(browser, lambda: "answer 2" in article(browser).text)
        press(browser, "k")
        until(browser, lambda: "answer 1" in article(browser).text)
        assert browser.find_element(By.ID, "scored").text == "2"
        unharmed(browser)
        picture("serve-essays")

        # Somebody else scores what is shown: it appears by itself, or is not overwritten unseen.
        assert client.give(order[0], 1)[0] == 200
        until(browser, lambda: browser.find_element(By.NAME, "points").get_attribute("value") == "1")
        press(browser, "0")
        assert client.give(order[0], 2.5)[0] == 200
        press(browser, Keys.ENTER)
        becomes(browser, "conflict")
        assert article(browser).find_element(By.CLASS_NAME, "theirs").text == "2.5"
        article(browser).find_element(By.CSS_SELECTOR, "button[name=mine]").click()
        until(browser, lambda: scores()[order[0]] == 0)
        given = scores_given(run.decisions.history())[PartId(order[0], "q1_numbers", "reason")]
        assert [one.score.by_hand for one in given] == [2, 1, 2.5, 0]

        becomes(browser, "saved")
        process.kill()
        process.wait()
        press(browser, "1", Keys.ENTER)
        becomes(browser, "unreachable")
        browser.execute_script("document.querySelector('article').dataset.state = 'saved'")


def test_what_students_wrote_stays_text_on_every_page(run: Run, browser: webdriver.Chrome):
    with serving(run.folder) as (client, _):
        address = f"http://{client.host}{client.path}"
        who = quote(EVIL, safe="")
        pages = [
            "",
            "part/q1_numbers/reason",
            f"student/{who}",
            f"student/{who}/q1_numbers/reason",
            "history",
        ]
        for page in pages:
            browser.get(address + page)
            unharmed(browser)
        browser.get(address + f"student/{who}/q1_numbers/reason")
        assert browser.find_element(By.CSS_SELECTOR, ".prose.text").text.startswith("<img src=x onerror=")
        browser.get(address + "student/lee/q1_numbers/mean")  # the code begins at what the part asks for
        here = browser.find_element(By.CSS_SELECTOR, "#code .here")
        code = browser.find_element(By.ID, "code")
        assert code.rect["y"] <= here.rect["y"] <= code.rect["y"] + code.rect["height"]
