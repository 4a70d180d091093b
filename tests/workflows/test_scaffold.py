"""A new question passes verify, and docs/authoring.md leads to another that does, as it stands."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.support.courses import REPOSITORY

PAGE = (REPOSITORY / "docs/authoring.md").read_text(encoding="utf-8")
STEPS = re.findall(r"```(python|console)\n(.*?)```", PAGE.partition("\n# Reference\n")[0], re.DOTALL)


@pytest.mark.parametrize("framework", ["python", "torch", "tensorflow"])
def test_a_new_question_passes_verify(autograder, tmp_path, framework):
    made = autograder("new", "question", "quiz/q1_first", "--framework", framework, "--course", tmp_path)
    assert made.returncode == 0, made.stderr
    assert [Path(line).name for line in made.stdout.splitlines()] == [
        "__init__.py",
        "q1_first.py",
        "q1_first.py",
    ]
    result = autograder("verify", "quiz/q1_first", "--course", tmp_path, "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(json.loads(result.stdout)) == 5  # solution, template, two mistakes, trivial answers


def test_a_question_that_is_there_is_not_overwritten(autograder, tmp_path):
    arguments = ("new", "question", "quiz/q1_first", "--course", tmp_path)
    autograder(*arguments)
    path = tmp_path / "exams/quiz/q1_first.py"
    path.write_text("mine", encoding="utf-8")
    result = autograder(*arguments)
    assert result.returncode == 2
    assert "q1_first.py is there already; nothing was written" in result.stderr
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("place", ["quiz", "quiz/first", "../q1_first", "quiz/q1_Ä", "Quiz/q1_first"])
def test_a_name_that_is_none_is_refused(autograder, tmp_path, place):
    result = autograder("new", "question", place, "--course", tmp_path)
    assert result.returncode == 2
    assert "expected EXAM/QUESTION such as my_exam/q1_attention" in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_page_is_followed_to_the_letter(autograder, tmp_path):
    """In a folder outside of this repository, where there is nothing at the start."""
    assert len(STEPS) == 5
    for language, text in STEPS:
        if language == "python":
            name = text.splitlines()[0].removeprefix("# ")
            assert (tmp_path / name).is_file()  # the page replaces what it made before
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
    assert [(row["part"], row["points"]) for row in results["results"]] == [("weights", 6), ("attend", 4)]
