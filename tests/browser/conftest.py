"""A Jupyter server and a browser of one test module, both on the loopback interface, and where pictures go."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.conftest import REPOSITORY

PICTURES = REPOSITORY / "build" / "browser"  # what the pages looked like; CI may keep them
START, STOP = 60, 10  # seconds

Jupyter = Callable[[Path], "Iterator[str]"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def jupyter(folder: Path, log: Path) -> Iterator[str]:
    """Serve a folder with JupyterLab and nbgrader's formgrader; yield the address."""
    port = _free_port()
    options = {
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 0,
        "open_browser": False,
        "allow_root": True,
        "root_dir": str(folder),
    }
    command = [sys.executable, "-m", "jupyter", "lab", "--IdentityProvider.token="]
    command += [f"--ServerApp.{name}={value}" for name, value in options.items()]
    # Settings of this machine's users, such as another theme, change nothing.
    home = log.parent / "home"
    environment = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHONPATH": str(REPOSITORY),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # the server ends its kernels
        try:
            server.wait(STOP)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(STOP)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"Jupyter did not start within {START} s:\n{log.read_text(errors='replace')[-3000:]}")


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


@pytest.fixture
def picture(browser: webdriver.Chrome, request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Keep what the page looks like as ``build/browser/<name>.png``; at the end as ``<test>.png``."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        assert browser.save_screenshot(str(PICTURES / f"{name}.png"))

    yield take
    take(request.node.name)
