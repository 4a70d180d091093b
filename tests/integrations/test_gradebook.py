"""Verdicts in nbgrader's gradebook, and what people gave there in our reports; nbgrader itself is the real one."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import nbformat
import pytest

from autograder.cli.main import cli
from autograder.core.verdict import Status
from autograder.course.timestamps import TimestampError, parse
from autograder.integrations.nbgrader.course import NbgraderError
from autograder.records.decided import with_scores
from autograder.records.decisions import Applied, Override, PartId, Score
from autograder.records.held import Held, scores_given
from autograder.records.results import results_in_memory
from autograder.records.run_folder import Run
from tests.support.courses import REPOSITORY, TOY
from tests.support.hostile_text import HOSTILE
from tests.support.nbgrader_course import SOLUTION, dump, grade_by_hand, gradebook, submit
from tests.support.notebooks import mistreated
from tests.support.page import Page
from tests.support.runs import content
from tests.support.runs import rows as rows_of_results


@pytest.fixture
def classroom(generated, tmp_path):
    """A copy of it that a test may change: (nbgrader's course folder, the run)."""
    shutil.copytree(generated, tmp_path / "class")
    return tmp_path / "class/course", tmp_path / "class/run"


@pytest.fixture
def report(monkeypatch, capsys):
    """Run the command in this process: nbgrader takes seconds to import."""
    for name in ("PATH", "AUTOGRADER_COURSE"):  # nbgrader's configuration sets them
        monkeypatch.setenv(name, os.environ.get(name, ""))

    def run(classroom, formats="nbgrader"):
        course, folder = classroom
        capsys.readouterr()
        arguments = ["report", folder, "--format", formats, "--output", course, "--lang", "en"]
        cli.main(list(map(str, arguments)), standalone_mode=False)
        return capsys.readouterr()

    return run


def changed(result, *names, **values):
    """A result with other values in the verdicts on the parts named, or on all."""
    verdicts = [replace(one, **values) if not names or one.part in names else one for one in result.verdicts]
    return replace(result, verdicts=tuple(verdicts))


def ungraded(results):
    """The results with one part of ann's ungraded."""
    values = {"status": Status.UNGRADED, "points": 0.0}
    found = [changed(one, "mean", **values) if one.student == "ann" else one for one in results]
    return results_in_memory(results.header, found)


def totals(course):
    with (course / "totals.csv").open(encoding="utf-8-sig") as file:
        return {row["student"]: (float(row["points"]), float(row["manual"])) for row in csv.DictReader(file)}


MACHINE = {
    ("ann", "mean"): (2, None, False),
    ("ann", "cumulative"): (5, None, False),
    ("ann", "reason-by-hand"): (None, None, True),
    ("bob", "mean"): (0, None, False),
    ("bob", "cumulative"): (5, None, False),
    ("bob", "reason-by-hand"): (None, None, True),
    ("cho", "mean"): (2, None, False),
    ("cho", "cumulative"): (5, None, False),
    ("cho", "reason-by-hand"): (0, None, False),  # no answer was written: no person is needed
}


def test_points_by_hand_stand_and_flow_back(classroom, report, autograder):
    course, run = classroom
    report(classroom)
    assert gradebook(course) == MACHINE
    grade_by_hand(course, "ann", "reason-by-hand", 2.5)
    grade_by_hand(course, "bob", "mean", 1, extra=0.5)
    report(classroom, "csv")
    assert totals(course) == {"ann": (7, 3), "bob": (5, 3), "cho": (7, 0)}  # not fetched yet
    report(classroom, "nbgrader,csv,html")
    by_hand = {
        ("ann", "reason-by-hand"): (None, 2.5, False),
        ("bob", "mean"): (0, 1, False),
    }
    assert gradebook(course) == MACHINE | by_hand
    assert totals(course) == {"ann": (9.5, 0), "bob": (6.5, 3), "cho": (7, 0)}
    assert "Points given by hand: 2.5." in (course / "feedback/ann.html").read_text(encoding="utf-8")
    before, files = dump(course), {path: path.read_bytes() for path in course.rglob("*.ipynb")}
    report(classroom)
    assert dump(course) == before
    assert {path: path.read_bytes() for path in course.rglob("*.ipynb")} == files
    # Reports of the run know the points from now on; results.json is what the machine judged.
    again = autograder("rescore", run, "--json", "--course", TOY)
    rows = {(row["student"], row["part"]): row for row in json.loads(again.stdout)["results"]}
    assert (rows["ann", "reason"]["status"], rows["ann", "reason"]["points"]) == ("partial", 2.5)
    assert [finding["message"]["ko"] for finding in rows["ann", "reason"]["findings"]] == [
        "사람이 채점한 점수: 2.5점."
    ]
    machine = rows_of_results(Run(run).results())
    assert machine["ann", "reason"]["status"] == "manual"


def test_scores_of_the_essay_page_reach_formgrader_and_none_overwrites_another(classroom, report):
    course, decisions = classroom[0], Run(classroom[1]).decisions

    def page(student, points):
        about = {"student": student, "question": "q1_numbers", "part": "reason"}
        score = Score(**about, waiting=points, settled=points is not None)
        decisions.decide([score], who="kim", source="desk", seen=[decisions.held().seen(score.key)])

    def now(student):
        found = {whose.student: score.by_hand for whose, score in decisions.held().scores.items()}
        return gradebook(course)[student, "reason-by-hand"][1:], found.get(student)

    for points in (2, 3):  # the page's own earlier score makes room for its later one
        page("ann", points)
        report(classroom)
        assert now("ann") == ((points, False), points)
    grade_by_hand(course, "ann", "reason-by-hand", 1)  # and formgrader's later one for both
    assert report(classroom).err == ""
    assert now("ann") == ((1, False), 1)
    page("ann", 2)
    grade_by_hand(course, "ann", "reason-by-hand", 1.5)
    assert (
        "ann q1_numbers reason: formgrader's score 1.5 stands, the desk's 2 does not" in report(classroom).err
    )
    assert now("ann") == ((1.5, False), 1.5)
    page("ann", None)
    report(classroom)
    assert now("ann") == ((None, True), None)
    # A report that ended after it had written the gradebook, and before it took note of it:
    page("bob", 2)
    grade_by_hand(course, "bob", "reason-by-hand", 2)
    page("bob", 2.5)
    assert report(classroom).err == ""
    assert now("bob") == ((2.5, False), 2.5)
    grade_by_hand(course, "bob", "reason-by-hand", None)
    report(classroom)
    assert now("bob")[1] is None
    given = scores_given(decisions.history())[PartId("bob", "q1_numbers", "reason")]
    assert [(one.score.by_hand, one.who) for one in given] == [
        (2, "kim"),
        (2.5, "kim"),
        (2.5, "kim"),  # taken note of in the gradebook, with the name
        (None, "formgrader"),
    ]
    before, history = dump(course), decisions.history()
    report(classroom)
    assert (dump(course), decisions.history()) == (before, history)


def test_comments_and_names_of_graders_travel_and_nothing_is_overwritten(classroom, report):
    course, decisions = classroom[0], Run(classroom[1]).decisions

    def comment(text=None):
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "") as book:
            found = book.find_comment("reason-by-hand", "q1_numbers", "toy", "ann")
            if text is not None:
                found.manual_comment = text
                book.db.commit()
            return found.manual_comment

    def decide(**values):
        held = decisions.held()
        score = Score(**about, settled=True, **values)
        decisions.decide([score], who="kim", source="desk", seen=[held.seen(score.key)])

    about = {"student": "ann", "question": "q1_numbers", "part": "reason"}
    whose = PartId(**about)
    item = Applied(item="1", points=2, ko="이유", en="a reason")
    decide(items=(item,), most=3, comment="Short.")
    report(classroom)
    assert gradebook(course)["ann", "reason-by-hand"] == (None, 2, False)
    assert comment() == "Short. — kim"
    newest = scores_given(decisions.history())[whose][-1]
    assert (newest.who, newest.score.items, newest.score.comment) == ("kim", (item,), "Short.")
    before = dump(course), decisions.history()
    report(classroom)
    assert (dump(course), decisions.history()) == before
    comment("See me.")  # in formgrader, while the desk gives other points
    decide(waiting=1, comment="Shorter.")
    report(classroom)
    assert (gradebook(course)["ann", "reason-by-hand"][1], comment()) == (1, "See me.")
    assert decisions.held().scores[whose].comment == "See me."
    everyone = Override(question="q1_numbers", part="mean", extra=0.5)
    decisions.decide([everyone], who="kim", source="desk", seen=[0])
    report(classroom)
    assert {name: gradebook(course)[name, "mean"][0] for name in ("ann", "bob")} == {"ann": 2, "bob": 0.5}


def test_work_handed_in_anew_is_marked_for_review_and_keeps_its_points(classroom, report, autograder):
    course, run = classroom
    report(classroom)
    grade_by_hand(course, "ann", "reason-by-hand", 2.5)
    submit(
        course, "ann", lambda name, source: source.replace("because", "therefore"), "2026-11-25 00:00:00 UTC"
    )
    assert not autograder("grade", "toy", course / "submitted", "--output", run, "--course", TOY).returncode
    report(classroom)
    assert gradebook(course)["ann", "reason-by-hand"] == (None, 2.5, True)
    assert gradebook(course)["ann", "mean"] == (2, None, False)
    shown = (course / "autograded/ann/toy/q1_numbers.ipynb").read_text(encoding="utf-8")
    assert "therefore" in shown


def test_what_is_ungraded_is_no_zero_and_late_work_is_late(classroom, report):
    course, run = classroom
    results = ungraded(Run(run).results())
    Run(run).write_results(results.header, results)
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        database.execute("update assignment set duedate = '2026-11-22 00:00:00.000000'")
        database.commit()
    with pytest.raises(SystemExit, match="3"):
        report(classroom)
    assert gradebook(course)["ann", "mean"] == (None, None, True)
    query = "select timestamp, late_submission_penalty from submitted_notebook join submitted_assignment a on a.id = submitted_notebook.assignment_id order by student_id"
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        assert list(database.execute(query)) == [
            ("2026-11-20 12:00:00.000000", None),
            ("2026-11-21 03:00:00.500000", None),
            ("2026-11-23 12:00:00.000000", 7),
        ]


def test_a_crash_in_the_middle_leaves_the_old_gradebook(classroom, report):
    course, run = classroom
    report(classroom)
    before = dump(course)
    crash = """
import os, signal
from sqlalchemy import Engine, event
from autograder.cli.main import main
written = []
@event.listens_for(Engine, "after_cursor_execute")
def stop(connection, cursor, statement, *_):
    if statement.startswith("UPDATE"):
        written.append(statement)
    if len(written) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
main()
"""
    results = Run(run).results()
    Run(run).write_results(results.header, [changed(one, points=0.25) for one in results])
    command = [sys.executable, "-c", crash, "report", run, "--format", "nbgrader", "--output", course]
    ended = subprocess.run(
        list(map(str, command)), cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert dump(course) == before
    report(classroom)
    assert gradebook(course)["bob", "mean"] == (0.25, None, False)


def test_a_gradebook_that_another_program_writes_into_is_waited_for_or_named(classroom, report):
    course, _ = classroom
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        database.execute("begin immediate")
        with pytest.raises(NbgraderError, match=r"database is locked; .* formgrader") as raised:
            report(classroom)
    assert "\n" not in str(raised.value)


def test_formgrader_shows_what_was_written_with_our_verdicts(classroom, report):
    """Deleted and doubled cells, and code of a student who claims the id of a cell that counts."""
    course, _ = classroom
    path = course / "submitted/bob/toy/q1_numbers.ipynb"
    notebook = nbformat.read(path, 4)
    check = next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "mean"
    )
    check.source, check.outputs = "5.0  # full marks", [nbformat.v4.new_output("stream", text="full marks")]
    notebook.cells = [cell for cell in notebook.cells if "cumulative" not in cell.id]
    notebook.cells.append(nbformat.from_dict({**check, "id": "again"}))
    nbformat.write(notebook, path)
    report(classroom)
    shown = nbformat.read(course / "autograded/bob/toy/q1_numbers.ipynb", 4)
    counting = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in shown.cells
        if "nbgrader" in cell.metadata and (cell.metadata.nbgrader.grade or cell.metadata.nbgrader.task)
    }
    assert list(counting) == ["mean", "reason-by-hand", "cumulative"]
    assert counting["mean"].source.startswith('report = check("mean"')
    assert "HIDDEN" not in json.dumps(shown)
    assert "failed: 0/2" in counting["mean"].outputs[0].text
    assert "Divided by n−1." in counting["mean"].outputs[0].text
    assert "full marks" not in json.dumps([cell.get("outputs") for cell in shown.cells])


def test_mistreated_notebooks_have_scores_and_can_be_shown(classroom, report, autograder):
    course, run = classroom
    made = mistreated(nbformat.read(course / "submitted/ann/toy/q1_numbers.ipynb", 4))
    for student, data in made.items():
        path = course / "submitted" / student / "toy/q1_numbers.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    assert not autograder("grade", "toy", course / "submitted", "--output", run, "--course", TOY).returncode
    report(classroom)
    found = gradebook(course)
    for student in made:
        right = student != "cut_off"
        assert found[student, "mean"] == (2 * right, None, False)
        assert found[student, "cumulative"] == (5 * right, None, False)
        shown = (course / "autograded" / student / "toy/q1_numbers.ipynb").read_text(encoding="utf-8")
        assert len(shown) < 100_000
        assert ("passed: 5/5" if right else "not a valid notebook") in shown


def test_what_formgrader_shows_of_a_hostile_notebook_is_text(classroom, report):
    from nbconvert import HTMLExporter

    course, _ = classroom
    path = course / "submitted/bob/toy/q1_numbers.ipynb"
    notebook = nbformat.read(path, 4)
    links = ["[x](javascript:window.pwned=1)", "<javascript:window.pwned=1>", "![x](javascript:1)"]
    for text in [*HOSTILE, *links, f"```\n</pre>{HOSTILE[0]}\n````\n{links[0]}", f"$${HOSTILE[0]}$$"]:
        text = text.replace("\ud800", "")
        made = [
            nbformat.v4.new_markdown_cell(text),
            nbformat.v4.new_raw_cell(text),
            nbformat.v4.new_code_cell(text),
        ]
        notebook.cells += made
    nbformat.write(notebook, path)
    report(classroom)
    shown = nbformat.read(course / "autograded/bob/toy/q1_numbers.ipynb", 4)
    assert len(shown.cells) > 3 * len(HOSTILE)
    shown.cells = [cell for cell in shown.cells if "nbgrader" not in cell.metadata]
    page = Page(HTMLExporter(template_name="classic").from_notebook_node(shown)[0])
    assert page.text.count("<script>window.pwned = 1</script>") >= 3
    for tag, attributes in page.tags:
        assert attributes.get("id") != "pwned"
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert not [value for value in attributes.values() if (value or "").startswith("javascript:")]
        assert tag != "textarea"


def cells(path):
    cell = '{"cell_type":"code","metadata":{},"source":"x","outputs":[' + "{}," * 9 + "{}]}"
    path.write_text(
        '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[' + f"{cell}," * 9_999 + cell + "]}"
    )


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def link_above(path):
    path.parent.rename(path.parent.with_name("elsewhere"))
    path.parent.symlink_to("elsewhere")


@pytest.mark.parametrize("make", [cells, pipe, link_above])
def test_what_is_no_ordinary_notebook_is_shown_as_the_source_that_was_run(classroom, report, make):
    course, _ = classroom
    make(course / "submitted/bob/toy/q1_numbers.ipynb")
    report(classroom)
    shown = nbformat.read(course / "autograded/bob/toy/q1_numbers.ipynb", 4)
    assert "def mean(values):" in shown.cells[0].source
    assert len(shown.cells) < 10


def test_a_module_is_shown_as_its_source(classroom, report, autograder):
    course, run = classroom
    source = "\n\n\n".join(SOLUTION.values())
    path = course.parent / "submissions/홍 길동/q1_numbers.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    graded = autograder("grade", "toy", course.parent / "submissions", "--output", run, "--course", TOY)
    assert graded.returncode == 0, graded.stderr
    report(classroom)
    assert gradebook(course)["홍 길동", "cumulative"] == (5, None, False)
    shown = nbformat.read(course / "autograded/홍 길동/toy/q1_numbers.ipynb", 4)
    assert shown.cells[0].source == source


def test_a_course_without_the_assignment_is_told_how_to_make_it_and_nothing_is_run(classroom, report):
    (course, run), new = classroom, classroom[0].parent / "new"
    with pytest.raises(NbgraderError, match=f"run: autograder nbgrader {new} toy --force") as raised:
        report((new, run))
    assert "nbgrader generate_assignment toy --force" in str(raised.value)
    assert not new.exists()
    with closing(sqlite3.connect(course / "gradebook.db")) as database:  # the exam got another part since
        database.execute("delete from base_cell where name = 'mean'")
        database.commit()
    with pytest.raises(NbgraderError, match="lacks toy as it is now"):
        report(classroom)


def test_source_notebooks_of_an_instructor_are_not_replaced_unasked(classroom, autograder):
    course, _ = classroom
    path = course / "source/toy/q1_numbers.ipynb"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("because", "since"), encoding="utf-8")
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    refused = autograder("nbgrader", course, "toy", "--course", TOY)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert "since" in path.read_text(encoding="utf-8")
    forced = autograder("nbgrader", course, "toy", "--course", TOY, "--force")
    assert forced.returncode == 0
    assert path.read_text(encoding="utf-8") == before
    assert 'load_subconfig("autograder_nbgrader.py")' in forced.stderr


def test_points_by_hand_on_what_is_ungraded_or_faulty(classroom):
    results = ungraded(Run(classroom[1]).results())
    score = {
        "student": "ann",
        "question": "q1_numbers",
        "part": "mean",
        "automatic": 1.5,
    }

    def scored(**about):
        given = Score(**score | about)
        return with_scores(results, Held(scores={given.whose: given}))

    settled = scored(settled=True)
    assert content(settled)["totals"][0] == {
        "student": "ann",
        "points": 6.5,
        "max_points": 10,
        "manual": 3,
        "ungraded": 0,
    }
    unsettled = scored(automatic=None, extra=1.0)
    assert content(unsettled)["totals"][0]["ungraded"] == 2
    assert list(with_scores(results, Held())) == list(results)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20 23:59:59.25 Asia/Seoul", datetime(2026, 11, 20, 14, 59, 59, 250_000, UTC)),
        ("2026-11-20 23:59:59 UTC", datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)),
        ("2026-11-20 23:59:59 +0930", datetime(2026, 11, 20, 14, 29, 59, tzinfo=UTC)),
        ("2026-11-20 23:59:59 -05", datetime(2026, 11, 21, 4, 59, 59, tzinfo=UTC)),
        ("2026-11-20T23:59:59+09:00", datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
    ],
)
def test_timestamps(text, expected):
    assert parse(text) == expected
    if not text.endswith(("+0930", "-05")):  # nbgrader takes these for seconds
        from nbgrader.utils import parse_utc

        assert parse_utc(text) == expected.replace(tzinfo=None)


@pytest.mark.parametrize("text", ["soon", "2026-13-01 00:00:00 UTC", "2026-11-20 00:00:00 Mars/Olympus", "2026-11-20 00:00:00 ../etc", "2026-11-20 00:00:00 +99999999", "0001-01-01 00:00:00 +2359"])  # fmt: skip
def test_timestamps_that_are_none(text):
    with pytest.raises(TimestampError):
        parse(text)


def test_a_timestamp_that_cannot_be_read_is_noted_and_costs_nothing(classroom, autograder):
    course, run = classroom
    (course / "submitted/ann/toy/timestamp.txt").write_text("soon")
    graded = autograder("grade", "toy", course / "submitted", "--output", run, "--course", TOY, "--json")
    results = json.loads(graded.stdout)
    assert "ann" not in results["submitted"]
    assert results["submitted"]["bob"] == "2026-11-21T03:00:00.500000+00:00"
    notes = {row["student"]: row["notes"] for row in results["questions"]}
    assert any("'soon'" in note["en"] for note in notes["ann"])
    assert results["totals"][0]["points"] == 7
