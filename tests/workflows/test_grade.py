"""Grading a class: results, resuming after any interruption, rescoring, and what must not be mixed."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.modules import CatalogError
from autograder.course.submission import SubmissionsError
from autograder.records.files import RunError
from autograder.workflows.grade import run_class
from autograder.workflows.rescore import rescore
from tests.support.courses import REFERENCES, RIGHT, SLOW, edit
from tests.support.processes import letting_on, waiting
from tests.support.runs import content, evidence_files, rows, timeless
from tests.support.waiting import PATIENCE, wait_until


def test_a_class_is_graded_and_one_students_fault_is_nobody_elses(request_for, toy, submit):
    edit(toy.path, "SECONDS = 30", "SECONDS = 3")  # for d, who never ends
    submit("a", RIGHT)
    submit("b", RIGHT.replace("/ len(values)", "/ (len(values) - 1)"))
    submit("c", "import posix\nposix._exit(0)\n")
    submit("d", RIGHT.replace("    return sum(values) / len(values)", "    while True: pass"))
    submit("e", "def f(:\n")
    submit("g", RIGHT.replace('REASON = "because"', 'REASON = ""'))
    submissions = submit("h", "x = 1\n", name="unrelated.py")
    request = request_for(submissions)
    results = run_class(request)
    found = rows(results)
    status = {key: row["status"] for key, row in found.items()}
    assert [status["a", part] for part in ("mean", "cumulative", "reason")] == ["passed", "passed", "manual"]
    assert status["b", "mean"] == "failed"
    assert found["b", "mean"]["findings"][0]["mistake"] == "divided_by_n_minus_one"
    assert "Divided by n−1." in found["b", "mean"]["findings"][0]["message"]["en"]
    assert "n−1로 나누었습니다." in found["b", "mean"]["findings"][0]["message"]["ko"]
    assert [status["b", part] for part in ("cumulative", "reason")] == ["passed", "manual"]
    assert {status[who, part] for who in "ceh" for part in ("mean", "cumulative", "reason")} == {"fault"}
    assert [status["d", part] for part in ("mean", "cumulative", "reason")] == ["fault", "passed", "manual"]
    assert "time limit of 3 s" in found["d", "mean"]["findings"][0]["message"]["en"]
    assert status["g", "reason"] == "failed"
    totals = {row["student"]: row for row in content(results)["totals"]}
    assert totals["a"] == {"student": "a", "points": 7.0, "max_points": 10.0, "manual": 3.0, "ungraded": 0.0}
    assert totals["b"]["points"] == 5.0
    assert totals["c"]["points"] == totals["c"]["manual"] == 0.0
    assert json.loads((request.run.folder / "results.json").read_text(encoding="utf-8")) == {
        "schema": 1,
        **content(results),
    }


def test_results_name_exam_profile_device_isolation_and_versions(request_for, submit):
    results = content(run_class(request_for(submit("a", RIGHT))))
    assert {name: results[name] for name in ("exam", "profile", "device", "isolation", "dataset")} == {
        "exam": "toy",
        "profile": "mini",
        "device": "cpu",
        "isolation": "bubblewrap",
        "dataset": {},
    }
    assert {"python", "numpy", "machine", "worker"} <= results["versions"].keys()


def test_odd_names_and_messages_reach_the_results_whole(request_for, submit, autograder):
    import os

    name = os.fsdecode(b"caf\xe9 [red] \x1b[31m")
    submissions = submit(name, "def mean(values):\n    raise ValueError('\\ud800 \\x1b[2J [bold]')\n")
    request = request_for(submissions)
    results = run_class(request)
    shown_name = "caf\\xe9 [red] \x1b[31m"  # bytes that are no UTF-8 and no cp949
    assert {result.student for result in results} == {shown_name}
    assert content(request.run.results()) == content(results)
    message = rows(results)[shown_name, "mean"]["findings"][0]["message"]["en"]
    assert "ValueError: \ud800 \x1b[2J [bold]" in message
    shown = autograder("report", request.run.folder, "--format", "table,csv")
    assert shown.returncode == 0, shown.stderr
    assert "\x1b" not in shown.stdout
    assert "[red]" in shown.stdout


def test_extras_that_cannot_be_read_are_a_fault(request_for, submit, monkeypatch):
    submit("b", RIGHT)
    submissions = submit("a", RIGHT)
    submit("a", "1", name="data.txt")
    open_file = Path.open

    def refuse(self, *arguments, **options):
        if self.name == "data.txt":
            raise PermissionError(13, "Permission denied")
        return open_file(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    status = {key: row["status"] for key, row in rows(run_class(request_for(submissions))).items()}
    assert status["a", "mean"] == "fault"
    assert status["b", "mean"] == "passed"


def test_notes_of_a_notebook_are_in_the_feedback(request_for, submit):
    import nbformat

    cells = [nbformat.v4.new_code_cell(source) for source in ("!pip install x\n" + RIGHT, "1 / 0", "def f(:")]
    submissions = submit("a", nbformat.writes(nbformat.v4.new_notebook(cells=cells)), name="q1_numbers.ipynb")
    request = request_for(submissions)
    results = run_class(request)
    (question,) = content(results)["questions"]
    assert (question["points"], question["manual"]) == (7, 3)
    assert [note["en"] for note in question["notes"]] == [
        "q1_numbers.ipynb[1], line 1: !pip install x was not run. Shell commands and installs do not work when "
        "this is graded; the rest was run.",
        "q1_numbers.ipynb[2], line 1: raised an exception (ZeroDivisionError: division by zero).",
        "q1_numbers.ipynb[3], line 1 (`def f(:`): not run because of a syntax error (invalid syntax). It is graded with "
        f"Python {platform.python_version()}.",
    ]
    assert content(rescore(request.run)) == content(results)


def test_what_was_done_is_not_run_again(request_for, submit, isolation):
    request = request_for(submit("a", RIGHT))
    first, started = content(run_class(request)), isolation.starts
    assert started > 0
    assert content(run_class(request)) == first
    assert isolation.starts == started


def test_a_resubmission_runs_that_student_alone(request_for, submit):
    submissions = submit("a", RIGHT)
    submit("b", RIGHT + "\n# b")
    request = request_for(submissions)
    run_class(request)
    before = evidence_files(request.run)
    submit("b", RIGHT + "\n# b, handed in again")
    results = run_class(request)
    after = evidence_files(request.run)
    assert len(after.keys() - before.keys()) == 1
    assert {name: after[name] for name in before} == before
    assert len(list(results.students())) == 2


def test_a_student_graded_alone_keeps_the_others_results(request_for, submit):
    submissions = submit("a", RIGHT)
    submit("b", RIGHT)
    run_class(request_for(submissions))
    submit("b", "x = 1")
    results = run_class(request_for(submissions, only_students=["b"]))
    assert {one.student: one.totals.points for one in results.students()} == {"a": 7.0, "b": 0.0}


def test_what_another_run_did_is_not_run_again(request_for, submit, tmp_path, isolation):
    submissions = submit("a", RIGHT)
    submit("b", RIGHT + "\n# b")
    shared = {"cache": tmp_path / "shared"}
    first = content(run_class(request_for(submissions, run="first", **shared)))
    submit("b", RIGHT + "\n# again")
    started = isolation.starts
    run_class(request_for(submissions, run="second", **shared))
    assert isolation.starts == started + 1  # for what was handed in again
    submit("b", RIGHT + "\n# b")
    assert content(run_class(request_for(submissions, run="third", **shared))) == first
    assert isolation.starts == started + 1


def test_graders_that_share_a_cache_at_the_same_time_run_nothing_twice(request_for, submit, tmp_path):
    for number in range(6):
        submissions = submit(f"student{number}", f"{SLOW}\n# {number}")
    requests = [request_for(submissions, run=f"run{number}") for number in range(3)]
    cache = ["--cache", str(tmp_path / "shared"), "--isolation", "bubblewrap"]
    graders = [start_grading(request, *cache) for request in requests]
    for grader in graders:
        _, errors = grader.communicate(timeout=PATIENCE)
        assert grader.returncode == 0, errors
    first, second, third = (
        {path.name: path.read_bytes() for path in request.run.evidence.iterdir()} for request in requests
    )
    assert len(first) == REFERENCES + 6
    assert first == second == third  # with the seconds that each took
    assert {path.name: path.read_bytes() for path in (tmp_path / "shared").iterdir()} == first


def test_a_student_is_not_graded_alone_by_a_question_that_changed(request_for, submit, toy):
    submissions = submit("a", RIGHT)
    submit("b", RIGHT)
    run_class(request_for(submissions))
    edit(toy.probes_path, "size=20", "size=21")
    edit(toy.path, "(20,)", "(21,)")
    with pytest.raises(RunError, match="grade the whole class again"):
        run_class(request_for(submissions, only_students=["b"]))


def test_a_damaged_evidence_file_is_run_again(request_for, submit):
    request = request_for(submit("a", RIGHT))
    first = run_class(request)
    for path in request.run.evidence.glob("*"):
        path.write_bytes(path.read_bytes()[:-3])
    assert timeless(run_class(request)) == timeless(first)


# -- interruptions ------------------------------------------------------------------------------------------


def start_grading(request, *extra):
    command = [sys.executable, "-m", "autograder", "grade", "toy", str(request.submissions), "--jobs", "2"]
    command += ["--output", str(request.run.folder), "--course", str(request.course.root), *extra]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_and_ends_with_the_same_results(request_for, submit, ending):
    names = [f"patient{number}" for number in range(8)]
    for number, name in enumerate(names):
        submissions = submit(f"student{number}", f"{waiting(name)}\nwait()\n{RIGHT}")
    request = request_for(submissions)
    with letting_on(*names[:2]):
        process = start_grading(request)
        wait_until(lambda: process.poll() is not None or len(evidence_files(request.run)) == REFERENCES + 2)
    process.send_signal(ending)
    _, errors = process.communicate(timeout=PATIENCE)
    if ending is signal.SIGKILL:
        assert process.returncode == -ending
    else:
        assert process.returncode == 130, errors
        assert "the same command goes on" in errors
    done = evidence_files(request.run)
    assert len(done) == REFERENCES + 2
    assert not (request.run.folder / "results.json").exists()
    with letting_on(*names):
        again, undisturbed = run_class(request), run_class(request_for(submissions, run="undisturbed"))
    assert timeless(again) == timeless(undisturbed)
    after = evidence_files(request.run)
    assert {name: after[name] for name in done} == done
    assert not list(request.run.folder.rglob("*.tmp"))


def test_two_graders_do_not_write_into_one_run(request_for, submit):
    request = request_for(submit("a", RIGHT))
    with request.run.locked(), pytest.raises(RunError, match="another process is grading into it"):
        run_class(request)
    run_class(request)


def test_what_a_killed_grader_was_writing_is_swept_away(request_for, submit, cache):
    request = request_for(submit("a", RIGHT))
    request.run.evidence.mkdir(parents=True)
    left = [
        request.run.folder / ".a.tmp",
        request.run.evidence / ".b.tmp",
        cache / ".old.tmp",
        cache / ".new.tmp",
    ]
    for path in left:
        path.write_text("half")
    os.utime(cache / ".old.tmp", (0, 0))
    run_class(request)
    assert [path.exists() for path in left] == [False, False, False, True]  # another grader may be writing it
    (cache / ".new.tmp").unlink()


# -- wrong usage --------------------------------------------------------------------------------------------


def test_runs_under_other_conditions_are_not_mixed(request_for, submit):
    request = request_for(submit("a", RIGHT))
    run_class(request)
    with pytest.raises(RunError, match="with profile 'mini', asked for is 'full'; choose another --output"):
        run_class(replace(request, site=replace(request.site, profile="full")))


def test_submissions_that_are_not_there(request_for, submit, tmp_path):
    with pytest.raises(SubmissionsError, match="No such file"):
        run_class(request_for(tmp_path / "nothing"))
    (submissions := submit("a", RIGHT)).joinpath("a", "toy").mkdir(exist_ok=True)
    with pytest.raises(RunError, match="has folders of exams only, as a student's has; give the one above"):
        run_class(request_for(submissions / "a"))
    with pytest.raises(RunError, match="no folder for student z"):
        run_class(request_for(submissions, only_students=["z"]))


def test_an_output_that_cannot_be_written(request_for, submit, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written: Not a directory; choose a folder that you may"):
        run_class(request_for(submit("a", RIGHT), run="file/run"))


def test_a_solution_that_earns_less_than_everything_is_refused_and_run_again(
    request_for, submit, impatient, isolation
):
    edit(impatient.solution_path, "def mean(values):\n", "def mean(values):\n    while True: pass\n")
    request = request_for(submit("a", RIGHT))
    for _ in range(2):
        started = isolation.starts
        with pytest.raises(
            CatalogError, match=r"the solution earns 0 of 2 points in part mean: .*time limit"
        ):
            run_class(request)
        assert isolation.starts > started
    assert not (request.run.folder / "results.json").exists()
