"""What the tests share: a course without a framework, and the command line as a user runs it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from autograder.course.catalog import Course
from autograder.course.question import QuestionEntry
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.choose import choose, confining
from autograder.sandbox.protocol import Isolation
from tests.support import command, scheduling
from tests.support.courses import KEY, TOY, edit

# The tests in a browser need an extra of their own; make test-browser installs it.
collect_ignore = [] if find_spec("selenium") else ["browser"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: scheduling.rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return scheduling.ByGroup(config, log)


# For Python 3.14 there is no TensorFlow yet; what needs it is skipped there, and counted with the reason.
NEEDS_TENSORFLOW = re.compile(
    "bigdata_final/q[123]|fashion|cifar|trained_weights|tensorflow|tensorboard|keras"
)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if NEEDS_TENSORFLOW.search(item.nodeid) and find_spec("tensorflow") is None:
        pytest.skip("TensorFlow is not installed")


Autograder = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all of pytest's processes, so that no reference is made twice."""
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "cache"


@pytest.fixture(autouse=True, scope="session")
def _environment(cache: Path) -> None:
    """References go to a folder of this session, variants come from a key of their own, Ctrl-C is heard."""
    os.environ["AUTOGRADER_CACHE"] = str(cache)
    os.environ["AUTOGRADER_KEY"] = KEY
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's command in the background inherits it
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def autograder() -> Autograder:
    """Run the command line in a process of its own, in English, and return what it printed."""
    return command.autograder


@pytest.fixture(scope="session")
def bubblewrap() -> Isolation:
    """The sandbox; make test installs it, so that a machine without it is a failure and no skip."""
    isolation = choose("bubblewrap")
    assert isinstance(isolation, Bubblewrap)
    return isolation


@pytest.fixture(scope="session")
def warm() -> Iterator[Isolation]:
    """The sandbox that imports a framework once: for tests that run much of it."""
    with confining("warm") as isolation:
        yield isolation


@pytest.fixture
def toy_course(tmp_path: Path) -> Course:
    """A copy of the toy course that a test may change."""
    return Course(Path(shutil.copytree(TOY, tmp_path / "course")))


@pytest.fixture
def toy(toy_course: Course) -> QuestionEntry:
    return toy_course.question("toy/q1_numbers")


@pytest.fixture
def impatient(toy: QuestionEntry) -> QuestionEntry:
    """The toy question with limits of a second, for what never ends by itself."""
    edit(toy.path, "SECONDS = 30", "SECONDS = 1")
    return toy


@pytest.fixture
def submit(tmp_path: Path) -> Callable[..., Path]:
    """Write ``submissions/<student>/toy/q1_numbers.py`` and return the folder of submissions."""

    def write(student: str, source: str, name: str = "q1_numbers.py") -> Path:
        path = tmp_path / "submissions" / student / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return tmp_path / "submissions"

    return write


@pytest.fixture(scope="session")
def generated(tmp_path_factory, autograder):
    """A course for which nbgrader generated the assignment; it, a run of three students, and the gradebook."""
    from tests.support.nbgrader_course import submit_class

    folder = tmp_path_factory.mktemp("nbgrader")
    course, run = folder / "course", folder / "run"
    made = autograder("nbgrader", course, "toy", "--course", TOY)
    assert made.returncode == 0, made.stderr
    generate = [sys.executable, "-m", "nbgrader", "generate_assignment", "toy"]
    subprocess.run(generate, cwd=course, check=True, capture_output=True)
    submit_class(course)
    graded = autograder("grade", "toy", course / "submitted", "--output", run, "--course", TOY)
    assert graded.returncode == 0, graded.stderr
    return folder
