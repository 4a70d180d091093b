"""The files that other programs read: each is given to such a program, or to the schema that it publishes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from autograder.core.text import Text
from autograder.course.catalog import Course
from autograder.integrations.gradescope.bundle import BundleError, write_bundle
from autograder.records.run_folder import Run
from autograder.reports.material import Material
from autograder.reports.renderers import RENDERERS
from tests.support.courses import REPOSITORY, TOY
from tests.support.results import results_of, row

FORMULAS = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＠a"]
HOSTILE = "</failure><script>alert(1)</script>]]>&\x00\x1b[31m\udcff\ufffe\u202e'\"한글"
STATUSES = ["passed", "partial", "failed", "fault", "manual", "ungraded"]


MESSAGE = Text(ko=f"틀림 {HOSTILE}", en=f"wrong {HOSTILE}")
POINTS = {"passed": 2, "partial": 1.5}


@pytest.fixture
def write(tmp_path):
    """Render results of these students, each with a part of every status given."""

    def render(name: str, students: list[str], statuses: list[str] = STATUSES) -> dict[str, bytes]:
        results = results_of(
            row(
                student,
                status,
                status,
                POINTS.get(status, 0),
                most=2,
                manual=2 if status == "manual" else 0,
                seconds=1234.5678,
                message=MESSAGE,
                traceback=f'File "q1_x.py", line 1\n{HOSTILE}' if status == "fault" else "",
            )
            for student in students
            for status in statuses
        )
        paths = RENDERERS[name](results, tmp_path / "out", "ko", Material(run=Run(tmp_path)))
        return {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes() for path in paths}

    return render


def test_a_spreadsheet_shows_korean_and_computes_nothing_that_students_wrote(write):
    files = write("csv", [*FORMULAS, HOSTILE, "김철수"])
    assert set(files) == {"totals.csv", "questions.csv", "parts.csv"}
    for data in files.values():
        assert data.startswith(b"\xef\xbb\xbf")  # without it Excel takes UTF-8 for the system's encoding
    totals = list(csv.reader(io.StringIO(files["totals.csv"].decode("utf-8-sig"), newline="")))
    assert totals[0] == ["student", "points", "max_points", "manual", "ungraded"]
    names = [line[0] for line in totals[1:]]
    assert names[: len(FORMULAS)] == [f"'{name}" for name in FORMULAS]
    assert names[-1] == "김철수"
    assert totals[1][1:] == ["3.5", "12", "2", "2"]  # numbers stay numbers
    parts = list(csv.DictReader(io.StringIO(files["parts.csv"].decode("utf-8-sig"), newline="")))
    assert len(parts) == len(STATUSES) * (len(FORMULAS) + 2)
    assert {line["status"] for line in parts} == set(STATUSES)


def test_junit_is_read_by_what_github_actions_read_it_with(write, tmp_path):
    """junitparser is what the publish-unit-test-result action parses with; GitLab adds rules of its own."""
    (data,) = write("junit", ["kim", HOSTILE]).values()
    path = tmp_path / "junit.xml"
    path.write_bytes(data)
    xml = JUnitXml.fromfile(str(path))
    assert (xml.tests, xml.failures, xml.errors) == (12, 6, 2)
    kim, hostile = list(xml)
    assert (kim.name, kim.tests, kim.failures, kim.errors, kim.skipped) == ("kim", 6, 3, 1, 1)
    assert hostile.name == "</failure><script>alert(1)</script>]]>&\\x00\\x1b[31m\\udcff\\ufffe\u202e'\"한글"
    kinds = {case.name: [(type(result), result.type) for result in case.result] for case in kim}
    assert kinds == {
        "passed": [],
        "partial": [(Failure, "partial")],
        "failed": [(Failure, "failed")],
        "fault": [(Failure, "fault")],
        "manual": [(Skipped, "manual")],
        "ungraded": [(Error, "ungraded")],  # ours, and no failure of the student's
    }
    cases = [case for suite in xml for case in suite]
    assert len({(case.classname, case.name) for case in cases}) == 12  # GitLab drops what has the same names
    fault = next(case.result[0] for case in kim if case.name == "fault")
    assert fault.message.startswith("오류: 0/2 | 틀림")
    assert 'File "q1_x.py", line 1' in fault.text
    assert xml.time == pytest.approx(12 * 1234.568, abs=0.01)


# https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format, read in November 2026
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {"type": "array"},
    },
    "anyOf": [  # a score of the whole, or one of each test
        {"required": ["score"]},
        {"required": ["tests"], "properties": {"tests": {"items": {"required": ["score"]}}}},
    ],
}


def test_gradescope_reads_the_results(write):
    files = write("gradescope", ["kim", HOSTILE], statuses=STATUSES[:-1])
    assert len(files) == 2
    for data in files.values():
        result = json.loads(data)
        jsonschema.validate(result, GRADESCOPE)
        assert "leaderboard" not in result
        assert result["test_output_format"] == result["test_name_format"] == "text"
        shown = {test["name"].split(" · ")[1]: test for test in result["tests"]}
        assert [shown[name]["score"] for name in STATUSES[:-1]] == [2, 1.5, 0, 0, 0]
        assert [shown[name].get("status") for name in STATUSES[:-1]] == ["passed", *["failed"] * 3, None]
        assert {name for name, test in shown.items() if test["visibility"] == "visible"} == {"fault"}


def test_who_is_ungraded_gets_a_result_that_says_so_and_has_no_points(write):
    (data,) = write("gradescope", ["kim"]).values()
    result = json.loads(data)
    jsonschema.validate(result, GRADESCOPE)
    student, staff = result["tests"]
    assert [(test["score"], test["max_score"], test["status"]) for test in result["tests"]] == [
        (0, 0, "failed")
    ] * 2
    assert "q1_x · ungraded 채점을 보류했습니다. 0점이 아니며" in student["name"]
    assert (student["visibility"], student["output"]) == ("visible", "")
    assert staff["visibility"] == "hidden"  # Gradescope shows it to the staff alone
    assert "틀림" in staff["output"]


@pytest.fixture(scope="module")
def gradescope(tmp_path_factory, autograder):
    """Gradescope's machine with the uploaded archive on it, after setup.sh was run there."""
    root = tmp_path_factory.mktemp("gradescope")
    archive = root / "autograder.zip"
    made = autograder("gradescope", "toy", "--course", TOY, "--output", archive)
    assert (made.returncode, made.stdout) == (0, f"{archive}\n"), made.stderr
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not installed")
    subprocess.run(["unzip", "-q", archive, "-d", root / "source"], check=True)  # keeps what is executable
    (root / "submission_metadata.json").write_text('{"id": 5, "users": [{"email": "k@x", "id": 1234}]}')

    def run(program: str, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
        shutil.rmtree(root / "submission", ignore_errors=True)
        shutil.rmtree(root / "results", ignore_errors=True)
        (root / "submission").mkdir()
        for name, text in files.items():
            (root / "submission" / name).write_text(text, encoding="utf-8")
        own = {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": sys.executable}
        environment = {**os.environ, **own}
        del environment["AUTOGRADER_KEY"]
        return subprocess.run(
            [root / "source" / program],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("setup.sh", {})
    assert done.returncode == 0, done.stderr
    return root, run


def test_the_archive_for_gradescope_runs(gradescope):
    root, run = gradescope
    before = sorted((root / "cache").iterdir())
    assert before  # setup.sh made the references
    solution = (TOY / "solutions/toy/q1_numbers/solution.py").read_text(encoding="utf-8")
    done = run("run_autograder", {"q1_numbers.py": solution})
    assert done.returncode == 0, done.stderr
    result = json.loads((root / "results" / "results.json").read_bytes())
    jsonschema.validate(result, GRADESCOPE)
    assert [test["score"] for test in result["tests"]] == [2, 5, 0]
    new = set((root / "cache").iterdir()).symmetric_difference(before)
    assert len({path.stem for path in new}) == 1  # the submission alone: no reference was made again
    assert run("run_autograder", {"wrong_name.py": solution}).returncode == 0
    result = json.loads((root / "results" / "results.json").read_bytes())
    assert [(test["score"], test["visibility"]) for test in result["tests"]] == [(0, "visible")] * 3


AUTHORS_MISTAKE = """
def probe_mean(student, given, observe):
    mean = observe("mean", student.mean, given["values"].tolist())
    assert mean != 0, "nobody answers that"
"""


def test_on_gradescope_what_is_ungraded_is_told_to_the_student_and_to_the_staff(gradescope):
    root, run = gradescope
    probes = root / "source/course/exams/toy/q1_numbers/probes.py"
    text = probes.read_text(encoding="utf-8")
    probes.write_text(text + AUTHORS_MISTAKE, encoding="utf-8")
    try:
        done = run("run_autograder", {"q1_numbers.py": "def mean(values):\n    return 0.0\n"})
    finally:
        probes.write_text(text, encoding="utf-8")
    assert done.returncode == 3, done.stderr
    assert "UNGRADED" in done.stderr
    result = json.loads((root / "results" / "results.json").read_bytes())
    jsonschema.validate(result, GRADESCOPE)
    student, staff = result["tests"]
    assert [test["max_score"] for test in (student, staff)] == [0, 0]
    assert "q1_numbers · mean" in student["name"]
    assert "nobody answers that" in staff["output"]


def test_without_a_sandbox_gradescope_gets_no_result_and_no_zero(gradescope):
    root, run = gradescope
    settings = root / "source" / "settings.sh"
    text = settings.read_text()
    settings.write_text(f"{text}ISOLATION=nonsense\n")
    try:
        done = run("run_autograder", {"q1_numbers.py": ""})
    finally:
        settings.write_text(text)
    assert done.returncode == 2
    assert "nonsense" in done.stderr
    assert not (root / "results" / "results.json").exists()


def test_the_archive_holds_one_exam_with_pinned_requirements(autograder, tmp_path):
    archive = tmp_path / "autograder.zip"
    assert autograder("gradescope", "dl2022_final", "--output", archive).returncode == 0
    with zipfile.ZipFile(archive) as file:
        names = file.namelist()
        pinned = file.read("requirements.txt").decode().splitlines()
        assert {name for name in names if "/" not in name} == {"autograder", "key", "requirements.txt", "run_autograder", "settings.sh", "setup.sh"}  # fmt: skip
        assert file.getinfo("run_autograder").external_attr >> 16 == 0o755
    own = "dl2022_final/q1_hihello"
    assert {f"course/solutions/{own}/solution.py", f"course/exams/{own}/probes.py", f"course/exams/{own}/statement.ko.md"} <= {*names}  # fmt: skip
    assert not [name for name in names if "midterm" in name or "__pycache__" in name]
    assert {line.split("==")[0] for line in pinned} >= {"numpy", "torch", "click"}
    assert not [line for line in pinned if line.split("==")[0] in ("tensorflow", "fastai", "pytest")]
    assert all(line.count("==") == 1 for line in pinned)


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ((3, 13), "tensorflow, keras not installed; run: pip install 'dl-autograder[tensorflow]'"),
        ((3, 14), "there is no TensorFlow for this Python yet"),
    ],
    ids=["absent", "not yet"],
)
def test_no_archive_is_written_of_what_cannot_be_run_here(tmp_path, monkeypatch, version, why):
    monkeypatch.setattr("autograder.running.environment.find_spec", lambda name: None)
    monkeypatch.setattr("autograder.running.environment.sys.version_info", version)
    course = Course(REPOSITORY)
    with pytest.raises(BundleError, match=re.escape(f"bigdata_final/q1_fashion_dnn: {why}")):
        write_bundle(course, course.exam("bigdata_final"), tmp_path / "autograder.zip", "auto")
    assert list(tmp_path.iterdir()) == []
