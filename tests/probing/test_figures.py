"""Where the axes of a figure stand, and what they are called, however they were made."""

from __future__ import annotations

from contextlib import nullcontext

import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
import pytest

from autograder.probing.arrays import BadReturnError
from autograder.probing.figures import (
    drawn,
    figure_of,
    in_reading_order,
    lines,
    nearest_line,
    points,
    rows_and_columns,
    title_of,
)
from autograder.probing.observing import Observer


def by_subplots(figure):
    return list(figure.subplots(2, 3).flat)


def by_hand_from_the_last(figure):
    places = [(0.05 + 0.3 * (k % 3), 0.55 - 0.5 * (k // 3), 0.2, 0.3) for k in range(6)]
    return [figure.add_axes(place) for place in reversed(places)][::-1]


def by_columns(figure):
    made = {k: figure.add_subplot(2, 3, k + 1) for k in (0, 3, 1, 4, 2, 5)}
    return [made[k] for k in range(6)]


@pytest.mark.parametrize("make", [by_subplots, by_hand_from_the_last, by_columns])
def test_axes_are_read_row_by_row(make):
    figure = matplotlib.figure.Figure()
    expected = make(figure)
    for axes in expected:
        axes.imshow(np.zeros((2, 3)))  # makes the box smaller when it is drawn
    assert in_reading_order(figure.axes) == expected
    assert rows_and_columns(figure.axes) == [2, 3]


def test_a_figure_without_axes_has_no_rows():
    assert rows_and_columns([]) == [0, 0]


@pytest.mark.parametrize("loc", ["left", "center", "right"])
def test_a_title_may_stand_anywhere(loc):
    axes = matplotlib.figure.Figure().subplots()
    assert title_of(axes) == ""
    axes.set_title(" tanh ", loc=loc)
    assert title_of(axes) == "tanh"


def test_the_figure_behind_what_was_drawn_and_its_lines():
    figure = matplotlib.figure.Figure()
    axes = figure.subplots()
    line = axes.plot([1, 2], [3, 4])
    axes.axhline(5)
    assert [figure_of(value, "plot") for value in (figure, axes, line, (figure, axes))] == [figure] * 4
    assert [one.tolist() for one in lines(figure)] == [[[1, 3], [2, 4]], [[0, 5], [1, 5]]]


def test_a_figure_that_is_not_returned_is_the_current_one_and_closed_after_it_was_observed():
    plt.close("all")
    with pytest.raises(BadReturnError, match="plot must return a matplotlib figure, got None"):
        figure_of(None, "plot")
    kept, observer = plt.figure(), Observer(nullcontext)

    def plot(values):
        plt.figure()
        plt.plot(values)

    figure = drawn(observer, "plot", plot, [1, 2])
    assert figure is not kept
    assert lines(figure)[0][:, 1].tolist() == [1, 2]
    assert list(observer.evidence.arrays) == ["figure_plot"]
    assert plt.get_fignums() == [kept.number]
    plt.close("all")


def test_points_of_lines_and_of_scatter_plots_are_read():
    figure = matplotlib.figure.Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1, 2], [3, 4])
    left.fill_between([1, 2], [3, 4])
    right.scatter([5, 6], [7, 8])
    assert np.array_equal(points(figure), [[[1, 3], [2, 4]], [[5, 7], [6, 8]]])


def test_the_nearest_line_is_found_among_guides_and_others_in_any_order():
    y = np.array([1.0, 2.0, 4.0])
    near, far, guide = (np.column_stack([np.arange(len(v)), v]) for v in (y + 0.1, -y, np.zeros(2)))
    for shown in ([guide, far, near], [near, guide, far]):
        assert np.array_equal(nearest_line(shown, y), near)
    with pytest.raises(BadReturnError, match="the figure has no line of 3 points"):
        nearest_line([guide], y)
