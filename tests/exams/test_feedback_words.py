"""What students who made the declared mistakes read: no word of the engine, nothing unrendered, one language at a time."""

from __future__ import annotations

import os
import re

import pytest

from autograder import checks
from autograder.core.verdict import Result
from autograder.course.catalog import Course
from autograder.grading.grade import grade
from autograder.records.forms import Header
from autograder.records.results import results_in_memory
from autograder.records.run_folder import Run
from autograder.reports.feedback import write_feedback
from autograder.reports.material import Material
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from tests.support.courses import KEY, REPOSITORY

pytestmark = pytest.mark.verify

COURSE = Course(REPOSITORY)
ENTRIES = [(exam, entry) for exam in COURSE.exams() for entry in exam.questions]
ENGINE = re.compile(rf"\b({'|'.join(name for name in checks.__all__ if name[0].isupper())})\(")
TWICE = re.compile(r"[이은을과와]\([가는를과와]\)|\(으\)로|\(이\)")
# Names of code, formulas, what is quoted and what Python says are no English; three plain words in a row are a sentence.
CODE = re.compile(
    r"\w*(?:Error|Exception|Warning): .*|`[^`]*`|'[^']*'|\"[^\"]*\"|\w*[_.(\[={<>/][^\s가-힣]*|\w+\d\w*"
)
SENTENCE = re.compile(r"(?<![A-Za-z])[a-z]{2,} [a-z]{2,} [a-z]{2,}(?![A-Za-z])")
HANGUL = re.compile("[가-힣]")


def wrong_results(warm, entry):
    """A student for each declared mistake, judged as in a class."""
    site = Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0)))
    runner = Runner(executor=site.executor)
    about = prepare(site.environments([entry]), runner, key=KEY.encode(), jobs=site.jobs)[entry]
    for mistake in about.references.mistakes:
        verdicts = grade(entry.question, mistake.attempt, about.references)
        yield Result(student=mistake.name, question=entry.name, verdicts=tuple(verdicts))


@pytest.mark.parametrize(("exam", "entry"), ENTRIES, ids=lambda one: getattr(one, "id", ""))
def test_findings_are_sentences_in_one_language(warm, exam, entry):
    for result in wrong_results(warm, entry):
        for verdict in result.verdicts:
            for finding in verdict.findings:
                for text in (finding.message, finding.label):
                    where = (result.student, verdict.part, finding.check, text)
                    assert not ENGINE.search(text.ko + text.en), where
                    assert not TWICE.search(text.ko), where
                    assert not SENTENCE.search(CODE.sub(" ", text.ko)), where
                    assert not HANGUL.search(CODE.sub(" ", text.en)), where


@pytest.mark.parametrize(("exam", "entry"), ENTRIES, ids=lambda one: getattr(one, "id", ""))
def test_pages_hold_titles_and_no_word_of_the_engine(warm, exam, entry, tmp_path):
    header = Header(exam=exam.name, profile="mini", device="cpu", isolation="warm", versions={}, dataset={})
    results = results_in_memory(header, list(wrong_results(warm, entry)))
    for path in write_feedback(results, tmp_path, "ko", Material(run=Run(tmp_path), exam=exam)):
        page = path.read_text(encoding="utf-8")
        details = r'<ul class="numbers">.*?</ul>'  # where names of checks belong
        shown = re.sub(
            rf"<style>.*?</style>|<script>.*?</script>|<code>.*?</code>|<pre.*?</pre>|{details}",
            "",
            page,
            flags=re.S,
        )
        text = re.sub(r"<[^>]+>", " ", shown)
        assert not ENGINE.search(text), path
        assert "$" not in text, path
        assert not TWICE.search(text), path
        for part in entry.question.parts:
            assert part.title.ko in text.replace("  ", " ") or "`" in part.title.ko
