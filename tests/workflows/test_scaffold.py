"""A new question passes verify, and docs/authoring.md leads to another that does, as it stands."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import textwrap
from dataclasses import fields

import pytest

import autograder as engine
from autograder.core.exam import Limit, Part, Question
from autograder.core.mistake import Mistake
from tests.support.courses import REPOSITORY

PAGE = (REPOSITORY / "docs/authoring.md").read_text(encoding="utf-8")
STEPS = re.findall(r"```(python|markdown|console)\n(.*?)```", PAGE.partition("\n# Reference\n")[0], re.DOTALL)


# The mistakes that each kind of new question declares.
KINDS = {"code": {"mean_not_subtracted", "not_divided"}, "true-false": {"order_changes"}, "essay": set()}


def new(autograder, folder, *options):
    made = autograder("new", "question", "quiz/q1_first", "--course", folder, *options)
    assert made.returncode == 0, made.stderr
    assert all((folder / line).is_file() for line in made.stdout.splitlines())
    result = autograder("verify", "quiz/q1_first", "--course", folder, "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    return {line["subject"] for line in json.loads(result.stdout)}


SLOW = [pytest.param(name, marks=pytest.mark.verify) for name in ("fastai", "tensorflow")]


@pytest.mark.parametrize("framework", ["python", "torch", *SLOW])
def test_a_new_question_passes_verify(autograder, tmp_path, framework):
    assert new(autograder, tmp_path, "--framework", framework) > {"solution", "template"} | KINDS["code"]


@pytest.mark.parametrize("kind", ["true-false", "essay"])
def test_a_new_question_without_code_passes_verify(autograder, tmp_path, kind):
    assert new(autograder, tmp_path, "--kind", kind) >= {"solution", "template"} | KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_course_may_be_english_only(autograder, tmp_path, kind):
    options = ("--kind", kind, "--framework", "python", "--language", "en")
    assert new(autograder, tmp_path, *options) >= {"solution"} | KINDS[kind]
    made = [path for path in tmp_path.rglob("*") if path.suffix in (".py", ".md", ".toml")]
    assert not [path for path in made if re.search("[가-힣]", path.read_text(encoding="utf-8"))]
    assert not list(tmp_path.rglob("statement.ko.md"))


def test_a_second_question_is_in_the_languages_of_the_course(autograder, tmp_path):
    (tmp_path / "course.toml").write_text('languages = ["ko"]', encoding="utf-8")
    new(autograder, tmp_path, "--framework", "python")
    assert [path.name for path in (tmp_path / "exams").rglob("*.md")] == ["statement.ko.md"]


def test_a_question_that_is_there_is_not_overwritten(autograder, tmp_path):
    arguments = ("new", "question", "quiz/q1_first", "--course", tmp_path)
    autograder(*arguments)
    path = tmp_path / "exams/quiz/q1_first/question.py"
    path.write_text("mine", encoding="utf-8")
    result = autograder(*arguments)
    assert result.returncode == 2
    assert "q1_first is there already; nothing was written" in result.stderr
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("place", ["quiz", "quiz/first", "../q1_first", "quiz/q1_Ä", "Quiz/q1_first"])
def test_a_name_that_is_none_is_refused(autograder, tmp_path, place):
    result = autograder("new", "question", place, "--course", tmp_path)
    assert result.returncode == 2
    assert "expected EXAM/QUESTION such as my_exam/q1_attention" in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_page_begins_with_a_question_of_at_most_thirty_lines_as_it_is_written(autograder, tmp_path):
    first = PAGE.partition("\n## 2. ")[0]
    shown = [text for text in re.findall(r"\n\n((?:    .*\n|\n)+)", first) if "standardize" in text]
    assert len(shown) == 2
    new(autograder, tmp_path, "--framework", "torch", "--language", "en")
    files = [tmp_path / "exams/quiz/q1_first" / name for name in ("interface.py", "question.py")]
    for text, path in zip(shown, files, strict=True):
        assert textwrap.dedent(text).strip() == path.read_text(encoding="utf-8").strip()
    assert sum(len(text.strip().splitlines()) for text in shown) <= 30


@pytest.mark.verify
def test_the_page_is_followed_to_the_letter(autograder, tmp_path):
    """In a folder outside of this repository, where there is nothing at the start."""
    assert [language for language, _ in STEPS].count("console") == 3
    for language, text in STEPS:
        if language != "console":
            name = text.splitlines()[0].strip("#<!-> ")
            there = (tmp_path / name).is_file()  # the page replaces what it made before
            assert there or name.endswith("/probes.py"), name
            (tmp_path / name).write_text(text, encoding="utf-8")
            continue
        for command in text.splitlines():
            match shlex.split(command):
                case ["autograder", *arguments]:
                    result = autograder(*arguments, cwd=tmp_path)
                    assert result.returncode == 0, (command, result.stdout, result.stderr)
                case ["mkdir", "-p", folder]:
                    (tmp_path / folder).mkdir(parents=True)
                case ["cp", source, target]:
                    shutil.copy(tmp_path / source, tmp_path / target)
                case other:
                    raise AssertionError(other)
    results = json.loads((tmp_path / "run/results.json").read_text(encoding="utf-8"))
    assert [(row["part"], row["points"]) for row in results["results"]] == [
        ("weights", 6),
        ("attend", 4),
        ("projection", 2),
        ("gradient", 2),
    ]


def column(heading):
    """Return the names in the first column of a table of the page."""
    table = PAGE.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    return set(re.findall(r"`@?(\w+)", " ".join(line.split("|")[1] for line in table.splitlines()[2:])))


@pytest.mark.parametrize("declared", [Question, Part, Limit, Mistake])
def test_the_page_has_every_field(declared):
    assert column(f"`{declared.__name__}(...)`") == {field.name for field in fields(declared)}


def test_the_page_has_every_kind_of_check():
    kinds = {name for name in engine.__all__ if hasattr(getattr(engine, name), "judge")}
    assert column("check") == kinds | {"relation"}
