"""Deciding on the command line, and the history."""

from __future__ import annotations

import json

import pytest

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from tests.support.courses import TOY
from tests.support.desk import grade


@pytest.fixture(scope="module")
def run(tmp_path_factory, cache) -> Run:
    return grade(tmp_path_factory.mktemp("decide"), {"kim": "why", "lee": "so"}, Course(TOY))


def test_decisions_for_a_student_and_everyone_are_kept_shown_and_undone(run, autograder):
    def decide(*options):
        done = autograder("decide", run.folder, "--grader", "cho", *options)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def points():
        shown = autograder("report", run.folder, "--format", "csv", "--output", run.folder / "report")
        assert shown.returncode == 0, shown.stderr
        lines = (run.folder / "report/totals.csv").read_text(encoding="utf-8-sig").splitlines()
        return {line.split(",")[0]: float(line.split(",")[1]) for line in lines[1:]}

    before = run.folder.joinpath("results.json").read_bytes()
    machine = points()
    said = decide("--part", "mean", "--student", "kim", "--points", "0.5", "--reason", "copied")
    assert "Decision 1. Take it back: " in said
    decide("--part", "q1_numbers/cumulative", "--everyone", "--extra", "-1", "--comment", "Too long.")
    assert points() == {"kim": machine["kim"] - 1.5 - 1, "lee": machine["lee"] - 1}
    shown = autograder("history", run.folder, "--lang", "en")
    assert [line.split("│")[1].strip() for line in shown.stdout.splitlines() if "│" in line] == ["2", "1"]
    assert "everyone" in shown.stdout
    rows = json.loads(autograder("history", run.folder, "--student", "kim", "--json").stdout)
    (row,) = rows
    assert (row["who"], row["why"], row["kind"], row["undone"]) == ("cho", "copied", "score", False)
    assert row["decision"]["automatic"] == 0.5
    decide("--undo", "2", "--reason", "it was in the statement")
    assert points() == {"kim": machine["kim"] - 1.5, "lee": machine["lee"]}
    decide("--part", "mean", "--student", "kim", "--withdraw")
    assert points() == machine
    assert len(json.loads(autograder("history", run.folder, "--json").stdout)) == 4
    assert run.folder.joinpath("results.json").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--part", "mean", "--student", "kim", "--points", "9"), "mean is worth 0 to 2 points"),
        (("--part", "mean", "--student", "kmi", "--points", "1"), "did you mean 'kim'?"),
        (("--part", "mena", "--student", "kim", "--points", "1"), "name one part of"),
        (("--part", "mean", "--points", "1"), "one of --student, --group and --everyone"),
        (("--part", "mean", "--everyone"), "give --points, --extra"),
        (("--part", "mean", "--group", "zz", "--points", "1"), "no group has this id"),
        (("--undo", "77"), "there is no decision number 77"),
    ],
)
def test_what_cannot_be_decided_is_said_in_a_line(run, autograder, options, said):
    done = autograder("decide", run.folder, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
