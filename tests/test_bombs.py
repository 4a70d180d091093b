"""The benchmark of bombs works, and two that were found stay harmless."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.courses import REPOSITORY

pytestmark = pytest.mark.hostile


def test_two_bombs_cost_the_trusted_side_little():
    kinds = ["--kind", "long error", "--kind", "column"]
    done = subprocess.run(
        [sys.executable, "benchmarks/bombs.py", *kinds], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "column" in done.stdout
    assert "OVER" not in done.stdout
