"""Recorded tolerances: which checks have them, on which device, and what a damaged file says."""

from __future__ import annotations

import msgspec
import pytest

from autograder.course.measured import (
    Measured,
    Measurement,
    Provenance,
    Quantity,
    of_nothing,
    read_measured,
    with_tolerances,
)
from autograder.course.modules import CatalogError
from tests.support.courses import edit

PROVENANCE = Provenance(date="2026-11-27", machine="a machine", versions={}, ways=[], content="0")


def measurement(device, rtol, atol, profile="mini", check="Close(mean)"):
    quantity = Quantity(
        part="mean",
        check=check,
        rounding={},
        uncounted={},
        needed_by="",
        nearest=None,
        rtol=rtol,
        atol=atol,
    )
    return Measurement(device=device, profile=profile, provenance=PROVENANCE, quantities=[quantity])


def tolerance(toy, *measurements):
    (check,) = with_tolerances(toy.declaration, measurements).part("mean").checks
    return check.rtol, check.atol


@pytest.fixture
def bare(toy):
    """The toy question with a check that has no numbers."""
    edit(toy.path, 'Close("mean", atol=TOLERANCE)', 'Close("mean")')
    return toy


def test_a_check_without_numbers_has_the_recorded_ones(bare):
    assert tolerance(bare) == (None, None)
    assert tolerance(bare, measurement("cpu", 1e-3, 1e-4, check="Close(other)")) == (None, None)
    assert tolerance(bare, measurement("cpu", 1e-3, 1e-4)) == (1e-3, 1e-4)


def test_numbers_by_hand_stay(toy):
    assert tolerance(toy, measurement("cpu", 1e-3, 1e-4)) == (None, 1e-6)


def test_each_device_has_its_own_and_of_several_profiles_the_largest_counts(bare):
    both = [
        measurement("cpu", 1e-3, 1e-4),
        measurement("cpu", 2e-3, 1e-5, "full"),
        measurement("cuda", 1e-2, 0),
    ]
    assert tolerance(bare, *both) == ({"cpu": 2e-3, "cuda": 1e-2}, {"cpu": 1e-4, "cuda": 0})


def test_a_new_measurement_takes_the_place_of_the_old_one():
    old = Measured(question="q", measurements=[measurement("cpu", 1, 1), measurement("cuda", 2, 2)])
    new = old.with_measurement(measurement("cpu", 3, 3))
    assert [(one.device, one.quantities[0].rtol) for one in new.measurements] == [("cpu", 3), ("cuda", 2)]


def test_the_question_is_loaded_with_its_file(bare):
    recorded = Measured(question=bare.id, measurements=[measurement("cpu", 1e-3, 1e-4)])
    bare.measured_path.parent.mkdir(parents=True)
    bare.measured_path.write_bytes(msgspec.json.encode(recorded))
    (check,) = bare.question.part("mean").checks
    assert (check.rtol, check.atol) == (1e-3, 1e-4)
    assert read_measured(bare.measured_path, bare.id) == recorded


@pytest.mark.parametrize("text", ["{", '{"question": "q", "measurements": [], "about": ""}', "\xff"])
def test_a_damaged_file_is_one_line_with_its_name_and_what_to_do(toy, text):
    toy.measured_path.parent.mkdir(parents=True)
    toy.measured_path.write_text(text, encoding="latin-1")
    with pytest.raises(CatalogError, match=r"^\S+q1_numbers\.json: .*autograder calibrate toy/q1_numbers$"):
        _ = toy.question


def test_what_was_measured_of_a_check_that_is_gone_is_told(toy):
    assert of_nothing(toy.declaration, [measurement("cpu", 1e-3, 1e-4)]) == []
    gone = [measurement("cpu", 1e-3, 1e-4), measurement("cuda", 1e-3, 1e-4, check="Close(gone)")]
    assert of_nothing(toy.declaration, gone) == ["mean Close(gone)"]
