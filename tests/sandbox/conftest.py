"""Running a source text as a submission to the toy question."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from autograder.course.submission import of_source
from autograder.records.store import Store
from autograder.running.environment import Environment, versions
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from tests.support.attempts import MEAN


@pytest.fixture
def run(toy, tmp_path, bubblewrap):
    """Run source text as a submission to the toy question, under any isolation."""
    environment = Environment(profile="mini", device="cpu", versions=versions("python"))
    runner = Runner(executor=Local(bubblewrap), store=Store(tmp_path / "store"))
    question = prepare({toy: environment}, runner, key=None, wanted="inputs")[toy]

    def run_source(source, tasks=(MEAN,), isolation=bubblewrap, extras=None, cancel=None):
        submission = of_source("q1_numbers.py", source, extras)
        other = replace(runner, executor=Local(isolation), cancel=cancel or threading.Event())
        return other.run(question.job(submission, list(tasks)))

    return run_source
