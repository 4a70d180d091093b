"""From a download to final points, as an instructor runs it."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile

import pytest

from autograder.records.decisions import Score
from autograder.records.run_folder import Run
from tests.support.courses import RIGHT, TOY

ROSTER = "학번,이름,분반\n2001,홍길동,A\n2002,김철수,A\n2003,이영희,B\n"
COURSE = """
timezone = "Asia/Seoul"
pass_mark = 50
[exams.toy]
due = 2026-11-01T18:00:00
late = { percent = 10, per = "day" }
bonuses = { 2003 = 1 }
"""
NAME = "과제_{}_attempt_{}_q1_numbers.py"


def number(cell: str) -> object:
    """A cell as a number, if it is one: a workbook has 7 where a CSV file has 7.0."""
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.fixture(scope="module")
def folder(autograder, tmp_path_factory):
    """A class of three, of whom one is late and one handed in nothing: collected and graded."""
    folder = tmp_path_factory.mktemp("class")
    course = shutil.copytree(TOY, folder / "course")
    (course / "course.toml").write_text(COURSE, encoding="utf-8")
    (course / "roster.csv").write_bytes(ROSTER.encode("cp949"))
    with zipfile.ZipFile(folder / "download.zip", "w") as packed:
        packed.writestr(NAME.format("2001", "2026-11-01-10-00-00"), RIGHT)
        packed.writestr(NAME.format("2002", "2026-11-02-20-00-00"), RIGHT)
        packed.writestr(NAME.format("2009", "2026-11-01-10-00-00"), "nothing = 0")
    out = ["--output", folder / "submissions", "--course", course]
    done = autograder("collect", folder / "download.zip", "--exam", "toy", *out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("3 new files; 3 students with 3 answers in ")
    assert "nothing from: 2003" in done.stderr
    assert "not in the roster: 2009" in done.stderr
    graded = autograder(
        "grade", "toy", folder / "submissions", "--output", folder / "run", "--course", course, "-q"
    )
    assert graded.returncode == 0, graded.stderr
    assert json.loads((folder / "run/results.json").read_text())["absent"] == ["2003"]
    (folder / "table").write_text(graded.stdout)
    return folder


def test_who_handed_in_nothing_has_a_row(folder):
    results = json.loads((folder / "run/results.json").read_text())
    assert [row["student"] for row in results["totals"]] == ["2001", "2002", "2003", "2009"]
    absent = [row for row in results["results"] if row["student"] == "2003"]
    assert {row["status"] for row in absent} == {"fault"}
    assert "q1_numbers" in absent[0]["findings"][0]["message"]["en"]
    assert results["submitted"]["2002"] == "2026-11-02T11:00:00+00:00"


def test_the_machines_points_stay_and_every_report_shows_the_policy(autograder, folder):
    results = json.loads((folder / "run/results.json").read_text())
    totals = {row["student"]: row for row in results["totals"]}
    points, most = totals["2002"]["points"], totals["2002"]["max_points"]
    assert points == totals["2001"]["points"]
    late, final = "late by 26 h: −20 %", f"{points * 0.8:g}"
    assert late in (folder / "table").read_text()
    formats = "csv,html,gradescope,junit,xlsx"
    done = autograder("report", folder / "run", "--format", formats, "--output", folder / "report")
    assert done.returncode == 0, done.stderr
    with (folder / "report/totals.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (rows["2002"]["policy"], rows["2002"]["final"], rows["2002"]["name"]) == (late, final, "김철수")
    assert (rows["2003"]["policy"], rows["2003"]["final"], rows["2003"]["section"]) == (
        "bonus +1",
        "1.0",
        "B",
    )
    assert (rows["2001"]["policy"], rows["2001"]["final"]) == ("", rows["2001"]["points"])
    page = (folder / "report/feedback/2002.html").read_text(encoding="utf-8")
    assert page.index(late) < page.index("with the course&#39;s policy") < page.index(f"{final} / {most:g}")
    assert "26시간 늦게 제출" in page
    assert "with the course&#39;s policy" not in (folder / "report/feedback/2001.html").read_text(
        encoding="utf-8"
    )
    assert "26시간 늦게 제출" in (folder / "report/dashboard.html").read_text(encoding="utf-8")
    tests = json.loads((folder / "report/gradescope/2002.json").read_text(encoding="utf-8"))["tests"]
    assert sum(test["score"] for test in tests) == pytest.approx(float(final))
    assert f'<property name="policy" value="{late}"' in (folder / "report/junit.xml").read_text(
        encoding="utf-8"
    )


def test_the_workbook_reads_back_as_the_csv(autograder, folder):
    from openpyxl import load_workbook

    done = autograder("report", folder / "run", "--format", "xlsx,csv", "--output", folder / "books")
    assert done.returncode == 0, done.stderr
    book = load_workbook(folder / "books/results.xlsx")
    for sheet in book:
        with (folder / f"books/{sheet.title}.csv").open(encoding="utf-8-sig", newline="") as file:
            expected = list(csv.reader(file))
        found = [
            ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
        assert [list(map(number, row)) for row in found] == [list(map(number, row)) for row in expected]
    assert book.sheetnames == ["totals", "questions", "parts"]


def test_totals(autograder, folder):
    done = autograder("totals", folder / "run", "--json")
    totals = {one["student"]: one for one in json.loads(done.stdout)["students"]}
    assert totals["2002"]["total"]["percent"] == pytest.approx(0.8 * totals["2001"]["total"]["percent"])
    assert [totals[id]["total"]["passed"] for id in ("2001", "2002", "2003")] == [True, True, False]
    done = autograder("totals", folder / "run", "--format", "table,csv,xlsx", "--output", folder / "totals")
    assert "late by 26 h" in done.stdout
    assert "이영희" in (folder / "totals/totals.csv").read_text(encoding="utf-8-sig")
    again = autograder("totals", folder / "run", folder / "run")
    assert (again.returncode, "a second run of toy" in again.stderr) == (2, True)


BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"toy [Total Pts: 10 Score] |7"\t"Availability"\r\n'
    '"홍"\t"길동"\t"hong"\t"2001"\t""\t"Yes"\r\n'
    '"김"\t"철수"\t"kim"\t"2002"\t""\t"Yes"\r\n'
    '"박"\t"하나"\t"park"\t"2005"\t""\t"Yes"\r\n'
)


def test_the_gradebook_of_the_lms_is_filled_in_once_all_points_are_given(autograder, folder, tmp_path):
    (tmp_path / "grades.csv").write_bytes(BLACKBOARD.encode("utf-16"))
    run = shutil.copytree(folder / "run", tmp_path / "run")
    command = ["report", run, "--format", "blackboard", "--gradebook", tmp_path / "grades.csv"]
    done = autograder(*command)
    assert done.returncode == 0, done.stderr
    assert "points wait for a person or another run: 2001, 2002" in done.stderr
    assert "in the gradebook, without a result: 2005 (박하나)" in done.stderr
    assert "with a result, not in the gradebook: 2003, 2009" in done.stderr
    assert done.stdout.splitlines() == [str(run / "report/grades.csv")]
    assert (run / "report/grades.csv").read_bytes().decode("utf-16") == BLACKBOARD
    (part,) = {
        row["part"] for row in json.loads((run / "results.json").read_text())["results"] if row["manual"]
    }
    scores = [
        Score(student=student, question="q1_numbers", part=part, waiting=3.0, settled=True)
        for student in ("2001", "2002")
    ]
    Run(run).decisions.decide(scores, who="kim", source="page", seen=[0, 0])
    done = autograder(*command)
    assert done.returncode == 0, done.stderr
    filled = (run / "report/grades.csv").read_bytes().decode("utf-16")
    assert filled == BLACKBOARD.replace('"2001"\t""', '"2001"\t"10"').replace('"2002"\t""', '"2002"\t"8"')


def test_a_gradebook_needs_its_format_and_a_format_its_gradebook(autograder, folder):
    for options, said in (
        (["--format", "canvas"], "--format canvas fills in a gradebook; give --gradebook EXPORTED.csv"),
        (["--gradebook", "x.csv"], "--gradebook needs one of the formats"),
    ):
        done = autograder("report", folder / "run", *options)
        assert (done.returncode, done.stderr.splitlines()[-1].startswith(f"Error: {said}")) == (2, True)


def test_feedback_goes_back_by_the_names_of_the_download(autograder, folder):
    done = autograder("report", folder / "run", "--format", "feedback-zip", "--output", folder / "back")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "back/feedback.zip") as packed:
        assert packed.namelist() == [
            "과제_2001_attempt_2026-11-01-10-00-00_feedback.html",
            "과제_2002_attempt_2026-11-02-20-00-00_feedback.html",
            "2003.html",
            "과제_2009_attempt_2026-11-01-10-00-00_feedback.html",
        ]
        assert "late by 26 h" in packed.read(packed.namelist()[1]).decode()
    assert "pages have their own name: 2003" in done.stderr


def test_an_extension_counts_at_once(autograder, folder):
    (folder / "extended.csv").write_text("id,due\n2002,2026-11-03\n", encoding="utf-8")
    done = autograder("report", folder / "run", "--roster", folder / "extended.csv")
    assert "late by" not in done.stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["collect", "no.zip", "--exam", "toy", "--output", "out"], "no.zip: no such file or folder"),
        (["collect", "x", "--exam", "tony", "--output", "out"], "did you mean 'toy'?"),
        (["totals", "nowhere"], "nowhere"),
        (["totals", "nowhere", "--format", "pdf"], "no format is named 'pdf'"),
        (["collect", "x", "--exam", "toy", "--output", "out", "--roster", "no.csv"], "no.csv: No such file"),
    ],
)
def test_wrong_usage_is_one_line(autograder, tmp_path, command, said):
    done = autograder(*command, "--course", TOY, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
