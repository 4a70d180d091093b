"""Inputs and probes: the activation functions."""

from __future__ import annotations

import numpy as np

# -- what is given ------------------------------------------------------------------------------------------

SEED = 3
SCORES = (-2.2, 0.1, 2.5)  # the document's: trash car, bear, dog


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
    }


# -- probes -------------------------------------------------------------------------------------------------

FUNCTIONS = ("tanh", "hardtanh", "sigmoid", "softmax", "relu", "leaky_relu")
CURVES = ("A", "B", "A+B", "C", "D", "C+D", "C(A+B)", "D(A+B)", "C(A+B)+D(A+B)")


def rectify(z):
    """What the neuron is probed with: a function that is not tanh, so that f must be used."""
    return np.maximum(z, 0)


def probe_tanh(student, given, device):
    from autograder.probing.arrays import to_numpy

    w, b = (float(value) for value in given["neurons"][:, 0])
    return {
        "tanh_values": to_numpy(student.tanh_values(given["scores"].copy()), "tanh_values(scores)"),
        "neuron": to_numpy(student.neuron(given["narrow"].copy(), w, b, rectify), "neuron(x, w, b, f)"),
    }


def longest_line(axes, name):
    """The points (n, 2) of the line with most points in an axes: guides such as axhline have but two."""
    from autograder.probing.arrays import BadReturnError

    found = [np.asarray(line.get_xydata(), np.float64) for line in axes.get_lines()]
    if not found:
        raise BadReturnError(f"{name}: the axes titled {axes.get_title()!r} has no line")
    return max(found, key=len)


def place(axes):
    """Title, row and column of an axes in its grid, and the grid's size: ["tanh", [0, 0], [2, 3]]."""
    spec = axes.get_subplotspec()
    if spec is None:
        return [axes.get_title(), None, None]
    where = [spec.rowspan.start, spec.colspan.start]
    return [axes.get_title(), where, [spec.get_gridspec().nrows, spec.get_gridspec().ncols]]


def probe_activations(student, given, device):
    from autograder.probing.arrays import to_numpy
    from autograder.probing.figures import figure_of, picture

    x = given["grid"]
    figure = figure_of(student.plot_activations(x.copy()), "plot_activations")
    curves = [longest_line(axes, "plot_activations") for axes in figure.axes]
    values = {name: to_numpy(getattr(student, name)(x.copy()), f"{name}(x)") for name in FUNCTIONS}
    return {
        **values,
        "softmax_columns": to_numpy(student.softmax(given["columns"].copy()), "softmax(x)"),
        "curves": to_numpy(curves, "the curves of plot_activations"),
        "axes": [place(axes) for axes in figure.axes],
        "figure": picture(figure),
        "properties": getattr(student, "PROPERTIES", {}),
    }


def legend_of(figure):
    """The legend's labels; of "A: Tanh(-2*x-1.25)" only what stands before the colon."""
    legend = figure.axes[0].get_legend() if figure.axes else None
    return [] if legend is None else [text.get_text().split(":")[0].strip() for text in legend.get_texts()]


def probe_composition(student, given, device):
    from autograder.probing.arrays import BadReturnError, to_numpy
    from autograder.probing.figures import figure_of, lines, picture

    x, (weights, biases) = given["narrow"], given["neurons"]
    curves = student.compositions(x.copy())
    if not isinstance(curves, dict) or set(curves) != set(CURVES):
        raise BadReturnError(f"compositions(x) must be a dict with exactly the keys {', '.join(CURVES)}")
    figure = figure_of(student.plot_compositions(x.copy()), "plot_compositions")
    return {
        "compositions": to_numpy([curves[name] for name in CURVES], "compositions(x)"),
        "drawn": to_numpy(lines(figure), "the curves of plot_compositions"),
        "legend": legend_of(figure),
        "figure": picture(figure),
        "network": to_numpy(student.network(x.copy(), weights.copy(), biases.copy(), np.tanh), "network"),
        "affine_map": to_numpy(student.affine_map(weights.copy(), biases.copy()), "affine_map").reshape(-1),
        "statements": getattr(student, "STATEMENTS", {}),
        "why": str(getattr(student, "WHY_ACTIVATIONS", "")),
    }
