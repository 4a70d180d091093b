"""``autograder groups`` as an instructor runs it."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.support.courses import RIGHT, TOY


@pytest.fixture
def run(autograder, tmp_path):
    """A run of three students who begin the sums at 1, and one who is right."""
    for student in "abcd":
        path = tmp_path / "submissions" / student / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        wrong = RIGHT.replace("sums, total = [], 0.0", f"sums, total = [], 1.0  # {student}")
        path.write_text(RIGHT if student == "d" else wrong, encoding="utf-8")
    done = autograder(
        "grade", "toy", tmp_path / "submissions", "--output", tmp_path / "run", "--course", TOY, "-q"
    )
    assert done.returncode == 0, done.stderr
    return tmp_path / "run"


def test_a_group_is_shown_with_what_went_wrong_and_its_code(autograder, run):
    done = autograder("groups", run, "--part", "cumulative", "--json")
    (row,) = json.loads(done.stdout)
    assert (row["kind"], row["size"], row["students"]) == ("wrong", 3, ["a", "b", "c"])
    assert "20 of 20 values differ" in row["failed"][0]["en"]
    assert row["code"].startswith("def cumulative(values, scale):")
    table = autograder("groups", run).stdout
    assert row["id"] in table
    assert "unexplained" in table
    assert "설명 없음" in autograder("groups", run, lang="ko").stdout


def test_a_part_that_is_not_there_is_one_line(autograder, run):
    done = autograder("groups", run, "--part", "cumulate")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "did you mean 'cumulative'?" in done.stderr


def test_a_group_gets_a_name_and_everyone_in_it_is_told(autograder, run, tmp_path):
    course = shutil.copytree(TOY, tmp_path / "course")
    (row,) = json.loads(autograder("groups", run, "--part", "cumulative", "--json").stdout)
    name = ["groups", run, "--name", row["id"][:8], "--course", course, "--as", "from_one"]
    done = autograder(*name, "--ko", "하나")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "Error: --name needs --en, too")
    done = autograder(*name, "--ko", "1에서 시작했습니다.", "--en", "It begins at 1.")
    assert done.stdout.strip() == str(course / "solutions/toy/q1_numbers/mistakes/from_one.py")
    assert "autograder verify toy/q1_numbers" in done.stderr
    rescored = autograder("rescore", run, "--course", course, "--json")
    told = [row["student"] for row in json.loads(rescored.stdout)["results"] if "begins at 1" in str(row)]
    assert told == ["a", "b", "c"]


def test_one_group_is_shown_in_full(autograder, run):
    (row,) = json.loads(autograder("groups", run, "--part", "cumulative", "--json").stdout)
    said = autograder("groups", run, "--group", row["id"]).stdout
    assert f"        sums, total = [], 1.0  # {row['representative']}" in said
    assert "3 students: a, b, c" in said


def test_a_group_is_split_gets_points_and_both_are_taken_back(autograder, run):
    def groups():
        return json.loads(autograder("groups", run, "--part", "cumulative", "--json").stdout)

    def points():
        found = json.loads(autograder("rescore", run, "--json").stdout)["results"]
        return {row["student"]: row["points"] for row in found if row["part"] == "cumulative"}

    (whole,) = groups()
    refused = autograder("groups", run, "--split", whole["id"], "--student", "d")
    assert (refused.returncode, "d is not in this group of 3" in refused.stderr) == (2, True)
    done = autograder("groups", run, "--split", whole["id"], "--student", "b", "--reason", "Another loop.")
    assert {row["id"]: row["students"] for row in groups()} == {
        whole["id"]: ["a", "c"],
        done.stdout.strip(): ["b"],
    }
    decided = autograder("decide", run, "--part", "cumulative", "--group", whole["id"], "--points", "2")
    assert decided.returncode == 0, decided.stderr
    assert points() == {"a": 2, "b": 0, "c": 2, "d": 5}
    assert autograder("decide", run, "--undo", "1").returncode == 0
    assert points() == {"a": 2, "b": 2, "c": 2, "d": 5}
    assert autograder("decide", run, "--undo", "2").returncode == 0
    assert points() == {"a": 0, "b": 0, "c": 0, "d": 5}
