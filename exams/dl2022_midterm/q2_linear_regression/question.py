"""Question 2 of the midterm: a straight line fitted with Adam, then with SGD, and read by its gradient."""

from __future__ import annotations

import numpy as np

from autograder import Axis, Choice, Close, Essay, Facts, Limit, Part, Question, Text, relation
from autograder.pictures import LossPath

from .probes import JUDGED, START

# Of gradients and weights: (steps, 1, 2).
AXES = (Axis(Text("갱신", "update")), None, Axis(Text("성분", "component"), names=("w0", "w1")))


@relation()
def first_prediction(prediction, x):
    return prediction, START[0] + START[1] * x[:, None].astype(float)


def data_of(inputs):
    """X (n, 2) and y (n, 1) in float64."""
    x = inputs["x"].astype(float)
    return np.stack([np.ones_like(x), x], axis=1), inputs["y"].astype(float)


def path_of(weights, inputs):
    """The weights (steps + 1, 1, 2) in float64, the first being the start."""
    return np.concatenate([inputs[inputs["start"]][None], weights]).astype(float)


@relation(axes=AXES)
def gradient_formula(gradients, weights, y, inputs):
    X, _ = data_of(inputs)
    return gradients, 2 / len(X) * (path_of(weights, inputs)[:-1] @ X.T - y.T) @ X


@relation(axes=AXES)
def adam_formula(gradients, weights, lr, inputs):
    """Kingma and Ba, Adam (2015), algorithm 1, with its default parameters."""
    first, second, steps = 0, 0, []
    for t, gradient in enumerate(gradients.astype(float), start=1):
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        steps.append(lr * first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8))
    return weights, path_of(weights, inputs)[:-1] - steps


@relation(axes=AXES)
def sgd_formula(gradients, weights, lr, inputs):
    return weights, path_of(weights, inputs)[:-1] - lr * gradients.astype(float)


def convergence_key(inputs):
    """The loss is convex: a gradient of zero is the minimum, one of length 1 and more is far from it."""
    return dict(zip(JUDGED, (np.abs(inputs["judged"]).max(axis=(1, 2)) < 1e-3).tolist(), strict=True))


PATH = LossPath(data=data_of, path=lambda evidence, inputs: path_of(evidence["weights"], inputs)[:, 0])


def updates_part(name, optimizer, points, *, formula, lr, steps, vary, pictures=()):
    """A part with updates; the points are those of the gradients and of the weights."""
    return Part(
        name=name,
        points=8,
        probe=optimizer.lower(),
        settings={"lr": lr, "steps": steps, "start": f"{optimizer.lower()}_start"},
        vary=vary,
        limit=Limit(seconds=10),
        checks=[
            Close("gradients", axes=AXES, points=points[0]),
            gradient_formula.worth(1),
            Close("weights", axes=AXES, points=points[1]),
            formula.worth(0.5),
            Facts("optimizer", expected=[optimizer], points=0.5, open=True),
            Close("net_weight", points=1),
        ],
        pictures=pictures,
    )


ADAM = {"formula": adam_formula, "lr": 0.1}
ADAM_RATES, SGD_RATES = [0.03, 0.05, 0.3], [0.05, 0.15, 0.25]
FIVE, TEN = {"lr": ADAM_RATES, "steps": [3, 7, 8]}, {"lr": SGD_RATES, "steps": [6, 8, 12]}

QUESTION = Question(
    framework="torch",
    seed=7676,
    setup=Limit(seconds=20),
    parts=[
        Part(
            name="initial_network",
            points=8,
            calls=[
                "design_matrix(x)",
                "_net = initial_network().to(device)",
                "prediction = _net(design_matrix)",
                "parameters = [[name, list(value.shape)] for name, value in _net.named_parameters()]",
            ],
            limit=Limit(seconds=10),
            checks=[
                Close("design_matrix", points=2),
                first_prediction.worth(4),
                Facts("parameters", points=2),
            ],
        ),
        updates_part("adam_first_update", "Adam", (3, 2), steps=1, vary={"lr": ADAM_RATES}, **ADAM),
        updates_part("adam_five_updates", "Adam", (2, 3), steps=5, vary=FIVE, pictures=[PATH], **ADAM),
        updates_part(
            *("sgd_ten_updates", "SGD", (2, 3)),
            formula=sgd_formula,
            lr=0.2,
            steps=10,
            vary=TEN,
            pictures=[PATH],
        ),
        Part(
            name="convergence",
            points=8,
            calls=[
                "converged = {name: bool(converged(one)) for name, one in zip(JUDGED, judged)}",
                "trained_well = said(TRAINED_WELL)",
                "reason = CONVERGENCE_REASON",
            ],
            limit=Limit(seconds=10),
            checks=[
                Choice("converged", key=convergence_key, above_constant=True, points=4),
                Essay("trained_well", points=1),
                Essay("reason", points=3),
            ],
        ),
    ],
)
