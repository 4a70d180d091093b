"""A grader in a browser: opens pages of the desk, fills in forms, presses keys, and waits for what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.desk import Client
from tests.support.waiting import PATIENCE


@dataclass(frozen=True)
class Grader:
    """Somebody at the desk."""

    browser: Chrome
    client: Client

    def open(self, page: str) -> None:
        """Go to a page of the desk."""
        self.browser.get(f"http://{self.client.host}{self.client.path}{page}")

    def find(self, selector: str) -> WebElement:
        """Return the first element."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def until(self, condition: Callable[[], object]) -> None:
        """Wait, also while the page is loaded anew."""
        ignored = [WebDriverException, AssertionError]
        WebDriverWait(self.browser, PATIENCE, ignored_exceptions=ignored).until(lambda _: condition())

    def press(self, *keys: str) -> None:
        """Type on the keyboard."""
        ActionChains(self.browser).send_keys(*keys).perform()

    def fill(self, form: str, **values: str) -> None:
        """Fill in a form, given by its selector, and press its button."""
        for name, value in values.items():
            field = self.find(f"{form} [name={name}]")
            field.clear()
            field.send_keys(value)
        self.find(f"{form} button").click()

    def reloaded(self, work: Callable[[], object]) -> None:
        """Do something after which the page is loaded anew, and wait until it is."""
        self.browser.execute_script("window.before = true")
        work()
        state = "return document.readyState === 'complete' && !window.before"
        self.until(lambda: self.browser.execute_script(state))

    def refused(self) -> list[str]:
        """Return what the browser complained about since it was asked last."""
        return [
            line["message"] for line in self.browser.get_log("browser") if "favicon" not in line["message"]
        ]
