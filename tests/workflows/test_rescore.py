"""Rescoring: what was changed is judged anew, nothing is run that need not be, and what must not be mixed."""

from __future__ import annotations

import shutil

import pytest
from msgspec import structs

from autograder.core.progress import Silent
from autograder.records.files import RunError
from autograder.records.run_folder import Run
from autograder.workflows.grade import run_class
from autograder.workflows.rescore import rescore
from tests.support.courses import RIGHT, edit
from tests.support.runs import content, evidence_files, rows


@pytest.fixture
def graded(request_for, submit):
    submissions = submit("a", RIGHT.replace("/ len(values)", "/ len(values) + 1e-3"))
    request = request_for(submissions)
    assert rows(run_class(request))["a", "mean"]["status"] == "failed"
    return request


def test_a_tolerance_is_changed_without_starting_a_worker(graded, toy, isolation):
    started = isolation.starts
    edit(toy.path, "TOLERANCE = 1e-6", "TOLERANCE = 1e-2")
    results = rescore(graded.run, confine=isolation.confining)
    assert rows(results)["a", "mean"]["status"] == "passed"
    assert content(graded.run.results()) == content(results)
    edit(toy.path, "TOLERANCE = 1e-2", "TOLERANCE = 1e-6")
    assert rows(rescore(graded.run, confine=isolation.confining))["a", "mean"]["status"] == "failed"
    assert isolation.starts == started


class Listening(Silent):
    def __init__(self, steps):
        self.step = steps.append


def test_several_questions_give_the_same_results(request_for, toy, submit):
    for folder in (toy.folder, toy.solutions):
        shutil.copytree(folder, folder.with_name("q2_again"))
    for student in ("a", "b"):
        submit(student, RIGHT + f"# {student}")
    submissions = submit("a", RIGHT.replace("/ len(values)", "/ len(values) + 1e-3"), "q2_again.py")
    request = request_for(submissions)
    results, steps = run_class(request), []
    assert content(rescore(request.run, progress=Listening(steps))) == content(results)
    assert len(list(results)) == 4
    assert steps == ["a", "b"]


def test_damaged_evidence_is_one_line(graded):
    before = graded.run.results()
    (key,) = [kept["q1_numbers"].key for _, kept in graded.run.recorded()[1]]
    (graded.run.evidence / f"{key}.evidence").write_bytes(b"damaged")
    with pytest.raises(RunError, match="the evidence of a for q1_numbers is gone or damaged"):
        rescore(graded.run)
    assert list(graded.run.results()) == list(before)


def test_points_are_changed_without_starting_a_worker(graded, toy, isolation):
    started = isolation.starts
    edit(toy.path, "points=2,\n            probe", "points=20,\n            probe")
    assert rows(rescore(graded.run, confine=isolation.confining))["a", "mean"]["max_points"] == 20
    assert isolation.starts == started


def test_a_changed_solution_is_run_again_but_no_submission(graded, toy, isolation):
    before, started = evidence_files(graded.run), isolation.starts
    edit(toy.solution_path, "return sum(values) / len(values)", "return sum(values) / len(values) + 1e-3")
    results = rescore(graded.run, confine=isolation.confining)
    assert rows(results)["a", "mean"]["status"] == "passed"
    assert isolation.starts == started + 4  # the solution and the three mistakes made from it
    after = evidence_files(graded.run)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 4


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        (
            "probes_path",
            '{"mean": np.asarray(student.mean(given["values"].tolist()))}',
            '{"mean": np.asarray(student.mean([1.0]))}',
        ),
        ("probes_path", "size=20", "size=21"),
        ("path", 'settings={"scale": 1.0}', 'settings={"scale": 1.5}'),
        ("path", "seed=1,", "seed=2,"),
    ],
    ids=["probe", "inputs", "settings", "seed"],
)
def test_evidence_of_another_probe_or_other_inputs_is_not_rescored(graded, toy, where, old, new):
    edit(getattr(toy, where), old, new)
    with pytest.raises(RunError, match="run autograder grade again"):
        rescore(graded.run)


def test_an_unfinished_run_is_not_rescored(graded):
    graded.run.write_manifest(structs.replace(graded.run.manifest(), complete=False))
    with pytest.raises(RunError, match="the run was interrupted; finish it with the same"):
        rescore(graded.run)


def test_a_folder_that_is_no_run_is_not_rescored(tmp_path):
    with pytest.raises(RunError, match=r"no run\.json"):
        rescore(Run(tmp_path))
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(RunError, match="is damaged"):
        rescore(Run(tmp_path))
    (tmp_path / "run.json").write_text('{"schema": 99}')
    with pytest.raises(RunError, match="not of schema 1"):
        rescore(Run(tmp_path))


def test_a_question_that_the_exam_no_longer_has_is_not_rescored(graded, toy):
    toy.folder.rename(toy.folder.with_name("q2_renamed"))
    with pytest.raises(RunError, match="the exam has no question q1_numbers any more"):
        rescore(graded.run)
