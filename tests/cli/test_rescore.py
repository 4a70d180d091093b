"""``autograder rescore`` with previews, and ``autograder compare``, as an instructor runs them."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.support.courses import RIGHT, TOY


@pytest.fixture
def run(autograder, tmp_path):
    """A run in which ``a`` is wrong by a thousandth and ``b`` right."""
    for student, wrong in (("a", "/ len(values) + 1e-3"), ("b", "/ len(values)")):
        path = tmp_path / "submissions" / student / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        path.write_text(RIGHT.replace("/ len(values)", wrong), encoding="utf-8")
    done = autograder(
        "grade", "toy", tmp_path / "submissions", "--output", tmp_path / "run", "--course", TOY, "-q"
    )
    assert done.returncode == 0, done.stderr
    return tmp_path / "run"


def test_a_change_is_previewed_committed_and_compared(autograder, run):
    shown = autograder("rescore", run, "--preview", "--tolerance", "mean.mean=0.1")
    assert "1 of 2 students change: 1 get more points, 0 fewer." in shown.stdout
    assert "q1_numbers mean: 0/2 → 2/2" in shown.stdout
    assert "--commit" in shown.stderr
    assert "The mistake divided_by_n_minus_one would lose nothing in q1_numbers mean." in shown.stderr
    refused = autograder("rescore", run, "--commit")
    assert (refused.returncode, "give --reason TEXT" in refused.stderr) == (2, True)
    done = autograder("rescore", run, "--commit", "--reason", "It was too small.")
    assert "1 of 2 students change" in done.stderr
    found = json.loads(autograder("compare", run, "--json").stdout)
    assert [(one["student"], one["before"], one["after"]) for one in found["changes"]] == [("a", 5.0, 7.0)]
    back = autograder("compare", run, run / "results-1.json", "--csv").stdout
    (row,) = csv.DictReader(io.StringIO(back))
    assert (row["student"], float(row["points_before"]), float(row["points_after"])) == ("a", 2, 0)


def test_several_changes_are_given_at_once(autograder, run):
    shown = autograder(
        *("rescore", run, "--preview", "--json"),
        *("--tolerance", "q1_numbers/cumulative.Close(sums)=rtol=1e-3,atol=0"),
        *("--points", "cumulative=10", "--withdraw", "mean"),
    )
    found = json.loads(shown.stdout)
    assert [(one["what"], one["part"], one["check"], one["value"]) for one in found["changes"]] == [
        ("tolerance", "cumulative", "Close(sums)", {"rtol": 1e-3, "atol": 0.0}),
        ("points", "cumulative", "", 10),
        ("withdraw", "mean", "", None),
    ]
    assert [(one["student"], one["after"]) for one in found["comparison"]["changes"]] == [
        ("a", 10.0),
        ("b", 10.0),
    ]
    assert autograder("rescore", run, "--discard").returncode == 0


def test_a_change_without_a_preview_is_made_with_a_reason(autograder, run):
    refused = autograder("rescore", run, "--withdraw", "mean")
    assert (refused.returncode, "give --reason TEXT" in refused.stderr) == (2, True)
    done = autograder("rescore", run, "--withdraw", "mean", "--reason", "Nobody could know.", "--json")
    assert {row["max_points"] for row in json.loads(done.stdout)["totals"]} == {8.0}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--preview", "--commit"], "--preview or --commit, not both"),
        (["--discard", "--withdraw", "mean"], "changes are made with --preview"),
        (["--preview", "--tolerance", "mean=1"], "give PART.CHECK=VALUE"),
        (["--preview", "--points", "mean.mean=1"], "give PART=POINTS"),
        (["--preview", "--withdraw", "median"], "median: name one part of q1_numbers/mean"),
        (["--preview", "--tolerance", "mean.x=1"], "those of mean that have such a value: Close(mean)"),
    ],
)
def test_what_cannot_be_meant_is_told(autograder, run, options, said):
    done = autograder("rescore", run, *options)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_nothing_to_compare_with_is_one_line(autograder, run):
    done = autograder("compare", run)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "nothing was replaced yet" in done.stderr
    assert "no such results" in autograder("compare", run, run / "results-9.json").stderr
    assert "Nobody changes." in autograder("compare", run, run).stdout
