"""Question 2 of PTM section 3: a thermometer's scale, fitted with a line and with small neural networks."""

from __future__ import annotations

import numpy as np

from autograder import (
    Axis,
    Close,
    Data,
    Diagram,
    Essay,
    Facts,
    Layer,
    Limit,
    Part,
    Question,
    Text,
    relation,
)
from autograder.pictures import Curves

from .probes import SEED

# -- the mathematics, in float64 and in numpy ---------------------------------------------------------------


def halves(inputs):
    """x (n, 1) and y (n, 1) in float64, of the training and then of the validation samples."""
    names = ("t_un_train", "t_c_train", "t_un_val", "t_c_val")
    return tuple(inputs[name].astype(np.float64) for name in names)


def before(path, start):
    """The parameters before each update, from those after it: both (epochs, p).

    Raises:
        ValueError: nothing was updated.
    """
    if not len(path) or np.array_equal(path[-1], start):
        raise ValueError("the parameters are those of the start")
    return np.concatenate([start[None], path]).astype(np.float64)[:-1]


def line_losses(parameters, x, y):
    """Mean squared error of every line (epochs, 2): (epochs,)."""
    return np.mean((parameters[:, :1] * x.T + parameters[:, 1:] - y.T) ** 2, axis=1)


def line_gradients(parameters, x, y):
    """Gradient of line_losses: (epochs, 2)."""
    residual = parameters[:, :1] * x.T + parameters[:, 1:] - y.T
    return 2 / len(x) * residual @ np.concatenate([x, np.ones_like(x)], axis=1)


def descent_in_closed_form(x, y, start, lr, epochs):
    """The line (w, b) after each epoch of gradient descent: θ* + (I − lr H)^k (θ0 − θ*), shape (epochs, 2).

    θ* is the least-squares line and H = 2/n XᵀX; the powers are taken in the basis of H's eigenvectors.
    """
    design = np.concatenate([x, np.ones_like(x)], axis=1)
    values, vectors = np.linalg.eigh(2 / len(x) * design.T @ design)
    best = np.linalg.lstsq(design, y[:, 0], rcond=None)[0]
    powers = (1 - lr * values) ** np.arange(1, epochs + 1)[:, None]
    return best + (powers * (vectors.T @ (start - best))) @ vectors.T


def network_of(parameters, x):
    """Hidden units (..., n, h) and output (..., n) of networks 1-h-1 with parameters (..., 3h + 1) for x (n, 1)."""
    hidden = (parameters.shape[-1] - 1) // 3
    w1, b1, w2, b2 = np.split(parameters, [hidden, 2 * hidden, 3 * hidden], axis=-1)
    units = np.tanh(x * w1[..., None, :] + b1[..., None, :])
    return units, (units * w2[..., None, :]).sum(axis=-1) + b2


def network_losses(parameters, x, y):
    """Mean squared error of every network (epochs, p): (epochs,)."""
    return np.mean((network_of(parameters, x)[1] - y[:, 0]) ** 2, axis=-1)


def network_gradients(parameters, x, y):
    """Gradient of network_losses, by the chain rule: (epochs, p)."""
    units, output = network_of(parameters, x)
    hidden = units.shape[-1]
    back = 2 / len(x) * (output - y[:, 0])[..., None]  # (epochs, n, 1)
    inner = back * parameters[:, None, 2 * hidden : 3 * hidden] * (1 - units**2)
    parts = [(inner * x).sum(axis=1), inner.sum(axis=1), (back * units).sum(axis=1), back.sum(axis=1)]
    return np.concatenate(parts, axis=1)


# -- what must hold -----------------------------------------------------------------------------------------

# Measured on the CPU, float32 against the formulas in float64, 8 seeds: losses differ by at most 8e-5 (2e-6 of their
# size), one update by 1e-6, 3000 updates of the line by 2.4e-5, the hidden gradient by 1.3e-5, outputs by 2e-6.
# CUDA adds in another order, also in float32 (TF32 is off): the same tolerances, not measured.
OUTPUT = {"rtol": 1e-5, "atol": 2e-5}
LOSS = {"rtol": 2e-5, "atol": 2e-4, "axes": [Axis(Text("에포크", "epoch"))]}
UPDATE = {"rtol": 0, "atol": 1e-5}
FITTED = {"rtol": 0, "atol": 2e-4}
PIXEL = {"rtol": 1e-5, "atol": 1e-4}

LOSSES_BEFORE = relation(**LOSS, points=1)
UPDATES = relation(**UPDATE)


def losses_of(losses, parameters, inputs):
    """Training and validation losses (2, epochs) of a function of parameters, x and y."""
    x, y, x_val, y_val = halves(inputs)
    return np.stack([losses(parameters, x, y), losses(parameters, x_val, y_val)])


@LOSSES_BEFORE
def line_losses_before(training_losses, validation_losses, path, loss_scale, inputs):
    due = losses_of(line_losses, before(path, inputs["start"]), inputs)
    return np.stack([training_losses, validation_losses]), loss_scale * due


@LOSSES_BEFORE
def network_losses_before(training_losses, validation_losses, path, inputs):
    due = losses_of(network_losses, before(path, inputs["net_start"]), inputs)
    return np.stack([training_losses, validation_losses]), due


def most_of(epochs, path):
    """A path of nearly so many updates: one too few costs what is compared with the reference, and no more."""
    if len(path) < 0.9 * epochs:
        raise ValueError(f"{len(path)} updates")
    return path


@UPDATES
def line_updates(path, start, lr, loss_scale, n_epochs, inputs):
    x, y, _, _ = halves(inputs)
    lines = before(most_of(n_epochs, path), start)
    return path, lines - lr * loss_scale * line_gradients(lines, x, y)


@UPDATES
def network_updates(path, net_start, lr, net_epochs, inputs):
    x, y, _, _ = halves(inputs)
    networks = before(most_of(net_epochs, path), net_start)
    return path, networks - lr * network_gradients(networks, x, y)


@relation(**FITTED, points=2)
def closed_form(path, start, lr, loss_scale, n_epochs, inputs):
    x, y, _, _ = halves(inputs)
    epochs = len(most_of(n_epochs, path))
    return path, descent_in_closed_form(x, y, start.astype(np.float64), lr * loss_scale, epochs)


@relation(**FITTED, points=1)
def last_gradient(hidden_gradient, path, net_start, inputs):
    x, y, _, _ = halves(inputs)
    return hidden_gradient, network_gradients(before(path, net_start)[-1:], x, y)[0, :8, None]


def output_of(path, x):
    """The output (n,) of the network that the training ended with."""
    return network_of(path[-1].astype(np.float64), x.astype(np.float64))[1]


@relation(**OUTPUT, points=0.5)
def trained_output(output, path, net_start, t_un_val):
    before(path, net_start)
    return output, output_of(path, t_un_val)[:, None]


@relation(**PIXEL, points=0.5)
def curve(curve_drawn, path, t_range):
    return curve_drawn, np.stack([t_range[:, 0], output_of(path, 0.1 * t_range.astype(np.float64))], axis=1)


@relation(**PIXEL, points=0.5)
def crosses(crosses_drawn, path, t_u):
    return crosses_drawn, np.stack([t_u, output_of(path, 0.1 * t_u.astype(np.float64)[:, None])], axis=1)


LOSSES = Curves(curves={"training": "training_losses", "validation": "validation_losses"})

# -- what is asked ------------------------------------------------------------------------------------------


LAYERS = ["torch.nn.Sequential", "torch.nn.Linear", "torch.nn.Tanh", "torch.nn.Linear"]
HOOKS = {"before": Text("앞의 훅", "before"), "after": Text("뒤의 훅", "after")}
THIRTEEN = {"0.weight": [13, 1], "0.bias": [13], "2.weight": [1, 13], "2.bias": [1]}
HIDDEN = ["hidden_linear.weight", [8, 1]], ["hidden_linear.bias", [8]]
EIGHT = [*HIDDEN, ["output_linear.weight", [1, 8]], ["output_linear.bias", [1]]]
INNER = Layer("Linear", "1 → 13"), Layer("Tanh"), Layer("Linear", "13 → 1")
NETWORK = Diagram([Data("t_un", "(B, 1)"), *INNER, Data("t_p", "(B, 1)")])

QUESTION = Question(
    framework="torch",
    seed=SEED,
    pool=2,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=20),
    parts=[
        Part(
            name="linear_model",
            points=7,
            calls=[
                "x_train, x_val, y_train, y_val = split(t_u, t_c, shuffled_indices)",
                "parameters_of_one_input = parameters(linear_model(1))",
                "parameters_of_two_inputs = parameters(linear_model(2))",
                "output = predict(line(lines[0]), t_un_val)",
                "other_output = predict(line(lines[1]), t_un_val)",
                "_model = counted(line(lines[1]))",
                "ten = predict(_model, torch.ones(10, 1, device=device))",
                "hooks = _model.calls if len(ten) else {}",
                "one = predict(line(lines[1]), torch.ones(1, device=device))",
                "weight, bias = weight_and_bias(line(lines[1]))",
                "why_call = WHY_CALL",
            ],
            limit=Limit(seconds=20),
            checks=[
                *(Close(name, points=0.5) for name in ("x_train", "y_train", "x_val", "y_val")),
                Facts("parameters_of_one_input", expected=[["weight", [1, 1]], ["bias", [1]]], points=0.5),
                Facts("parameters_of_two_inputs", expected=[["weight", [1, 2]], ["bias", [1]]], points=0.5),
                *(Close(name, points=0.5, **OUTPUT) for name in ("output", "other_output")),
                Close("ten", points=0.75, **OUTPUT),
                Facts("hooks", expected={"before": 1, "after": 1}, names=HOOKS, points=1),
                Close("one", points=0.25, **OUTPUT),
                *(Close(name, points=0, **OUTPUT) for name in ("weight", "bias")),
                Essay("why_call", points=1),
            ],
        ),
        Part(
            name="training_loop",
            points=10,
            pictures=[LOSSES],
            settings={"lr": 1e-2, "loss_scale": 1.0},
            vary={"lr": [0.005, 0.008, 0.015], "loss_scale": [0.5, 0.75]},
            limit=Limit(seconds=60),
            checks=[
                *(Close(name, points=1.5, **LOSS) for name in ("training_losses", "validation_losses")),
                line_losses_before,
                line_updates.worth(2),
                closed_form,
                Close("fitted", points=2, **FITTED),
            ],
        ),
        Part(
            name="sequential",
            points=4,
            diagram=NETWORK,
            calls=[
                "_model = sequential_model(hidden)",
                "modules = classes(_model, 'sequential_model')",
                "shapes = [shape for _, shape in parameters(_model)]",
                "output = load(_model, flat_weights(weights, hidden), device)(t_un_train)",
            ],
            settings={"hidden": 13},
            vary={"hidden": [5, 9, 17]},
            limit=Limit(seconds=10),
            checks=[
                Facts("modules", expected=LAYERS, points=1),
                Facts("shapes", points=1),
                Close("output", points=2, **OUTPUT),
            ],
        ),
        Part(
            name="parameters",
            points=4,
            calls=[
                "of_thirteen = parameter_shapes(thirteen(device))",
                "named_of_thirteen = dict(named_parameter_shapes(thirteen(device)))",
                "of_names = parameter_shapes(named_network(2, hidden, device))",
                "named_of_names = dict(named_parameter_shapes(named_network(2, hidden, device)))",
            ],
            settings={"hidden": 8},
            vary={"hidden": [4, 6, 21]},
            limit=Limit(seconds=10),
            checks=[
                Facts("of_thirteen", expected=[*THIRTEEN.values()], points=1),
                Facts("named_of_thirteen", expected=THIRTEEN, points=1),
                *(Facts(name, points=1) for name in ("of_names", "named_of_names")),
            ],
        ),
        Part(
            name="named_model",
            points=10,
            pictures=[LOSSES],
            settings={"hidden": 8, "lr": 1e-3},
            vary={"hidden": [5, 12], "lr": [5e-4, 8e-4]},
            limit=Limit(seconds=90),
            checks=[
                Facts("modules", expected=LAYERS, points=0.5),
                Facts("parameters_of_eight", expected=EIGHT, points=0.5),
                Facts("parameters", points=0.5),
                Close("output_bias", points=0.5, rtol=1e-6, atol=0),
                Close("early_training_losses", points=0.75, **LOSS),
                Close("early_validation_losses", points=0.75, **LOSS),
                network_losses_before,
                network_updates.worth(1),
                trained_output,
                last_gradient,
                Close("points_drawn", points=0.5, **PIXEL),
                curve,
                crosses,
                Facts("xlabel", expected="Fahrenheit", points=0.25),
                Facts("ylabel", expected="Celsius", points=0.25),
                Essay("comparison", points=1),
            ],
        ),
    ],
)
