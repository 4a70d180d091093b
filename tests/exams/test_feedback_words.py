"""What students who made the declared mistakes read: no word of the engine, nothing unrendered, one language at a time."""

from __future__ import annotations

import ast
import os
import re
from html import escape

import pytest

from autograder.core.verdict import FAULTS, Result
from autograder.course.catalog import Course
from autograder.course.submission import read
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


# What a function of the solution returns instead of VALUE.
SLIPS = {
    "forgets_to_return": "VALUE",
    "prints": "print(VALUE)",
    "packs": "return [VALUE]",
    "says": "return 'VALUE'",
    "misspells": "return reslut",
}
CALLED = re.compile(r"^([A-Za-z_][\w.]*)(?:\(.*?\))?: ")


class Slip(ast.NodeTransformer):
    """Puts statements with VALUE where functions of the interface return; with none, it takes an argument away."""

    def __init__(self, interface, statement):
        self.interface, self.statement = interface, statement

    def visit_FunctionDef(self, node):
        if node.name in self.interface:
            if self.statement:
                self.generic_visit(node)
            else:
                del node.args.args[-1:]
        return node

    def visit_ClassDef(self, node):
        return node

    def visit_Return(self, node):
        value = ast.unparse(node.value or ast.Constant(None))
        return ast.parse(self.statement.replace("'VALUE'", "'words'").replace("VALUE", value)).body


def slips(entry):
    """The solution with the slips that everybody makes, each by its name."""
    source = entry.solution_path.read_text("utf-8")
    for name, statement in (*SLIPS.items(), ("takes_fewer_arguments", "")):
        tree = Slip(set(entry.question.interface), statement).visit(ast.parse(source))
        yield name, ast.unparse(ast.fix_missing_locations(tree))


def wrong_results(warm, entry, folder):
    """A student for each declared mistake and each slip, judged as in a class."""
    site = Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0)))
    runner = Runner(executor=site.executor)
    about = prepare(site.environments([entry]), runner, key=KEY.encode(), jobs=site.jobs)[entry]
    for mistake in about.references.mistakes:
        verdicts = grade(entry.question, mistake.attempt, about.references)
        yield Result(student=mistake.name, question=entry.name, verdicts=tuple(verdicts))
    for name, source in slips(entry):
        path = folder / f"{entry.name}.py"
        path.write_text(source, "utf-8")
        attempt = runner.run(about.job(read(path, entry.siblings), about.tasks))
        verdicts = grade(entry.question, attempt, about.references)
        yield Result(student=name, question=entry.name, verdicts=tuple(verdicts))


@pytest.fixture(scope="module", params=ENTRIES, ids=lambda one: one[1].id)
def judged(request, warm, tmp_path_factory):
    """An exam, one of its questions, and a result for each of the question's mistakes and of the slips."""
    exam, entry = request.param
    return exam, entry, list(wrong_results(warm, entry, tmp_path_factory.mktemp(entry.name)))


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


def test_faults_are_told_of_the_students_own_functions(judged):
    """Not of the names and expressions of probes, and the first cause of all once."""
    _, entry, results = judged
    known = {*entry.question.interface, f"{entry.name}.py"}
    for result in results:
        for verdict in result.verdicts:
            for finding in verdict.findings:
                if finding.kind in FAULTS and (called := CALLED.match(finding.message.en)):
                    assert called[1] in known, (result.student, verdict.part, finding.message.en)
                assert finding.message.en.count("What went wrong first") < 2, (result.student, verdict.part)


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
