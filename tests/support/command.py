"""The command line, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.courses import REPOSITORY


def autograder(*arguments: object, cwd: Path = REPOSITORY, lang: str = "en", **options: object):
    """Run it in a process of its own, in English, and return the process with what it printed."""
    command = [sys.executable, "-m", "autograder", *map(str, arguments), "--lang", lang]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, **options)
