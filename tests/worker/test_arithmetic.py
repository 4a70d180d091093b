"""The same computation with more threads and in float64: random numbers stay, and what is put back stays so."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.core.exam import Limit
from autograder.core.outcome import Task
from autograder.course.submission import of_source
from autograder.sandbox.job import SETUP, Job
from autograder.sandbox.supervisor import run
from autograder.worker.arithmetic import AS_GRADED, Arithmetic
from autograder.worker.jobs import ProbeCall

TASK = Task("draws")
NAMES = {
    "weight": "torch.nn.Linear(3, 2).weight",
    "normal": "torch.randn(4)",
    "uniform": "torch.rand(4)",
    "like": "torch.randn_like(torch.ones(4))",
    "means": "torch.normal(torch.zeros(4), 1.0)",
    "coins": "torch.bernoulli(torch.full((9,), 0.5))",
    "drawn": "torch.multinomial(torch.tensor([0.2, 0.3, 0.5]), 9, replacement=True).float()",
    "kept": "torch.nn.functional.dropout(torch.ones(9), 0.5)",
    "named": "torch.tensor([1, 2], dtype=torch.float32) / 3",
    "cast": "torch.arange(3).float() / 3",
    "order": "torch.randperm(9).to(torch.float32)",
}
CALLS = (*(f"{name} = {name}()" for name in NAMES), "threads = threads()")
SOURCE = "import torch\n" + "\n".join(f"def {name}(): return {text}" for name, text in NAMES.items())
SOURCE += (
    "\ndef threads():\n    found = torch.get_num_threads()\n    torch.set_num_threads(1)\n    return found\n"
)


@pytest.fixture(scope="module")
def observed(warm):
    def observe(arithmetic):
        call = ProbeCall(
            function="", settings={}, calls=CALLS, interface=(*NAMES, "threads"), framework="torch"
        )
        job = Job(
            code="",
            code_name="probes.py",
            framework="torch",
            submission=of_source("q1.py", SOURCE),
            tasks=[TASK],
            calls={TASK: call},
            inputs={},
            limits={TASK.part: Limit(), SETUP: Limit()},
            arithmetic=arithmetic,
        )
        outcome = run(job, warm).outcomes[TASK]
        assert outcome.evidence is not None, outcome
        return outcome.evidence.arrays

    return observe


def test_float64_draws_what_float32_draws(observed):
    usual, wide = observed(AS_GRADED), observed(Arithmetic(wide=True))
    assert usual.keys() == wide.keys() == {*NAMES, "threads"}
    for name in NAMES:
        assert (usual[name].dtype, wide[name].dtype) == (np.float32, np.float64), name
        np.testing.assert_allclose(wide[name], usual[name], rtol=2**-23)
    assert wide["cast"][1] == 1 / 3


def test_threads_are_as_many_as_asked_for_in_every_call(observed):
    assert observed(AS_GRADED)["threads"] == 1
    assert observed(Arithmetic(threads=3))["threads"] == 3
