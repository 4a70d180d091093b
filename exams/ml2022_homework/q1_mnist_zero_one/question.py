"""The homework's question: tell handwritten 0 from 1, and see what a formula in float32 does to training."""

from __future__ import annotations

import numpy as np

from autograder import (
    Axis,
    Choice,
    Close,
    Data,
    Diagram,
    Essay,
    Facts,
    Layer,
    Limit,
    Operators,
    Part,
    Question,
    Relation,
    Text,
    normal,
    relation,
)
from autograder.checks.operators import ACTIVATIONS, BINARY_CROSS_ENTROPY, BY_HAND, OPTIMISERS
from autograder.pictures import Curves

from .probes import FEW, PIXELS, SEED, SHAPES

# -- the data and the network -------------------------------------------------------------------------------


def pixels(zeros, ones):
    """X (n, 784), raw."""
    return np.concatenate([zeros, ones]).reshape(-1, PIXELS).astype(np.float64)


def labels(zeros, ones):
    """y (n, 1): the zeros come first."""
    return np.repeat([0.0, 1.0], [len(zeros), len(ones)])[:, None]


@relation()
def images_as_rows(X, zeros, ones):
    return X, pixels(zeros[:FEW], ones[:FEW])


@relation()
def labels_of_images(y, zeros, ones):
    return y, labels(zeros[:FEW], ones[:FEW])


@relation(rtol=0, atol={"cpu": 1e-5, "cuda": 1e-4})
def forward_pass(output, zeros, ones, weight_1, bias_1, weight_2, bias_2):
    hidden = np.maximum(pixels(zeros[:FEW], ones[:FEW]) / 255 @ weight_1.T.astype(float) + bias_1, 0)
    return output, 1 / (1 + np.exp(-(hidden @ weight_2.T.astype(float) + bias_2)))


# -- training -----------------------------------------------------------------------------------------------


def bce(yhat, y, least=-np.inf):
    """-mean(y log yhat + (1-y) log(1-yhat)), each logarithm at least `least`. Where 0 log 0 occurs it is NaN."""
    p = yhat.astype(np.float64)
    return -np.mean(y * np.maximum(np.log(p), least) + (1 - y) * np.maximum(np.log(1 - p), least))


def first_and_last(losses, start, yhat, zeros, ones, least):
    """The losses of the first and last epoch, and what their outputs give."""
    y = labels(zeros, ones)
    return losses[[0, -1]], np.array([bce(start, y, least), bce(yhat, y, least)])


FORMULA = {"rtol": 1e-4, "atol": 1e-6}


@relation(**FORMULA)
def clamped_losses(losses, start, yhat, zeros, ones):
    """torch.nn.BCELoss: its documentation says that it holds each logarithm at -100 or above."""
    return first_and_last(losses, start, yhat, zeros, ones, -100.0)


@relation(**FORMULA)
def plain_losses(losses, start, yhat, zeros, ones):
    return first_and_last(losses, start, yhat, zeros, ones, -np.inf)


@relation(rtol=0, atol=1e-6)
def plotted_lines(plotted, yhat, zeros, ones):
    return plotted, np.stack([labels(zeros, ones)[:, 0], yhat[:, 0]])


@relation(rtol=0, atol=1e-6)
def pixels_from_0_to_1(normalized, zeros, ones):
    return normalized, pixels(zeros[:FEW], ones[:FEW]) / 255


# -- accuracy -----------------------------------------------------------------------------------------------


def accuracy_check(case):
    """The share of i with I(yhat_i > 0.5) = y_i; NaN > 0.5 does not hold."""

    def equation(evidence, inputs):
        right = (inputs[f"{case}_yhat"] > 0.5) == (inputs[f"{case}_y"] == 1)
        return evidence[f"accuracy_{case}"], np.asarray(np.mean(right))

    name = f"accuracy_{case}"
    return Relation(name, arrays=[name], equation=equation, rtol=0, atol=1e-6)


@relation(rtol=0, atol=0, open=False)
def accuracy_of_four(stated, accuracies):
    """To four digits; the number of right answers is taken too. No message gives the right one away."""
    share = stated.ravel() / np.where(stated > 1, 12665, 1)
    return (np.abs(share - accuracies[:, None]) <= 6e-5).any(axis=0), np.array([True])


# -- what is asked ------------------------------------------------------------------------------------------

# Pixels from 0 to 255, as in (2) and (3), give logits of size 10 to 100. float64 departs by more than 1 there,
# because its sigmoid saturates much later: float32 is asked for. Hidden variants divide the pixels by `scale`.
RAW = {"rtol": {"cpu": 1e-4, "cuda": 1e-2}, "atol": {"cpu": 3e-3, "cuda": 1e-2}}
FAINT = {"rtol": 0, "atol": {"cpu": 5e-4, "cuda": 2e-3}}
BY_EPOCH = [Axis(Text("epoch", "epoch"))]
LOSS = {"rtol": 0, "atol": {"cpu": 1e-5, "cuda": 1e-4}, "axes": BY_EPOCH}

BY_FORMULA = BY_HAND | ACTIVATIONS | OPTIMISERS

LOSSES = Curves(curves={"loss": "losses"})
LAYERS = Layer("l1", "784 → 64"), Layer("a1", "ReLU"), Layer("l2", "64 → 1"), Layer("a2", "Sigmoid")


def training_part(name, *checks, scale, scales):
    """Part (2), (3) or (4): 200 epochs on the document's data, a few on other data."""
    return Part(
        name=name,
        points=25,
        settings={"epochs": 200, "few": 3, "lr": 0.002, "seed": SEED, "scale": scale},
        vary={"epochs": [5, 6, 7], "few": [2, 4], "lr": [0.001, 0.003], "seed": [1, 10, 14], "scale": scales},
        limit=Limit(seconds=600),
        pictures=[LOSSES],
        checks=checks,
    )


QUESTION = Question(
    framework="torch",
    seed=SEED,
    pool=2,
    datasets=["mnist"],
    withheld=frozenset({"accuracies"}),
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=60),
    inputs={
        "weight_1": normal(64, PIXELS, std=0.05),
        "bias_1": normal(64),
        "weight_2": normal(1, 64, std=0.3),
        "bias_2": normal(1),
    },
    parts=[
        Part(
            name="network",
            diagram=Diagram([Data("X", "(n, 784)"), *LAYERS, Data("yhat", "(n, 1)")]),
            points=13,
            calls=[
                f"X, y = make_data(zeros[:{FEW}], ones[:{FEW}])",
                f"_X, _y = data_of(zeros[:{FEW}], ones[:{FEW}])",
                "_network = started(build_network, seed, device)",
                "shapes = shapes_of(_network)",
                "start = _network(_X / 255)",
                "output = with_weights(_network, weight_1, bias_1, weight_2, bias_2)(_X / 255)",
            ],
            settings={"seed": SEED},
            vary={"seed": [1, 10, 14]},
            limit=Limit(seconds=60),
            checks=[
                images_as_rows.worth(2),
                labels_of_images.worth(2),
                Facts("shapes", expected=SHAPES, points=2, open=True),
                forward_pass.worth(4),
                Close("start", rtol=0, atol={"cpu": 1e-5, "cuda": 1e-4}, points=3),
            ],
        ),
        training_part(
            "train_bce_loss",
            Operators(allowed=BY_FORMULA | BINARY_CROSS_ENTROPY, needed=["binary_cross_entropy"], points=1),
            Close("few_losses", **RAW, axes=BY_EPOCH, points=6),
            Close("losses", **RAW, axes=BY_EPOCH, points=6),
            Close("yhat", **RAW, points=6),
            Close("trained", **RAW, points=5),
            clamped_losses.worth(0.5),
            plotted_lines.worth(0.5),
            scale=1,
            scales=[50, 60, 80],
        ),
        training_part(
            "train_manual_bce",
            Operators(allowed=BY_FORMULA),
            Close("few_losses", **LOSS, points=4),
            Close("losses", **LOSS, points=4),
            Close("yhat", **FAINT, points=3),
            Close("trained", **FAINT, points=2),
            plain_losses.worth(1),
            plotted_lines.worth(1),
            Choice("NAN_LOSS_STEP", points=2),
            Choice("NAN_OUTPUT_STEP", points=1),
            Choice("MANUAL_TRAINS_WELL", points=2),
            Essay("MANUAL_REASON", points=5),
            scale=1,
            scales=[50, 60, 80],
        ),
        training_part(
            "train_normalized",
            Operators(allowed=BY_FORMULA),
            pixels_from_0_to_1.worth(3),
            Close("few_losses", **LOSS, points=4),
            Close("losses", **LOSS, points=4),
            Close("yhat", **FAINT, points=3),
            Close("trained", **FAINT, points=5),
            plain_losses.worth(1),
            plotted_lines.worth(1),
            Choice("NORMALIZED_TRAINS_WELL", points=1),
            Essay("NORMALIZED_REASON", points=3),
            scale=255,
            scales=[150, 200, 300],
        ),
        Part(
            name="accuracy",
            points=12,
            calls=[
                *(f"accuracy_{case} = accuracy({case}_yhat, {case}_y)" for case in ("plain", "half", "nan")),
                "stated = number(NORMALIZED_ACCURACY)",
            ],
            limit=Limit(seconds=60),
            checks=[
                accuracy_check("plain").worth(5),
                *(accuracy_check(case).worth(3) for case in ("half", "nan")),
                accuracy_of_four.worth(1),
            ],
        ),
    ],
)
