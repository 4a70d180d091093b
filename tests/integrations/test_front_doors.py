"""A release opened with pytest, in Jupyter and in a terminal: each tells a student the same."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET

import nbformat
import pytest

from autograder.course.catalog import Course
from autograder.course.template import template
from tests.support.courses import REPOSITORY, RIGHT, TOY, course_of_one_question
from tests.support.notebooks import filled_notebook, filled_template
from tests.support.releases import Student, release_of

TORCH = "dl2022_midterm/q2_linear_regression"
PYTEST = ("pytest", "-p", "no:cacheprovider", "-q")


@pytest.fixture(scope="module")
def toy_release(warm, tmp_path_factory):
    return release_of(Course(TOY).exam("toy"), tmp_path_factory.mktemp("release") / "toy", warm)


@pytest.fixture(scope="module")
def student(toy_release, tmp_path_factory):
    return Student(toy_release, tmp_path_factory.mktemp("packages"))


@pytest.fixture
def work(toy_release, tmp_path):
    """A student's copy of the toy's release."""
    return shutil.copytree(toy_release, tmp_path / "work")


def outcomes(folder, student, *arguments):
    """Run pytest, and return what became of each test, with its message, and the process."""
    done = student.run(*PYTEST, "--junitxml=found.xml", *arguments, cwd=folder)
    found = {}
    for case in ET.parse(folder / "found.xml").iter("testcase"):
        element = next(iter(case), None)
        found[case.get("name")] = ("passed", "") if element is None else (element.tag, element.get("message"))
    return found, done


# -- three doors ----------------------------------------------------------------------------------------------


def in_terminal(folder, name, student, parts):
    """What a terminal says: of each part whether it failed, and the messages of what did."""
    options = [word for part in parts for word in ("--part", part)]
    done = student.run("autograder", "check", name, "--json", *options, cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    return {
        row["part"]: [one["message"]["en"] for one in row["findings"] if not one["passed"]]
        for row in json.loads(done.stdout)
    }


SHOW = """import json
%load_ext autograder
shown = %check {parts} --lang en
print(json.dumps({{
    report.verdict.part: [one.message.en for one in report.verdict.findings if not one.passed]
    for report in shown.reports
}}))"""


def in_jupyter(folder, name, student, parts):
    """What ``%check`` says in a kernel that has run the notebook's own cells."""
    from nbclient import NotebookClient

    made = nbformat.read(folder / name, as_version=4)
    made.cells = [cell for cell in made.cells if "check(" not in cell.source or "import" in cell.source]
    made.cells.append(nbformat.v4.new_code_cell(SHOW.format(parts=" ".join(parts))))
    NotebookClient(made, timeout=120, resources={"metadata": {"path": str(folder)}}).execute(
        env=student.environ
    )
    return json.loads(made.cells[-1].outputs[-1].text)


def all_three(folder, entry, source, student, parts):
    """Hand in a source as module and notebook, and return the terminal's findings; the others must agree."""
    module, notebook = folder / f"{entry.name}.py", folder / f"{entry.name}.ipynb"
    module.write_text(filled_template(template(entry), source), encoding="utf-8")
    made = filled_notebook(nbformat.read(notebook, as_version=4), source)
    notebook.write_text(nbformat.writes(made), encoding="utf-8")
    told = in_terminal(folder, module.name, student, parts)
    assert in_terminal(folder, notebook.name, student, parts) == told
    assert in_jupyter(folder, notebook.name, student, parts) == told
    for path in (module, notebook):
        found, done = outcomes(folder, student, path.name, "-k", " or ".join(parts), "--autograder-lang=en")
        assert found.keys() == told.keys(), done.stdout + done.stderr
        assert {part for part, (how, _) in found.items() if how == "failure"} == {
            part for part, messages in told.items() if messages
        }
        for part, messages in told.items():
            assert all(message in found[part][1] for message in messages)
    return told


def test_the_toy_question_has_the_same_verdicts_everywhere(work, student):
    entry = Course(TOY).question("toy/q1_numbers")
    parts = ["mean", "cumulative", "reason"]
    assert all_three(work, entry, RIGHT, student, parts) == {part: [] for part in parts}
    wrong = RIGHT.replace("scale * total", "total + 1")
    told = all_three(work, entry, wrong, student, ["cumulative", "reason"])
    assert told["reason"] == []
    assert any("differs from the reference" in message for message in told["cumulative"])


@pytest.mark.verify
def test_a_torch_question_has_the_same_verdicts_everywhere(warm, tmp_path, tmp_path_factory):
    course = course_of_one_question(tmp_path / "course", TORCH)
    folder = release_of(course.exam("dl2022_midterm"), tmp_path / "release", warm)
    student = Student(folder, tmp_path / "packages")
    entry = Course(REPOSITORY).question(TORCH)
    parts = ["adam_first_update", "adam_five_updates"]
    wrong = entry.mistake_source(entry.mistakes[0])
    told = all_three(folder, entry, wrong, student, parts)
    assert set().union(*told.values())


# -- pytest ---------------------------------------------------------------------------------------------------


def test_collecting_runs_nothing_of_a_student(work, student):
    (work / "q1_numbers.py").write_text("import pathlib\npathlib.Path('ran').touch()\nraise SystemExit\n")
    done = student.run(*PYTEST, "--collect-only", ".", cwd=work)
    tests = [line for line in done.stdout.splitlines() if "::" in line]
    assert tests == [
        f"q1_numbers.{suffix}::{part}"
        for suffix in ("ipynb", "py")
        for part in ("mean", "cumulative", "reason")
    ]
    assert not (work / "ran").exists()


def test_findings_are_the_message_and_no_line_of_ours_is_in_it(work, student):
    (work / "q1_numbers.py").write_text(RIGHT.replace("scale * total", "total + undefined"))
    found, done = outcomes(work, student, "q1_numbers.py")
    assert done.returncode == 1
    assert [(part, how) for part, (how, _) in found.items()] == [
        ("mean", "skipped"),
        ("cumulative", "failure"),
        ("reason", "skipped"),
    ]
    assert "name 'undefined' is not defined" in found["cumulative"][1]
    assert "judged when your work is graded" in found["mean"][1]
    assert "items.py" not in done.stdout
    assert "Traceback" not in done.stdout


def test_in_korean_and_in_two_processes(work, student):
    (work / "q1_numbers.py").write_text("x = 1\n")
    found, done = outcomes(work, student, "q1_numbers.py", "-n2", "--autograder-lang=ko")
    assert done.returncode == 1
    assert {how for how, _ in found.values()} == {"failure"}
    assert "cumulative" in found["cumulative"][1]
    assert "정의되어 있지 않습니다" in found["cumulative"][1]


@pytest.mark.parametrize("name", ["q1_numbers (1).py", "q1_numbers - Copy.ipynb"])
def test_a_second_download_is_the_question_and_a_file_beside_it_is_not(work, student, name):
    shutil.copy(work / f"q1_numbers{name[name.rindex('.') :]}", work / name)
    (work / "q1_numbers_of_mine.py").write_text("def test_mine():\n    pass\n")
    found, done = outcomes(work, student, name, "-k", "mean or mine", "q1_numbers_of_mine.py")
    assert done.returncode == 1
    assert (found["mean"][0], found["test_mine"][0]) == ("failure", "passed"), done.stdout


def test_in_a_course_files_are_judged_by_the_course(student, tmp_path):
    (tmp_path / "q1_numbers.py").write_text(RIGHT)
    found, done = outcomes(tmp_path, student, f"--autograder-course={TOY}", "q1_numbers.py")
    assert done.returncode == 0, done.stdout
    assert found["cumulative"] == ("passed", "")
    done = student.run(*PYTEST, "--autograder-course=nowhere", "q1_numbers.py", cwd=tmp_path)
    assert done.returncode == 4
    assert "ERROR: nowhere: not a course, it has no folder exams/" in done.stderr


def test_what_cannot_be_judged_is_an_error(work, student):
    checks = work / "autograder_checks" / "q1_numbers.checks"
    checks.write_bytes(checks.read_bytes()[:100])
    done = student.run(*PYTEST, "q1_numbers.py", cwd=work)
    assert done.returncode == 2
    assert "copy the folder autograder_checks/ of the release again" in done.stdout
    assert "items.py" not in done.stdout


def test_where_there_is_no_release_a_file_is_an_ordinary_module(student, tmp_path):
    (tmp_path / "q1_numbers.py").write_text("def test_one():\n    pass\n")
    found, done = outcomes(tmp_path, student, "q1_numbers.py")
    assert (done.returncode, found) == (0, {"test_one": ("passed", "")})


@pytest.mark.parametrize("name", ["q1_numbers.py", "q1_numbers.ipynb"])
def test_a_file_alone_is_told_what_it_lacks(student, work, tmp_path, name):
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(work / name, alone)
    done = student.run(*PYTEST, name, "--autograder-lang=en", cwd=alone)
    assert done.returncode in (4, 5)
    assert f"{name}: no release or course near it has a question of this name; run it beside" in done.stdout
    done = student.run(*PYTEST, name, "-k", "no_such_part", cwd=work)
    assert done.returncode == 5
    assert "autograder_checks" not in done.stdout


def test_a_file_that_is_named_as_no_question_is_told_the_names(student, work):
    shutil.copy(work / "q1_numbers.py", work / "홍길동.py")
    done = student.run(*PYTEST, "홍길동.py", "--autograder-lang=en", cwd=work)
    assert done.returncode == 5
    says = "홍길동.py: its name does not tell which question it answers; give it the name of one: q1_numbers"
    assert says in done.stdout


def test_the_plugin_brings_nothing_heavy_into_every_session(student, tmp_path):
    (tmp_path / "test_loaded.py").write_text(
        "import sys\n"
        "def test_loaded():\n"
        "    ours = {name for name in sys.modules if name.startswith('autograder')}\n"
        "    assert 'autograder.integrations.pytest.plugin' in ours\n"
        "    assert len(ours) <= 6, ours\n"
        "    assert not {'numpy', 'torch', 'msgspec'} & sys.modules.keys()\n"
    )
    done = student.run(*PYTEST, "-p", "no:hypothesispytest", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


# -- Jupyter --------------------------------------------------------------------------------------------------


def test_check_alone_takes_all_parts_and_mistakes_are_said_in_one_line(work, student):
    from nbclient import NotebookClient

    cells = [
        "%load_ext autograder",
        "%check",
        "def cumulative(values, scale):\n    return [1.0]",
        "%check --lang en",
        "%check nothing",
        "%check cumulative --lang fr",
        "%check nothing --lang ko",
        "from autograder import check\ncheck('nothing', lang='ko')",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    about = {"metadata": {"path": str(work)}}
    NotebookClient(made, timeout=60, allow_errors=True, resources=about).execute(env=student.environ)
    said = [
        "".join(output.get("text") or "\n".join(output.get("traceback", ())) for output in cell.outputs)
        for cell in made.cells
    ]
    assert not any("Traceback" in text for text in said)
    assert said[1].startswith("UsageError: no question to check: autograder_checks/")
    shown = made.cells[3].outputs[0].data["text/html"]
    assert [part for part in ("mean", "cumulative", "reason") if f"<code>{part}</code>" in shown] == [
        "mean",
        "cumulative",
        "reason",
    ]
    assert said[4].startswith("UsageError: no question of this release has a part 'nothing'")
    assert said[5].startswith("UsageError: argument --lang: invalid choice")
    assert "usage: %check [PART" in said[5]
    korean = "이 배포본의 문항에는 소문항 'nothing'이 없습니다. 노트북의 check 셀에 소문항의 이름이 있습니다"
    assert said[6].strip() == f"UsageError: {korean}"
    assert said[7].strip() == f"CheckFileError: {korean}"


def test_where_it_is_graded_the_command_does_nothing(work, student):
    source = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    made = nbformat.reads(source, as_version=4)
    for text in ("%load_ext autograder", RIGHT, "%check cumulative", "shown = %check\nassert shown.passed"):
        made.cells.append(nbformat.v4.new_code_cell(text))
    (work / "q1_numbers.ipynb").write_text(nbformat.writes(made), encoding="utf-8")
    assert in_terminal(work, "q1_numbers.ipynb", student, ["cumulative"]) == {"cumulative": []}
