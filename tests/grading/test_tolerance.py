"""Distances between arrays, and the tolerance between what rounding needs and the nearest mistake."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.checks import Close, Relation
from autograder.core.evidence import Evidence
from autograder.core.text import Text
from autograder.grading.tolerance import Precision, choose, distance, least, relative, scale_of, sides, told

EXPECTED = np.array([1.0, -2.0, 0.0])
EXACT = Precision(rounding=0.0, default=0.0)
SINGLE = Precision(rounding=2**-23, default=1.3e-6)


@pytest.mark.parametrize(
    ("got", "rtol", "atol", "found"),
    [
        ([1.0, -2.0, 0.0], 0, 0, 0),
        ([1.0, -2.5, 0.0], 0, 1, 0.5),
        ([1.0, -2.5, 0.0], 1, 0, 0.25),
        ([1.0, -2.5, 0.0], 1, 3, 0.1),
        ([1.0, -2.0, 0.1], 1, 0, math.inf),
        ([1.0, -2.0, math.nan], 1, 1, math.inf),
        ([1.0, -2.0], 1, 1, math.inf),
    ],
)
def test_a_distance_is_the_largest_difference_over_what_is_allowed(got, rtol, atol, found):
    assert distance((np.array(got), EXPECTED), rtol, atol) == found


def test_nan_and_infinity_in_the_same_places_are_no_distance():
    values = np.array([math.nan, math.inf, -math.inf, 1.0])
    assert distance((values, values), 0, 0) == 0
    assert distance((values, -values), 1, 1) == math.inf


def test_a_relative_distance_leaves_out_where_nothing_is_expected():
    assert relative((np.array([1.0, -2.5, 0.1]), EXPECTED)) == 0.25
    assert relative(None) == math.inf


def test_what_cannot_be_compared_has_no_sides():
    two = Evidence(arrays={"a": np.ones(2), "b": np.ones(3)})
    sum_of = Relation("sum", equation=lambda a, b: (a, b + a), statement=Text("", ""))
    assert sides(Close("a"), None, two, Evidence()) is None
    assert sides(Close("c"), two, two, Evidence()) is None
    assert sides(sum_of, two, two, Evidence()) is None  # (2,) and (3,)
    left, right = sides(Close("a"), two, two, Evidence())
    assert left is right


def test_the_size_of_a_quantity_is_its_root_mean_square_in_all_variants():
    assert scale_of([np.array([3.0, 4.0]), np.array([5.0, math.inf])]) == pytest.approx(
        math.sqrt((12.5 + 25) / 2)
    )
    assert scale_of([np.zeros(3)]) == 1


def test_a_mistake_is_told_only_if_every_student_is_told():
    assert told({"public": 0.0, "a": 3.0, "b": 2.0}) == 2
    assert told({"public": 5.0, "a": 0.0, "b": 9.0}) == 5
    assert told({"a": 3.0, "b": 0.0}) == 0


def test_the_precision_is_that_of_the_coarsest_array_and_in_a_framework_at_most_float32():
    double, single, whole = np.ones(1), np.ones(1, np.float32), np.ones(1, int)
    assert Precision.of([double, single], single=False) == SINGLE
    assert Precision.of([double], single=True) == SINGLE
    assert Precision.of([double], single=False) == Precision(rounding=2**-52, default=1e-7)
    assert Precision.of([whole], single=True) == EXACT


def test_a_tolerance_is_the_geometric_mean_of_what_is_safe_and_the_nearest_mistake():
    assert least(1e-5, SINGLE) == 4e-5
    assert choose(1e-5, 1e-3, SINGLE) == pytest.approx(2e-4)
    assert choose(1e-5, 4.4e-5, SINGLE) == pytest.approx(4.2e-5)


def test_a_tolerance_is_never_below_what_float32_needs_nor_far_above_what_is_needed():
    assert choose(0, 2**-21, SINGLE) == pytest.approx(4.8e-7)
    assert choose(0, math.inf, SINGLE) == pytest.approx(1.3e-5)
    assert choose(1e-4, 1e9, SINGLE) == pytest.approx(4e-3)


def test_what_is_exact_needs_no_tolerance():
    assert choose(0, 1, EXACT) == 0
    assert choose(0.05, math.inf, EXACT) == pytest.approx(2.0)
