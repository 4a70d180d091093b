"""A request to grade a class of the toy course, in an isolation that counts its workers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest
from tests.support.isolation import Counting


@pytest.fixture
def isolation(bubblewrap):
    return Counting(bubblewrap)


@pytest.fixture
def request_for(toy_course, isolation, tmp_path):
    def make(submissions, run="run", **changes):
        request = GradeRequest(
            course=toy_course,
            exam=toy_course.exam("toy"),
            submissions=submissions,
            run=Run(tmp_path / run),
            site=Site(executor=Local(isolation), jobs=2),
        )
        return replace(request, **changes)

    return make
