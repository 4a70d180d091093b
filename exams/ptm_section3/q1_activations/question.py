"""Question 1 of PTM section 3: activation functions, what they look like and what composing them gives."""

from __future__ import annotations

import numpy as np

from autograder import Choice, Close, Essay, Facts, Limit, Part, Question, relation
from autograder.pictures import Panels

from .probes import CURVES, FUNCTIONS, SEED, TITLES

# Everything is asked in float64: np.tanh, math.tanh and (e^2x-1)/(e^2x+1) differ on [-10, 10] by at most 2.3e-16,
# two ways to write the sigmoid likewise; in float32 they differ by 5e-8.
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def drawn(x, values):
    """The points (n, 2) of a curve over x."""
    return np.stack([x, values], axis=1)


@relation(**EXACT, points=1)
def tanh_formula(tanh_values, scores):
    powers = np.exp(2 * scores)
    return tanh_values, (powers - 1) / (powers + 1)


@relation(**EXACT, points=1)
def neuron_formula(output, narrow, neurons):
    w, b = neurons[:, 0]
    return output, np.abs(w * narrow + b)


@relation(**EXACT, points=1)
def softmax_sums(softmax_columns):
    return np.append(softmax_columns.sum(axis=0), (softmax_columns > 0).all()), np.ones(4)


@relation(**EXACT, points=1)
def network_formula(composed, narrow, neurons):
    x = narrow
    for w, b in neurons.T:
        x = np.tanh(w * x + b)
    return composed, x


# -- what is asked ------------------------------------------------------------------------------------------

SIX = Panels(
    functions=lambda evidence, inputs: {name: drawn(inputs["grid"], evidence[name]) for name in FUNCTIONS}
)
NINE = Panels(
    functions=lambda evidence, inputs: {
        name: drawn(inputs["narrow"], evidence[key]) for key, name in CURVES.items()
    }
)


def titles_key(inputs):
    return {str(number): title for number, title in enumerate(TITLES, 1)}


def legend_key(inputs):
    return {name: name for name in ("X", *CURVES.values())}


QUESTION = Question(
    framework="python",
    seed=SEED,
    pool=2,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=30, memory_mb=4096),  # time and room to import torch, for those who use its Hardtanh
    parts=[
        Part(
            name="tanh_values",
            points=4,
            calls=[
                "tanh_values(scores)",
                "output = neuron(narrow, float(neurons[0, 0]), float(neurons[1, 0]), distance)",
            ],
            limit=Limit(seconds=10, memory_mb=4096),
            checks=[tanh_formula, Close("tanh_values", points=2, **EXACT), neuron_formula],
        ),
        Part(
            name="activation_functions",
            points=9,
            pictures=[SIX],
            limit=Limit(seconds=20, memory_mb=4096),
            checks=[
                *(Close(name, points=0.75, **EXACT) for name in FUNCTIONS),
                Close("softmax_columns", points=0.5, **EXACT),
                softmax_sums,
                *(Close(f"{n}_drawn", points=0.2, **EXACT) for n in FUNCTIONS),
                Choice("titles", key=titles_key, points=0.5),
                Facts("grid_drawn", expected=[2, 3], points=0.3),
                Choice("properties", points=1),
            ],
        ),
        Part(
            name="composition",
            points=7,
            pictures=[NINE],
            limit=Limit(seconds=20, memory_mb=4096),
            checks=[
                *(Close(key, points=0.15, **EXACT) for key in CURVES),
                Close("x_drawn", points=0.15, **EXACT),
                *(Close(f"{key}_drawn", points=0.1, **EXACT) for key in CURVES),
                Choice("legend", key=legend_key, points=0.6),
                network_formula,
                *(Close(name, points=0.5, **EXACT) for name in ("slope", "intercept")),
                Choice("statements", points=1),
                Essay("why", points=1),
            ],
        ),
    ],
)
