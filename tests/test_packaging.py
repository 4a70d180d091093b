"""The wheel: what is in it and what is not, and that it works alone, in an environment of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from autograder.handout.wheel import WheelError, engine_wheel
from autograder.records.decision_log import Decisions, DecisionsError
from tests.support.courses import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", folder, REPOSITORY],
        check=True,
        capture_output=True,
    )
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_the_engine_and_no_exam_or_solution(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "autograder/py.typed" in names
    assert "autograder/workflows/scaffold/code/question.py.jinja" in names
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"autograder", "dl_autograder"}
    questions = {path.name for path in (REPOSITORY / "solutions").glob("*/q*")}
    assert questions
    assert not [name for name in names if questions.intersection(Path(name).parts)]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel in an environment where nothing else of this repository is, with the packages of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv/bin/python"
    target = next((folder / "venv/lib").glob("python*/site-packages"))
    packages = [path for path in sys.path if path.endswith("site-packages")]
    (target / "packages.pth").write_text("\n".join(packages), encoding="utf-8")
    zipfile.ZipFile(wheel).extractall(target)

    def run(*arguments, cwd, code="from autograder.cli.main import main; main()"):
        environ = {**os.environ, "PYTHONSAFEPATH": "1"}
        return subprocess.run(
            [python, "-c", code, *arguments],
            cwd=cwd,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_self_check_needs_no_package_of_the_instructors(wheel):
    (name,) = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("/METADATA")]
    lines = zipfile.ZipFile(wheel).read(name).decode().splitlines()
    needed = {re.split(r"[^\w-]", line.split()[1])[0] for line in lines if line.startswith("Requires-Dist:")}
    always = {
        re.split(r"[^\w-]", line.split()[1])[0]
        for line in lines
        if line.startswith("Requires-Dist:") and "extra ==" not in line
    }
    extra = {"distributed", "nbgrader", "pillow", "rapidfuzz", "sqlalchemy", "starlette", "torch", "uvicorn"}
    assert extra <= needed - always


def test_decisions_name_the_extra_that_they_need(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    scores = Decisions(tmp_path / "decisions.db")
    assert scores.history() == []
    scores.path.touch()
    with pytest.raises(DecisionsError, match=r"needs sqlalchemy; run: pip install 'dl-autograder\[report\]'"):
        scores.history()


def contents(wheel):
    """What is in a wheel, but for the files in which it says who made it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if "/WHEEL" not in name}


def test_the_installed_engine_makes_the_wheel_that_it_came_from(wheel, installed, tmp_path):
    code = (
        "from pathlib import Path\n"
        "from autograder.handout.wheel import engine_wheel\n"
        "name, data = engine_wheel()\n"
        "Path(name).write_bytes(data)\n"
    )
    made = installed(cwd=tmp_path, code=code)
    assert made.returncode == 0, made.stderr
    again, ordinary = contents(tmp_path / wheel.name), contents(wheel)
    assert again.keys() == ordinary.keys()
    assert {name for name in ordinary if again[name] != ordinary[name]} == {
        name for name in ordinary if name.endswith("/RECORD")
    }


def test_an_editable_installation_makes_the_same_wheel(wheel, tmp_path):
    name, data = engine_wheel()
    path = tmp_path / name
    path.write_bytes(data)
    again, ordinary = contents(path), contents(wheel)
    assert (name, again.keys()) == (wheel.name, ordinary.keys())
    assert all(again[file] == ordinary[file] for file in ordinary if file.startswith("autograder/"))
    assert engine_wheel() == (name, data)
    record = next(text.decode() for file, text in again.items() if file.endswith("/RECORD"))
    assert {line.split(",")[0] for line in record.splitlines()} == set(zipfile.ZipFile(path).namelist())


def test_an_outdated_installation_makes_no_wheel(tmp_path, monkeypatch):
    (tmp_path / "dl_autograder-0.1.0.dist-info").mkdir()
    text = "Metadata-Version: 2.4\nName: dl-autograder\nVersion: 0.1.0\nRequires-Dist: numpy\n"
    (tmp_path / "dl_autograder-0.1.0.dist-info/METADATA").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WheelError, match=r"pyproject\.toml changed .* pip install -e \. there"):
        engine_wheel()


def test_the_installed_engine_serves_a_course_of_its_own(installed, tmp_path):
    made = installed("new", "question", "quiz/q1_first", "--framework", "python", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    # The borrowed packages are outside of the new environment, and so out of a sandbox's sight.
    verified = installed("verify", "--json", "--isolation", "none", cwd=tmp_path)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert all(line["holds"] for line in json.loads(verified.stdout))
