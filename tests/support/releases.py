"""Releases of a question, and what a student has who installed the wheel that came with one."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from autograder.core.progress import Silent
from autograder.handout.write import write_release
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from tests.support.courses import KEY


def release_of(exam, folder: Path, isolation, say=lambda line: None) -> Path:
    """Write a release in both languages and return its folder."""
    write_release(
        exam,
        folder,
        languages=["ko", "en"],
        key=KEY.encode(),
        runner=Runner(executor=Local(isolation)),
        jobs=2,
        progress=Silent(),
        say=say,
    )
    return folder


class Student:
    """Runs Python with the wheel of a release before all other packages, as after installing it."""

    def __init__(self, release: Path, packages: Path) -> None:
        (wheel,) = release.glob("*.whl")
        zipfile.ZipFile(wheel).extractall(packages)
        self.environ = {**os.environ, "PYTHONPATH": str(packages), "LC_ALL": "en_US.UTF-8"}
        self.environ.pop("PYTEST_XDIST_WORKER", None)

    def run(self, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run ``python -m ...``."""
        command = [sys.executable, "-m", *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, env=self.environ, capture_output=True, text=True, check=False)
