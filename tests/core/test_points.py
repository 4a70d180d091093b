"""Points that are added up are what people expect of decimal numbers."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from autograder.core.points import add_points
from autograder.core.verdict import Status, Verdict, totals


def verdict(points, max_points, manual=0.0, status=Status.PARTIAL):
    return Verdict(part="a", status=status, points=points, max_points=max_points, findings=(), manual=manual)


def test_a_tenth_and_two_tenths_are_three_tenths():
    assert add_points([0.1, 0.2]) == 0.3
    assert add_points([0.1] * 10) == 1
    assert add_points([0.7, -0.6]) == 0.1
    assert add_points([]) == 0


def test_whole_points_stay_whole_in_every_file():
    assert [repr(add_points(points)) for points in ([], [3, 4], [3, 4.0])] == ["0", "7", "7.0"]


@given(st.lists(st.integers(0, 100_000), max_size=50))
def test_points_in_hundredths_add_up_exactly(hundredths):
    assert add_points(number / 100 for number in hundredths) == float(Fraction(sum(hundredths), 100))


def test_totals_are_rounded():
    found = totals([verdict(0.1, 0.7, 0.6), verdict(0.2, 0.1), verdict(0, 0.2, status=Status.UNGRADED)])
    assert (found.points, found.max_points, found.manual, found.ungraded) == (0.3, 1.0, 0.6, 0.2)
