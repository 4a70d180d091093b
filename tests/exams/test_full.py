"""The solutions on the official datasets: full marks, and the documents' own numbers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.course.data import DATA_VARIABLE
from autograder.running.executor import Local, Site
from autograder.workflows.verify import verify_questions
from tests.support.courses import KEY, REPOSITORY

pytestmark = pytest.mark.full
ENTRIES = [entry for exam in Course(REPOSITORY).exams() for entry in exam.questions]


@pytest.fixture(scope="module")
def data():
    assert DATA_VARIABLE in os.environ, "run these tests with: make test-full DATA=DIR"
    return Path(os.environ[DATA_VARIABLE])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_the_solution_holds_on_official_data(entry, data, warm):
    site = Site(executor=Local(warm), profile="full", data=data, jobs=len(os.sched_getaffinity(0)))
    lines = verify_questions([entry], key=KEY.encode(), site=site, progress=Silent(), mistakes=False)
    assert [line for line in lines if not line.holds] == []
    assert {"solution", "template"} < {line.subject.en for line in lines}
