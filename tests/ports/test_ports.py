"""Three questions as other courses ask them: right answers in other styles earn everything, wrong ones nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.progress import Silent
from autograder.core.verdict import Status
from autograder.course.catalog import Course
from autograder.grading.grade import grade
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.workflows.verify import verify_questions
from tests.support.courses import KEY

COURSE = Course(Path(__file__).parent / "course")
ENTRIES = {entry.name: entry for entry in COURSE.exam("ports").questions}
LINES = {"q1_blocks": 60, "q2_batchnorm": 40, "q3_rnn": 70}


@pytest.fixture(scope="module")
def site(warm):
    return Site(executor=Local(warm), jobs=2)


@pytest.fixture(scope="module")
def judge(site):
    """Run answers to a question on all variants; return the verdicts of each by part."""
    runner, ready = Runner(executor=site.executor), {}

    def run(name, answers):
        entry = ENTRIES[name]
        if name not in ready:
            ready[name] = prepare(site.environments([entry]), runner, key=KEY.encode(), jobs=2)[entry]
        about = ready[name]
        work = {(one,): about.source_job(source, about.tasks) for one, source in answers.items()}
        attempts = runner.all("answers", work, 2, Silent())
        return {
            one: {verdict.part: verdict for verdict in grade(entry.question, attempt, about.references)}
            for (one,), attempt in attempts.items()
        }

    return run


def missed(verdict):
    return [f"{verdict.part}: {found.message.en}" for found in verdict.findings if not found.passed]


@pytest.mark.parametrize("name", ENTRIES)
def test_solutions_mistakes_and_templates_are_judged_as_they_should(name, site):
    lines = verify_questions([ENTRIES[name]], key=KEY.encode(), site=site, progress=Silent())
    assert [line for line in lines if not line.holds] == []


@pytest.mark.parametrize("name", ENTRIES)
def test_right_alternatives_earn_everything(name, judge):
    entry = ENTRIES[name]
    assert len(entry.alternatives) >= 5
    for found in judge(name, entry.alternatives).values():
        for verdict in found.values():
            assert missed(verdict) == []
            assert verdict.status is Status.PASSED
