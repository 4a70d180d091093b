"""A course and its students' repositories on GitHub: the workflows are valid, and their commands do what they say."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
import yaml

from tests.support.courses import REPOSITORY, RIGHT, TOY
from tests.support.releases import release_of

CLASSROOM = "student/.github/workflows/classroom.yml"


@pytest.fixture(scope="module")
def course(autograder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("github") / "course"
    made = autograder("new", "course", folder, "--github", "--framework", "python")
    assert made.returncode == 0, made.stderr
    assert all((folder / line).is_file() for line in made.stdout.splitlines())
    return folder


def test_workflows_are_valid(course):
    files = [
        REPOSITORY / ".github/workflows/ci.yml",
        course / ".github/workflows/verify.yml",
        course / CLASSROOM,
    ]
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        *files,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ci_runs_what_the_makefile_has():
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/ci.yml").read_text())
    steps = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = [target for run in steps if run.startswith("make ") for target in run.split()[1:]]
    assert targets == ["lint", "test", "verify", "test-hostile", "docs"]
    assert all(f"\n{target}:" in makefile for target in targets)


def test_a_course_keeps_its_key_and_is_written_once(course, autograder):
    assert ".autograder/" in (course / ".gitignore").read_text().splitlines()
    again = autograder("new", "course", course)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "exams is there already" in again.stderr


@pytest.fixture
def check_step(course, warm, tmp_path):
    """Run the step of a student's workflow that checks, in a release; return the process and what it wrote."""
    from autograder.course.catalog import Course

    release = release_of(Course(TOY).exam("toy"), tmp_path / "student", warm)
    workflow = yaml.safe_load((course / CLASSROOM).read_text())
    (step,) = [one for one in workflow["jobs"]["run-autograding-tests"]["steps"] if one.get("id") == "check"]
    script = step["run"].replace("autograder", f"{sys.executable} -m autograder", 1)

    def run(source):
        (release / "q1_numbers.py").write_text(source, encoding="utf-8")
        written = {"GITHUB_STEP_SUMMARY": tmp_path / "summary", "GITHUB_OUTPUT": tmp_path / "output"}
        for path in written.values():
            path.write_text("")
        environ = {**os.environ, **{name: str(path) for name, path in written.items()}, "FILES": "*.py"}
        environ |= {"PYTHONPATH": str(REPOSITORY), "LC_ALL": "en_US.UTF-8"}
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=release,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        output = (tmp_path / "output").read_text()
        assert output.startswith("result="), done.stderr
        result = json.loads(base64.b64decode(output.removeprefix("result=")))
        junit = ET.parse(release / "junit.xml").getroot()
        return done, (tmp_path / "summary").read_text(), result, junit

    return run


def test_a_students_push_shows_a_table_and_tells_classroom_the_points(check_step):
    done, summary, result, junit = check_step(RIGHT)
    assert done.returncode == 0, done.stderr
    assert (result["status"], result["max_score"]) == ("pass", 5)  # mean and reason are graded later
    assert [(test["name"], test["score"]) for test in result["tests"]] == [("q1_numbers.py: cumulative", 5)]
    assert (junit.get("tests"), junit.get("failures")) == ("3", "0")

    done, summary, result, junit = check_step(RIGHT.replace("scale * total", "total + 1"))
    assert done.returncode == 1
    assert result["status"] == "fail"
    assert sum(test["score"] for test in result["tests"]) < result["max_score"]
    assert junit.get("failures") == "1"
    head, _, *rows = summary.splitlines()
    assert head == "| file | part | status | findings |"
    assert [row.count("|") for row in rows] == [5, 5, 5]
    assert any("`cumulative`" in row and "differs" in row for row in rows)
