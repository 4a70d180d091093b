"""Running a source text as a submission to the toy question."""

from __future__ import annotations

import threading

import pytest

from autograder.course.notebook import Cell
from autograder.course.submission import of_cells
from autograder.records.store import Store
from autograder.running.environment import Environment, versions
from autograder.running.executor import Local
from autograder.running.jobs import Runner, given_job, make_bench
from autograder.running.references import open_variants
from tests.support.attempts import MEAN


@pytest.fixture
def run(toy, tmp_path, bubblewrap):
    """Run source text as a submission to the toy question, under any isolation."""
    environment = Environment(profile="mini", device="cpu", versions=versions("python"))
    variants = open_variants(toy)
    runner = Runner(executor=Local(bubblewrap), store=Store(tmp_path / "store"), cancel=threading.Event())
    bench = make_bench(toy, environment, variants, runner.attempt(given_job(toy, environment, variants)))

    def run_source(source, tasks=(MEAN,), isolation=bubblewrap, extras=None, cancel=None):
        submission = of_cells([Cell("q1_numbers.py", source)], extras=extras)
        prepared = bench.prepare(submission, list(tasks))
        return Runner(executor=Local(isolation), store=runner.store, cancel=cancel or threading.Event()).run(
            prepared
        )

    return run_source
