"""A Jupyter server and a browser of one test module, both on the loopback interface, and where pictures go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.support.courses import REPOSITORY

PICTURES = REPOSITORY / "build" / "browser"  # what the pages looked like; CI may keep them


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Debian's Chromium, without a display."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.fail("chromium or chromedriver is missing; run: make test-browser, which installs both")
    options = Options()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("chromium")
    for argument in (
        "--headless=new",
        "--no-sandbox",  # as root; it visits nothing but our own pages
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--window-size=1300,1800",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    running = webdriver.Chrome(options=options, service=Service(driver))
    running.set_page_load_timeout(60)
    yield running
    running.quit()


@pytest.fixture(autouse=True)
def _nothing_of_earlier_tests(request: pytest.FixtureRequest) -> None:
    """Leave the page of an earlier test, whose server is gone, and forget what the browser said of it."""
    if "browser" in request.fixturenames:
        running = request.getfixturevalue("browser")
        running.get("about:blank")
        running.get_log("browser")


@pytest.fixture
def picture(browser: webdriver.Chrome, request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Keep what the page looks like as ``build/browser/<name>.png``; at the end as ``<test>.png``."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        assert browser.save_screenshot(str(PICTURES / f"{name}.png"))

    yield take
    take(request.node.name)
