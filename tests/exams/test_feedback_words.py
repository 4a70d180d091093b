"""What students who made the declared mistakes read: no word of the engine, nothing unrendered, one language at a time."""

from __future__ import annotations

import os
from html import escape

import pytest

from autograder.core.verdict import Result
from autograder.course.catalog import Course
from autograder.grading.grade import grade
from autograder.records.forms import Header
from autograder.records.results import results_in_memory
from autograder.records.run_folder import Run
from autograder.reports.dashboard import write_dashboard
from autograder.reports.feedback import write_feedback
from autograder.reports.material import Material
from autograder.reports.part import part_html, part_text
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from tests.support.courses import KEY, REPOSITORY
from tests.support.words import ENGINE, TWICE, odd_in, shown

pytestmark = pytest.mark.verify

COURSE = Course(REPOSITORY)
ENTRIES = [(exam, entry) for exam in COURSE.exams() for entry in exam.questions]


def wrong_results(warm, entry):
    """A student for each declared mistake, judged as in a class."""
    site = Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0)))
    runner = Runner(executor=site.executor)
    about = prepare(site.environments([entry]), runner, key=KEY.encode(), jobs=site.jobs)[entry]
    for mistake in about.references.mistakes:
        verdicts = grade(entry.question, mistake.attempt, about.references)
        yield Result(student=mistake.name, question=entry.name, verdicts=tuple(verdicts))


@pytest.fixture(scope="module", params=ENTRIES, ids=lambda one: one[1].id)
def judged(request, warm):
    """An exam, one of its questions, and a result for each of the question's mistakes."""
    exam, entry = request.param
    return exam, entry, list(wrong_results(warm, entry))


def test_findings_are_sentences_in_one_language(judged):
    odd = [
        (result.student, verdict.part, finding.check, text)
        for result in judged[2]
        for verdict in result.verdicts
        for finding in verdict.findings
        for text in (finding.message, finding.label)
        if odd_in(text)
    ]
    assert odd == []


def test_a_self_check_has_titles_and_no_word_of_the_engine(judged):
    """What `check` shows of the same findings, in a notebook and in a terminal."""
    _, entry, results = judged
    for result in results:
        for verdict in result.verdicts:
            title = entry.question.part(verdict.part).title
            for language in ("ko", "en"):
                page, lines = part_html(verdict, language, title), part_text(verdict, language)
                assert escape(title[language]) in page
                for text in (shown(page), lines):
                    assert not ENGINE.search(text), (result.student, verdict.part)
                    assert not TWICE.search(text), (result.student, verdict.part)


def test_pages_hold_titles_and_no_word_of_the_engine(judged, tmp_path):
    exam, entry, found = judged
    header = Header(exam=exam.name, profile="mini", device="cpu", isolation="warm", versions={}, dataset={})
    results, material = results_in_memory(header, found), Material(run=Run(tmp_path), exam=exam)
    pages = write_feedback(results, tmp_path, "ko", material)
    for path in [*pages, *write_dashboard(results, tmp_path, "ko", material)]:
        text = shown(path.read_text(encoding="utf-8"))
        assert not ENGINE.search(text), path
        assert "$" not in text, path
        assert not TWICE.search(text), path
        for part in entry.question.parts:
            assert part.title.ko in text.replace("  ", " ") or "`" in part.title.ko
