"""A rehearsal leaves nothing that a submission could see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.launch import worker_environment
from tests.support.courses import REPOSITORY

SEEN = """
import importlib, os, sys
from autograder.probing.arrays import PRELOAD
from autograder.worker.reading import Cell
from autograder.worker.rehearsal import rehearse
from autograder.worker.reset import Process, reset
from autograder.worker.shell import make_shell

for name in PRELOAD[sys.argv[1]]:
    importlib.import_module(name)
if sys.argv[2] == "rehearsed":
    rehearse()
shell = make_shell()
process = Process.now()
reset(process)
before = sorted(shell.user_ns)
cells = (
    Cell("q.ipynb[1]", "first = [len(In), dict(Out), _, __, ___]"),
    Cell("q.ipynb[2]", "3 + 4"),
    Cell("q.ipynb[3]", "import random\\nlater = [_, Out, len(In), random.random(), get_ipython().execution_count]"),
    Cell("q.ipynb[4]", "import numpy as np\\nlater += [np.random.rand(), np.get_printoptions()]"),
    Cell("q.ipynb[5]", "import torch\\nlater += [torch.rand(2), torch.get_rng_state().sum(), torch.is_grad_enabled()]"),
    Cell("q.ipynb[6]", "input()"),
)
notes = shell.run(cells[:4] + cells[5:] if sys.argv[1] == "python" else cells)
print(before, shell.user_ns["first"], shell.user_ns["later"], notes, os.getcwd(), sorted(process.environment))
print("SEEN", len(os.listdir("/proc/self/task")), "torch" in sys.modules, "matplotlib.pyplot" in sys.modules)
"""


def seen(home: Path, framework: str, whether: str) -> list[str]:
    command = [sys.executable, "-c", SEEN, framework, whether]
    environ = {**worker_environment(str(home), None), "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environ, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("framework", ["python", pytest.param("torch", marks=pytest.mark.verify)])
def test_a_notebook_sees_the_same_with_a_rehearsal_and_without(tmp_path, framework):
    rehearsed = seen(tmp_path, framework, "rehearsed")
    assert rehearsed == seen(tmp_path, framework, "not rehearsed")
    # Without threads, so that it can be forked, and without a framework that was not asked for.
    assert rehearsed[-1] == f"SEEN 1 {framework == 'torch'} False"
