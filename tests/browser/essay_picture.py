"""A class that wrote five different answers to one question, photographed while a person grades one."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from autograder.course.catalog import Course
from tests.browser.chromium import PATIENCE, photograph, resize
from tests.support.command import autograder
from tests.support.courses import REPOSITORY
from tests.support.desk import serving

EXAM, QUESTION, PART = "dl2022_midterm", "q2_linear_regression", "convergence"
REASONS = {
    "김 서연": "마지막 갱신에서 기울기의 크기가 0.01보다 작아 거의 0이다. 평균제곱오차는 w에 대해 볼록하므로 "
    "기울기가 0인 점은 전역 최솟값이다. 따라서 참값을 몰라도 수렴했다고 판단할 수 있다.",
    "박 지호": "w가 2.5와 4에 가까우므로 잘 되었다.",
    "이 하은": "The last gradient is about (0.003, -0.001), so the updates have stopped.\n"
    "I did not check whether another minimum would be better.",
    "정 민준": "기울기가 0에 가깝다. 손실이 볼록 함수라서 극소가 하나뿐이다.",
    "최 유나": "Not yet: with this learning rate the gradient is still 0.8 after the last step and keeps shrinking, "
    "and since the loss is convex more steps would lead to the global minimum.",
}
KEYS = ("1", "2", "3")  # of the items that the first answer shown gets


def photograph_essays(browser: Chrome, folder: Path, picture: Path) -> None:
    """Grade the class into ``folder``, enter points for some of it, and save the page as a PNG file."""
    solution = Course(REPOSITORY).question(f"{EXAM}/{QUESTION}").solution_source
    for student, reason in REASONS.items():
        path = folder / "essays" / student / f"{QUESTION}.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{solution}\nCONVERGENCE_REASON = {reason!r}\n", encoding="utf-8")
    run = folder / "essays_run"
    autograder("grade", EXAM, folder / "essays", "--output", run, "--question", QUESTION, "--quiet")
    with serving(run, "--grader", "kim") as (client, _):
        resize(browser, 1200, 900)
        browser.get(f"http://{client.host}{client.path}essay/{QUESTION}/{PART}")
        waiting = WebDriverWait(browser, PATIENCE)
        waiting.until(lambda page: page.find_elements(By.CSS_SELECTOR, "#answer article"))
        ActionChains(browser).send_keys(*KEYS).perform()
        photograph(browser, picture, 1500)
