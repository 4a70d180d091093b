"""Calibrating: what rounding needs and where mistakes lie, what is recorded of it, and what does not fit."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from msgspec import json, structs

from autograder.core.outcome import Task
from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.course.measured import Measured
from autograder.handout.check_file import encode_check_file, read_check_file
from autograder.handout.make_check_files import make_check_files
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.workflows.calibrate import calibrate, content_hash, record
from autograder.workflows.verify import verify_questions
from tests.support.courses import KEY, REPOSITORY, RIGHT, edit

NUMPY = RIGHT.replace("sum(values) / len(values)", "float(np.mean(values))").replace(
    "def mean", "import numpy as np\n\n\ndef mean", 1
)
OFF = RIGHT.replace("sum(values) / len(values)", "sum(values) / len(values) + 0.01")


@pytest.fixture
def bare(toy):
    """The toy question without numbers in its checks."""
    text = toy.path.read_text(encoding="utf-8")
    for written in (", atol=TOLERANCE", "                    atol=TOLERANCE,\n"):
        assert written in text
        text = text.replace(written, "")
    toy.path.write_text(text, encoding="utf-8")
    return toy


def site(isolation):
    return Site(executor=Local(isolation), jobs=2)


def measured(entry, isolation):
    return calibrate(entry, key=KEY.encode(), site=site(isolation), threads=[2], progress=Silent())


def again(entry):
    """The question as the next command loads it."""
    return Course(entry.course).question(entry.id)


def write_alternative(entry, name, source):
    path = entry.solutions / "alternatives" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")


def test_the_tolerance_lies_between_what_a_right_alternative_needs_and_the_nearest_mistake(bare, warm):
    write_alternative(bare, "numpy", NUMPY)
    found = measured(bare, warm)
    mean, sums, first = found.measurement.quantities
    assert [one.check for one in (mean, sums, first)] == ["Close(mean)", "Close(sums)", "Relation(first sum)"]
    assert {"2 threads", "float64", "alternative numpy"} <= mean.rounding.keys()
    assert mean.nearest is not None
    assert mean.nearest.name == "divided_by_n_minus_one"
    assert mean.nearest.distance.relative == pytest.approx(1 / 19, rel=1e-3)  # 20 numbers divided by 19
    assert mean.needed.relative < 1e-14
    assert 4 * 2**-52 <= mean.rtol <= math.sqrt(4 * 2**-52 * 1 / 19)
    assert mean.needed.allowed < 1 < mean.nearest.distance.allowed
    assert sums.nearest is not None
    assert first.by_hand is None
    assert found.misfits == []


def test_what_is_recorded_is_used_from_then_on(bare, warm):
    found = measured(bare, warm)
    record(bare, found)
    stored = json.decode(bare.measured_path.read_bytes(), type=Measured)
    assert stored.measurements == [found.measurement]
    provenance = found.measurement.provenance
    assert provenance.content == content_hash(bare)
    assert {"python", "numpy", "worker"} <= provenance.versions.keys()
    assert "2 threads" in provenance.ways
    entry = again(bare)
    for quantity in found.measurement.quantities:
        checks = {check.id: check for check in entry.question.part(quantity.part).checks}
        check = checks[quantity.check]
        assert (check.rtol, check.atol) == (quantity.rtol, quantity.atol)
    lines = verify_questions([entry], key=KEY.encode(), site=site(warm), progress=Silent())
    assert [line for line in lines if not line.holds] == []


def test_a_release_carries_the_recorded_tolerances(bare, warm, tmp_path):
    found = measured(bare, warm)

    def grid_of(atol):
        """How wide the cells are in which students' own sums are compared with the sealed ones."""
        quantities = [structs.replace(one, rtol=0.0, atol=atol) for one in found.measurement.quantities]
        record(bare, replace(found, measurement=structs.replace(found.measurement, quantities=quantities)))
        entry, path = again(bare), tmp_path / "q1.checks"
        files = make_check_files([entry], KEY.encode(), Runner(executor=Local(warm)), 2, Silent())
        path.write_bytes(encode_check_file(files[entry]))
        return read_check_file(path).sealed[Task("cumulative")].facts["Sealed(sums)"]["width"]

    wide, narrow = grid_of(1e-4), grid_of(1e-6)
    assert 1e-4 < wide < 1e-2
    assert wide / narrow in (64, 128)  # powers of two


def test_a_mistake_inside_a_tolerance_by_hand_does_not_fit(toy, warm):
    edit(toy.path, 'Close("mean", atol=TOLERANCE)', 'Close("mean", atol=1.0)')
    found = measured(toy, warm)
    assert [(one.part, one.subject) for one in found.misfits] == [("mean", "divided_by_n_minus_one")]
    mean = found.measurement.quantities[0]
    assert mean.by_hand == (1e-7, 1.0)
    assert mean.nearest is not None
    assert mean.nearest.distance.allowed < 1
    lines = verify_questions([toy], key=KEY.encode(), site=site(warm), progress=Silent())
    assert [line.subject.en for line in lines if not line.holds and "trivial" not in line.subject.en] == [
        "divided_by_n_minus_one"
    ]


def test_an_alternative_outside_a_tolerance_by_hand_does_not_fit(toy, warm):
    write_alternative(toy, "numpy", NUMPY)
    write_alternative(toy, "off", OFF)
    found = measured(toy, warm)
    assert [(one.part, one.subject) for one in found.misfits] == [("mean", "alternative off")]
    lines = verify_questions([toy], key=KEY.encode(), site=site(warm), progress=Silent())
    assert {line.subject.en: line.holds for line in lines if "alternative" in line.subject.en} == {
        "alternative numpy": True,
        "alternative off": False,
    }


def test_rounding_outside_a_tolerance_by_hand_does_not_fit(toy, warm):
    edit(
        toy.probes_path,
        "np.random.default_rng(seed).normal(size=20)",
        "np.random.default_rng(seed).normal(size=20).astype(np.float32)",
    )
    edit(toy.path, 'Close("mean", atol=TOLERANCE)', 'Close("mean", rtol=0, atol=0)')
    edit(toy.solution_path, "return sum(values)", "return float(np.float32(1) * sum(np.float32(values)))")
    edit(toy.solution_path, "def mean", "import numpy as np\n\n\ndef mean")
    write_alternative(toy, "numpy", NUMPY)
    found = measured(toy, warm)
    assert ("mean", "alternative numpy") in [(one.part, one.subject) for one in found.misfits]


@pytest.mark.verify
def test_linear_regression_in_float64(warm):
    """float32 differs from float64 by at most 7.5e-6 in the gradients (tests/exams/test_linear_regression.py)."""
    entry = Course(REPOSITORY).question("dl2022_midterm/q2_linear_regression")
    found = measured(entry, warm)
    by_part = {(one.part, one.check): one for one in found.measurement.quantities}
    gradients = by_part["adam_five_updates", "Close(gradients)"]
    assert gradients.uncounted == {}
    assert "float64" in gradients.needed_by  # the solution itself so run, or an alternative in it
    assert 1e-6 < gradients.needed.absolute < 2e-5
    assert gradients.nearest is not None
    assert gradients.nearest.name == "adam_state_not_carried"
    assert gradients.nearest.distance.allowed > 2
    assert found.misfits == []
