"""A student in JupyterLab: runs a released notebook with a wrong answer, is told so, and puts it right."""

from __future__ import annotations

import time

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.jupyter import jupyter
from tests.support.courses import TOY

WAIT = 45  # seconds
AGAIN = 10  # seconds after which a cell that has not begun is run again
WRONG = "def cumulative(values, scale):\n    return [scale * value for value in values]"
RIGHT = WRONG.replace(
    "[scale * value for value in values]", "[scale * sum(values[:n]) for n in range(1, len(values) + 1)]"
)


@pytest.fixture(scope="module")
def release(tmp_path_factory, autograder):
    folder = tmp_path_factory.mktemp("release")
    made = autograder("release", "toy", "--output", folder, "--course", TOY)
    assert made.returncode == 0, made.stderr
    return folder


class Notebook:
    """The notebook that is open in JupyterLab, which draws its cells anew as it likes."""

    def __init__(self, browser):
        self.browser = browser

    def wait(self, condition):
        patient = WebDriverWait(self.browser, WAIT, ignored_exceptions=[StaleElementReferenceException])
        return patient.until(lambda _: condition())

    def find(self, text, inner):
        """Return what is in the code cell that holds a text; None while it is not there."""
        cells = self.browser.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell")
        cell = next((cell for cell in cells if text in cell.get_attribute("textContent")), None)
        return cell and next(iter(cell.find_elements(By.CSS_SELECTOR, inner)), None)

    def prompt(self, text):
        found = self.find(text, ".jp-InputPrompt")
        return found and found.text

    def run(self, text, source=None):
        """Click into the cell that holds a text, type a source instead of what is there, and run it."""
        before = self.wait(lambda: self.prompt(text))
        self.wait(lambda: self.click(text))
        editor = self.browser.switch_to.active_element
        if source is not None:
            editor.send_keys(Keys.CONTROL, "a")
            self.browser.execute_cdp_cmd("Input.insertText", {"text": source})
        editor.send_keys(Keys.SHIFT, Keys.ENTER)
        started = time.monotonic()

        def ran():
            nonlocal started
            if self.prompt(text) == before and time.monotonic() - started > AGAIN:
                self.click(text)  # what is typed while the page is drawn anew is lost
                self.browser.switch_to.active_element.send_keys(Keys.SHIFT, Keys.ENTER)
                started = time.monotonic()
            return self.prompt(text) not in (None, before, "[*]:")

        self.wait(ran)

    def click(self, text):
        editor = self.find(text, ".cm-content")
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", editor)
        editor.click()
        return True

    def output(self, text):
        def shown():
            found = self.find(text, ".jp-OutputArea-output")
            return found and found.text

        return self.wait(shown)


def test_a_student_is_told_what_is_wrong_and_puts_it_right(release, browser, picture, tmp_path):
    with jupyter(release, tmp_path / "jupyter.log") as address:
        browser.get(f"{address}/lab/tree/q1_numbers.ipynb")
        notebook = Notebook(browser)
        notebook.run("from autograder import check")
        notebook.run("def cumulative(", WRONG)
        notebook.run('check("cumulative"')
        failed = notebook.output('check("cumulative"')
        picture("student-wrong")
        assert failed.startswith("failed Cumulative sums")
        assert "The total was not carried on." in failed  # the mistake has a name
        notebook.run("def cumulative(", RIGHT)
        notebook.run('check("cumulative"')
        passed = notebook.output('check("cumulative"')
        picture("student-right")
        assert passed.startswith("right so far Cumulative sums")
        assert "value of sums right" in passed
        assert not {"failed", "wrong"} & set(passed.split())
