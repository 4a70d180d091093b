"""The sample class is of what can be run here, the quick exams first."""

from __future__ import annotations

from autograder.course.catalog import Course
from autograder.workflows import demo
from tests.support.courses import REPOSITORY


def test_quick_exams_come_first_and_few_mistakes_are_known():
    exams = demo.sample_exams(Course(REPOSITORY))
    assert [exam.name for exam in exams][-2:] == ["dl2022_midterm", "bigdata_final"]
    assert {len(entry.mistakes) for exam in exams for entry in exam.questions} == {demo.MISTAKES}


def test_what_cannot_be_run_here_is_left_out_and_named(monkeypatch):
    monkeypatch.setattr(demo, "missing", lambda framework: ["keras"] if framework == "tensorflow" else [])
    (exam,) = demo.sample_exams(Course(REPOSITORY), ["bigdata_final"])
    assert [entry.name for entry in exam.questions] == ["q4_concepts"]
    assert list(exam.left_out) == ["q1_fashion_dnn", "q2_fashion_cnn", "q3_cifar10"]
    assert exam.left_out["q3_cifar10"] == ["keras"]
