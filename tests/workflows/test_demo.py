"""The sample class is of what can be run here, the quick exams first."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

from autograder.core.text import EMPTY, Text
from autograder.course.catalog import Course
from autograder.workflows import demo
from tests.support.courses import REPOSITORY, edit


def test_quick_exams_come_first_and_few_mistakes_are_known(monkeypatch):
    monkeypatch.setattr(demo, "absence", lambda framework: EMPTY)
    exams = demo.sample_exams(Course(REPOSITORY))
    assert [exam.name for exam in exams][-2:] == ["dl2022_midterm", "bigdata_final"]
    assert {len(entry.mistakes) for exam in exams for entry in exam.questions} == {demo.MISTAKES}


def test_what_cannot_be_run_here_is_left_out_and_named(monkeypatch):
    no_keras = Text(ko="keras 없음", en="no keras")
    monkeypatch.setattr(demo, "absence", lambda framework: no_keras if framework == "tensorflow" else EMPTY)
    (exam,) = demo.sample_exams(Course(REPOSITORY), ["bigdata_final"])
    assert [entry.name for entry in exam.questions] == ["q4_concepts"]
    questions = ["q1_fashion_dnn", "q2_fashion_cnn", "q3_cifar10"]
    assert exam.left_out == {f"bigdata_final/{name}": no_keras for name in questions}


def test_with_nothing_but_an_extra_the_demo_says_what_it_left_out_and_grades_the_rest(tmp_path):
    command = [sys.executable, "-m", "tests.support.only", "torch", "demo", "dl2022_midterm", "--lang", "en"]
    done = subprocess.run(
        [*command, "--output", tmp_path], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if "install" in line]
    assert said == [
        "left out: dl2022_midterm/q1_crawl_cam (fastai not installed; run: pip install 'dl-autograder[vision]')",
        "WARNING: the dashboard lists equal submissions, not similar ones: rapidfuzz not installed; "
        "run: pip install 'dl-autograder[report]'",
    ]
    results = json.loads((tmp_path / "runs/dl2022_midterm/results.json").read_text(encoding="utf-8"))
    points = {one["student"]: one["points"] + one["manual"] for one in results["totals"]}
    assert (points["solution"], points["template"]) == (results["totals"][0]["max_points"], 0)
    assert "Only equal texts were looked for" in page_of(tmp_path, "dashboard.html")
    assert "data:image/" in page_of(tmp_path, "feedback/solution.html")  # torch brings matplotlib


def page_of(output, name):
    return (output / "runs/dl2022_midterm/report" / name).read_text(encoding="utf-8")


def test_verify_says_what_cannot_be_run_here_and_verifies_the_rest(toy_course):
    folder = toy_course.root / "exams/toy/q2_other"
    shutil.copytree(toy_course.root / "exams/toy/q1_numbers", folder)
    edit(folder / "question.py", 'framework="python"', 'framework="fastai"')
    command = [sys.executable, "-m", "tests.support.only", "plots", "verify", "--solutions", "--lang", "en"]
    command += ["--course", str(toy_course.root), "toy"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "left out: toy/q2_other (torch, torchvision, fastai not installed; " in done.stderr
    assert "q1_numbers" in done.stdout
    assert "q2_other" not in done.stdout
    done = subprocess.run(
        [*command[:-1], "toy/q2_other"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "toy/q2_other: torch, torchvision, fastai not installed; run: pip install" in done.stderr
