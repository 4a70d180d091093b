"""The inputs of the activation functions, and what is observed."""

from __future__ import annotations

import numpy as np

from autograder.probing.arrays import BadReturnError
from autograder.probing.figures import (
    drawn,
    in_reading_order,
    lines,
    nearest_line,
    rows_and_columns,
    title_of,
)

SEED = 3
SCORES = (-2.2, 0.1, 2.5)  # the document's: trash car, bear, dog

FUNCTIONS = ("tanh", "hardtanh", "sigmoid", "softmax", "relu", "leaky_relu")
TITLES = ("tanh", "hardtanh", "sigmoid", "softmax", "relu", "leakyrelu")
# The nine curves, by the names that they are observed by.
CURVES = {
    "a": "A",
    "b": "B",
    "ab": "A+B",
    "c": "C",
    "d": "D",
    "cd": "C+D",
    "c_of_ab": "C(A+B)",
    "d_of_ab": "D(A+B)",
    "both_of_ab": "C(A+B)+D(A+B)",
}


def given(seed, profile):
    """The document's three scores and its grids of 50 points, for the public seed; others for any other seed.

    `scores` (n,); `grid` (n,) from -10 to 10; `columns` (4, 3), whose columns softmax takes one by one;
    `narrow` (n,) from -3 to 3; `neurons` (2, k): weights and biases.
    """
    rng = np.random.default_rng(seed)
    public = seed == SEED
    low, high, count = (-10.0, 10.0, 50) if public else (-rng.uniform(6, 9), rng.uniform(6, 9), 41)
    width, points = (3.0, 50) if public else (rng.uniform(2, 4), 37)
    return {
        "scores": np.array(SCORES) if public else rng.uniform(-3, 3, 4).round(2),
        "grid": np.linspace(low, high, count),
        "columns": rng.uniform(-3, 3, (4, 3)).round(2),
        "narrow": np.linspace(-width, width, points),
        "neurons": rng.uniform(0.5, 1.5, (2, 4)).round(2) * [[1, -1, 1, -1], [-1, 1, 1, -1]],
        "public": np.array(public),
    }


def distance(z):
    """What the neuron is probed with: a function that is none of the document's, so that f must be used."""
    return np.abs(z)


def plain(text):
    """A title or label in small letters, without spaces and underscores."""
    return text.lower().replace(" ", "").replace("_", "")


def activation_functions(student, given, observe):
    x = given.grid
    values = {name: observe(name, getattr(student, name), x.copy()) for name in FUNCTIONS}
    observe("softmax_columns", student.softmax, given.columns)
    figure = drawn(observe, "plot_activations", student.plot_activations, x, keep=given.public)
    axes = observe("_axes", lambda: in_reading_order(one for one in figure.axes if one.get_lines()))
    titles = observe("_titles", lambda: [plain(title_of(one)) for one in axes])
    observe("titles", lambda: {str(number): title for number, title in enumerate(titles, 1)})
    observe("grid_drawn", lambda: rows_and_columns(axes))
    for number, (name, title) in enumerate(zip(FUNCTIONS, TITLES, strict=True)):

        def curve(number=number, name=name, title=title):
            place = titles.index(title) if title in titles else number
            curves = [np.asarray(line.get_xydata(), np.float64) for line in axes[place].get_lines()]
            return nearest_line(curves, values[name])

        observe(f"{name}_drawn", curve)
    said = student.PROPERTIES  # {"tanh": {"nonlinear": True, ...}, ...} becomes {"tanh nonlinear": True, ...}
    observe("properties", lambda: {f"{name} {one}": said[name][one] for name in said for one in said[name]})


def legend_of(figure):
    """The legend's labels; of "A: Tanh(-2*x-1.25)" only what stands before the colon."""
    legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()] + figure.legends
    if not legends:
        raise BadReturnError(
            "plot_compositions must draw a legend", "plot_compositions의 그림에 범례가 없습니다"
        )
    return [plain(text.get_text().split(":")[0]) for text in legends[0].get_texts()]


def composition(student, given, observe):
    x, (weights, biases) = given.narrow, given.neurons
    curves = observe("_curves", student.compositions, x.copy())
    by_name = observe("_by_name", lambda: {plain(name): values for name, values in curves.items()})
    figure = drawn(observe, "plot_compositions", student.plot_compositions, x.copy(), keep=given.public)
    found = observe("_lines", lines, figure)
    observe("x_drawn", nearest_line, found, x)
    for key, name in CURVES.items():
        values = observe(key, lambda name=name: by_name[plain(name)])
        observe(f"{key}_drawn", nearest_line, found, values)
    labels = observe("_labels", legend_of, figure)
    observe("legend", lambda: {name: name for name in ("X", *CURVES.values()) if plain(name) in labels})
    observe("composed", student.network, x, weights.copy(), biases.copy(), np.tanh)
    observe("slope, intercept", student.affine_map, weights.copy(), biases.copy())
    observe("statements", lambda: dict(student.STATEMENTS))
    observe("why", lambda: student.WHY_ACTIVATIONS)
