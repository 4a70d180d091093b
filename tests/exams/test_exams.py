"""Every question of the course: complete in both languages, proven by its solution and its mistakes."""

from __future__ import annotations

import ast
import os
import re

import pytest

from autograder import AtLeast, AtMost, Choice, Essay, OneOf, Relation
from autograder.core.progress import Silent
from autograder.core.text import Text
from autograder.course.catalog import Course
from autograder.course.template import template
from autograder.running.executor import Local, Site
from autograder.workflows.verify import verify_questions
from tests.support.courses import KEY, REPOSITORY

COURSE = Course(REPOSITORY)
ENTRIES = [entry for exam in COURSE.exams() for entry in exam.questions]
FRAMEWORKS = {"torch", "torchvision", "fastai", "tensorflow", "keras"}
HANGUL = re.compile("[가-힣]")

every_question = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


@pytest.mark.verify
@every_question
def test_solution_template_mistakes_and_pinned_values_hold(warm, entry):
    site = Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0)))
    lines = verify_questions([entry], key=KEY.encode(), site=site, progress=Silent())
    assert [line for line in lines if not line.holds] == []
    assert {"solution", "template"} < {line.subject.en for line in lines}
    assert any(line.subject.en.startswith("pinned ") for line in lines)


@every_question
def test_every_sentence_is_in_korean_and_in_english(entry):
    texts = [entry.question.title]
    for part in entry.question.parts:
        stated = [check for check in part.checks if isinstance(check, Relation | AtLeast | AtMost)]
        texts += [part.title, part.statement, *(check.label for check in stated)]
        texts += [
            getattr(check, "statement", None) or getattr(check, "rubric", None) for check in part.checks
        ]
    texts += [mistake.explanation for mistake in entry.mistakes]
    for text in filter(None, texts):
        assert isinstance(text, Text)
        assert HANGUL.search(text.ko), text.ko
        assert text.en
        assert not HANGUL.search(text.en), text.en


@every_question
def test_hidden_variants_differ_in_more_than_the_data(entry):
    assert entry.question.pool >= 2
    for part in entry.question.parts:
        assert set(part.vary) <= set(part.settings)
        for name, values in part.vary.items():
            assert len(set(values)) >= 2
            assert part.settings[name] not in values


@every_question
def test_every_automatic_part_has_three_mistakes_or_the_only_one(entry):
    for part in entry.question.parts:
        if any(not isinstance(check, Essay) for check in part.checks):
            judged = [type(check) for check in part.checks]
            least = 1 if judged == [OneOf, Choice] else 3  # true or false: there is one wrong answer
            assert sum(part.name in mistake.loses for mistake in entry.mistakes) >= least, part.name
    names = [mistake.name for mistake in entry.mistakes]
    assert len(set(names)) == len(names)


@every_question
def test_the_template_is_the_interface_and_holds_no_answer(entry):
    tree = ast.parse(template(entry))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert defined == set(entry.question.interface)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            docstring, body = node.body
            assert isinstance(docstring.value, ast.Constant)
            assert ast.unparse(body) == "raise NotImplementedError"


@every_question
def test_frameworks_are_imported_inside_probes_only(entry):
    sources = (entry.path.read_text(encoding="utf-8"), entry.probe_source)
    for node in (node for source in sources for node in ast.parse(source).body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [item.name for item in node.names] if isinstance(node, ast.Import) else [node.module]
            assert FRAMEWORKS.isdisjoint(name.split(".")[0] for name in names)


@every_question
def test_probes_import_the_engine_before_a_submission_can_replace_it(entry):
    inside = [
        ast.unparse(node)
        for function in ast.walk(ast.parse(entry.probe_source))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("autograder", "exams")
    ]
    assert inside == []


def test_sentences_of_the_engine_have_the_same_fields_in_both_languages():
    from autograder.core import text

    found = {name: value for name, value in vars(text).items() if isinstance(value, Text)}
    assert len(found) > 40
    for name, value in found.items():
        fields = [re.findall(r"{(\w+)", sentence) for sentence in (value.ko, value.en)]
        assert sorted(fields[0]) == sorted(fields[1]), name
        assert HANGUL.search(value.ko) or not value.ko.replace(" ", "").strip(
            "{}abcdefghijklmnopqrstuvwxyz[],.:`"
        ), name
