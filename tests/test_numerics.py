"""The page about tolerances is made from what was measured, and what measures on a GPU runs on a CPU too."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from autograder.course.catalog import Course
from tests.support.courses import REPOSITORY

QUESTION = "dl2022_midterm/q2_linear_regression"
SCRIPT = REPOSITORY / "benchmarks/cuda.sh"


@pytest.fixture(scope="module")
def numerics():
    spec = importlib.util.spec_from_file_location("numerics", REPOSITORY / "benchmarks/numerics.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["numerics"] = module  # where its structs look up the types of their fields
    spec.loader.exec_module(module)
    yield module
    del sys.modules["numerics"]


def test_the_page_has_what_is_recorded(numerics):
    page = (REPOSITORY / "docs/numerics.md").read_text(encoding="utf-8")
    assert page.endswith(numerics.table(Course(REPOSITORY))), "run python benchmarks/numerics.py --write"


def test_no_record_has_rounding_outside_a_tolerance_on_a_device():
    for exam in Course(REPOSITORY).exams():
        for entry in exam.questions:
            for measurement in entry.measured.measurements:
                for quantity in measurement.quantities:
                    assert quantity.needed is None or quantity.needed.allowed <= 1, (entry.id, quantity)


def test_the_script_without_arguments_says_how_it_is_used():
    done = subprocess.run(["bash", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "benchmarks/cuda.sh run DIR OUT" in done.stderr


@pytest.mark.cuda
def test_the_script_prepares_wheels_and_measures_on_this_machine(tmp_path, numerics):
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    environ = {**os.environ, "PYTHON": sys.executable, "VERSION": here, "JOBS": "2"}
    wheels, out = tmp_path / "wheels", tmp_path / "cuda.json"
    subprocess.run(["bash", SCRIPT, "prepare", wheels], env=environ, check=True)
    assert list(wheels.glob("msgspec-*.whl"))
    assert not list(wheels.glob("torch-*.whl"))
    subprocess.run(["bash", SCRIPT, "run", wheels, out, QUESTION], env=environ, check=True)
    brought = json.loads(out.read_text(encoding="utf-8"))
    assert brought["left_out"] == []
    assert [one["question"] for one in brought["measured"]] == [QUESTION]
    assert all(line["holds"] for line in brought["verified"]["cpu.dl2022_midterm.q2_linear_regression"])
    (measured,) = numerics.json.decode(out.read_bytes(), type=numerics.Brought).measured
    assert measured.measurements[0].quantities
