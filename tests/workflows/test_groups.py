"""Groups of a run: found in its evidence, and the same when somebody joins."""

from __future__ import annotations

import shutil

import pytest

from autograder.core.errors import UserError
from autograder.core.progress import Silent
from autograder.core.text import Text
from autograder.course.catalog import Course
from autograder.grading.groups import Kind
from autograder.records.decisions import Override
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.decided import decided
from autograder.workflows.grade import run_class
from autograder.workflows.groups import FILE, find_groups, group_of, in_parts
from autograder.workflows.naming import name_group
from autograder.workflows.rescore import rescore
from autograder.workflows.verify import verify_questions
from tests.support.class_of_60 import NOT_FROM_ZERO, UNDECLARED, hand_in
from tests.support.courses import RIGHT, TOY, edit
from tests.support.runs import rows


def groups_in(run, exam, parts):
    return in_parts(find_groups(run, exam), exam, parts)


EXPLANATION = Text(ko="합을 1에서 시작했습니다.", en="The sums begin at 1.")


@pytest.fixture(scope="module")
def class_of_60(tmp_path_factory, autograder):
    """The folder with the course, what was handed in, and the run of a class."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copytree(TOY, folder / "course")
    submissions = hand_in(folder)
    done = autograder(
        "grade", "toy", submissions, "--output", folder / "run", "--course", folder / "course", "-q"
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def run(class_of_60, tmp_path):
    return Run(shutil.copytree(class_of_60 / "run", tmp_path / "run"))


def test_a_mistake_that_is_not_declared_is_one_group(run, toy_course):
    found = find_groups(run, toy_course.exam("toy"))
    named, unexplained = (
        [g for g in found if (g.part, g.trait.kind) == ("cumulative", kind)]
        for kind in (Kind.MISTAKE, Kind.WRONG)
    )
    assert [(group.trait.name, len(group.members)) for group in named] == [("scale_ignored", 5)]
    assert [group.students for group in unexplained] == [UNDECLARED]


def test_faults_are_one_group_by_their_cause_and_essays_by_their_text(run, toy_course):
    found = groups_in(run, toy_course.exam("toy"), ["mean", "q1_numbers/reason"])
    sizes = [(group.part, group.trait.kind.value, len(group.members)) for group in found]
    assert sizes == [("mean", "fault", 4), *[("mean", "wrong", 1)] * 4, ("reason", "essay", 60)]


def test_groups_keep_their_ids_and_their_points_as_the_class_grows(
    class_of_60, request_for, toy_course, tmp_path
):
    submissions = tmp_path / "submissions"
    for number, way in enumerate(NOT_FROM_ZERO[:2]):
        path = submissions / f"b{number}" / "toy" / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        path.write_text(RIGHT.replace("sums, total = [], 0.0", way))
    request = request_for(submissions)
    run_class(request)
    (before,) = groups_in(request.run, toy_course.exam("toy"), ["cumulative"])
    points = Override(
        question="q1_numbers", part="cumulative", group=before.id, points=1.5, comment="Nearly."
    )
    request.run.decisions.decide([points], who="kim", source="command", seen=[0])
    for student, way in (("a0", "sums, total = [], 1 + 4e-7"), ("a1", "sums, total = [], 1 + 4e-7  # too")):
        path = submissions / student / "toy" / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        path.write_text(RIGHT.replace("sums, total = [], 0.0", way))
    run_class(request)
    (after,) = groups_in(request.run, toy_course.exam("toy"), ["cumulative"])
    assert (after.id, after.students) == (before.id, ("a0", "a1", "b0", "b1"))
    judged = rows(decided(request.run, request.run.results()))
    assert {student: judged[student, "cumulative"]["points"] for student in after.students} == dict.fromkeys(
        after.students, 1.5
    )


def test_groups_that_were_found_are_found_again_without_the_evidence(run, toy_course):
    before = find_groups(run, toy_course.exam("toy"))
    shutil.rmtree(run.evidence)
    assert [*map(whole, find_groups(run, toy_course.exam("toy")))] == [*map(whole, before)]


def whole(group):
    members = [(one.student, one.trait, one.key, one.digest, one.losses) for one in group.members]
    return group.question, group.part, group.ids, group.anchor.trait, group.anchor.key, members


def test_a_group_about_which_something_was_decided_is_remembered_without_members(run, toy_course):
    exam = toy_course.exam("toy")
    (group,) = [one for one in groups_in(run, exam, ["cumulative"]) if one.trait.kind is Kind.WRONG]
    edit(toy_course.question("toy/q1_numbers").path, "TOLERANCE = 1e-6", "TOLERANCE = 10.0")
    exam = toy_course.exam("toy")
    rescore(run, toy_course.root)
    assert all(group.id not in one.ids for one in find_groups(run, exam, decided=[group.id]))
    edit(toy_course.question("toy/q1_numbers").path, "TOLERANCE = 10.0", "TOLERANCE = 1e-6")
    rescore(run, toy_course.root)
    (again,) = [one for one in find_groups(run, toy_course.exam("toy")) if group.id in one.ids]
    assert (again.id, again.students) == (group.id, group.students)


@pytest.mark.parametrize("content", ["{", '{"schema": 99}', '{"schema": 1}'])
def test_a_damaged_file_of_groups_is_made_anew(run, toy_course, content):
    before = find_groups(run, toy_course.exam("toy"))
    (run.folder / FILE).write_text(content)
    after = find_groups(run, toy_course.exam("toy"))
    assert [(one.id, one.students) for one in before] == [(one.id, one.students) for one in after]


def test_a_part_of_another_name_and_a_folder_without_results_are_one_line(run, toy_course, tmp_path):
    with pytest.raises(UserError, match="no part is named 'cumulativ'; did you mean 'cumulative'"):
        groups_in(run, toy_course.exam("toy"), ["cumulativ"])
    with pytest.raises(UserError, match=r"no results\.json"):
        find_groups(Run(tmp_path), toy_course.exam("toy"))


# -- a mistake is made of a group ---------------------------------------------------------------------------


def named(run, exam, group, name="begins_at_one"):
    return name_group(run, exam, group, find_groups(run, exam), name, EXPLANATION)


def unexplained(run, exam):
    found = groups_in(run, exam, ["cumulative"])
    return next(group for group in found if group.trait.kind is Kind.WRONG)


def test_a_mistake_made_of_a_group_holds_and_is_told_to_everyone_who_made_it(run, toy_course, isolation):
    exam = toy_course.exam("toy")
    group = unexplained(run, exam)
    found = named(run, exam, group)
    assert (found.loses, found.mended) == ({"cumulative"}, set())
    assert "홍길동" not in found.path.read_text(encoding="utf-8")
    entry = Course(toy_course.root).question("toy/q1_numbers")
    site = Site(executor=Local(isolation), jobs=2)
    lines = verify_questions([entry], key=toy_course.key(), site=site, progress=Silent())
    assert [line.holds for line in lines if line.subject.en == "begins_at_one"] == [True]
    rescore(run, toy_course.root, confine=isolation.confining)
    told = {
        result.student
        for result in run.results()
        for verdict in result.verdicts
        for one in verdict.findings
        if one.mistake == "begins_at_one" and one.explanation == EXPLANATION
    }
    assert told == set(UNDECLARED)
    (after,) = [one for one in find_groups(run, exam) if one.trait.name == "begins_at_one"]
    assert (after.students, after.former) == (UNDECLARED, (group.id,))


def test_where_the_representative_lost_more_than_others_the_solution_stands_for_it(
    request_for, submit, toy_course
):
    wrong = RIGHT.replace("sums, total = [], 0.0", "sums, total = [], 1.0")
    submit("a", wrong.replace("/ len(values)", "/ len(values) + 1"))
    request = request_for(submit("b", wrong.replace("/ len(values)", "/ len(values) + 2")))
    run_class(request)
    exam = toy_course.exam("toy")
    found = named(request.run, exam, unexplained(request.run, exam))
    assert (found.loses, found.mended) == ({"cumulative"}, {"mean"})
    text = found.path.read_text(encoding="utf-8")
    assert ("+ 1" in text, "sum(values) / len(values)" in text) == (False, True)


def test_what_cannot_be_named_is_one_line(run, toy_course):
    exam = toy_course.exam("toy")
    groups = find_groups(run, exam)
    fault = next(group for group in groups if group.trait.kind is Kind.FAULT)
    with pytest.raises(UserError, match="this is a group of fault"):
        named(run, exam, fault)
    for taken in ("scale_ignored", "two words"):
        with pytest.raises(UserError, match="a mistake needs an identifier that is new"):
            named(run, exam, unexplained(run, exam), taken)
    with pytest.raises(UserError, match="groups have ids that begin so"):
        group_of(groups, "")
    with pytest.raises(UserError, match="no group has this id"):
        group_of(groups, "xyz")
