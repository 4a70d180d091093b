"""numpy's other ways to say the same, numbers for truth values."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure


def tanh_values(scores):
    return np.tanh(np.asarray(scores, np.float64))


def neuron(x, w, b, f):
    return f(np.add(np.multiply(w, x), b))


def tanh(x):
    return 2 * sigmoid(2 * x) - 1


def hardtanh(x):
    return np.where(x < -1, -1, np.where(x > 1, 1, x))


def sigmoid(x):
    return np.reciprocal(1 + np.e**-x)


def softmax(x):
    return np.exp(x - np.logaddexp.reduce(x, axis=0))


def relu(x):
    return x * (x > 0)


def leaky_relu(x):
    y = x.copy()
    y[y < 0] *= 0.1
    return y


def plot_activations(x):
    figure = Figure()
    functions = {"tanh": tanh, "hardtanh": hardtanh, "sigmoid": sigmoid, "softmax": softmax}
    functions |= {"relu": relu, "leakyrelu": leaky_relu}
    for number, (title, function) in enumerate(functions.items()):
        axes = figure.add_axes((number % 3 / 3 + 0.03, 0.55 - number // 3 / 2, 0.28, 0.35), title=title)
        axes.scatter(x[::10], function(x)[::10])
        axes.plot(x, function(x), lw=1)
    return figure


TABLE = np.array([[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 1, 1], [1, 0, 1, 0], [1, 0, 0, 0]])
PROPERTIES = {
    name: dict(zip(["nonlinear", "differentiable", "low", "high"], row))
    for name, row in zip(["tanh", "hardtanh", "sigmoid", "relu", "leaky_relu"], TABLE)
}


def compositions(x):
    z = np.tanh(np.array([-2, 1])[:, None] * x + np.array([[-1.25], [0.75]]))
    inner = z.sum(0)
    last = [[np.tanh(w * v + b) for w, b in ((4, 1), (-3, -1.5))] for v in (x, inner)]
    (c, d), (p, q) = last
    return {
        "A": z[0],
        "B": z[1],
        "A+B": inner,
        "C": c,
        "D": d,
        "C+D": c + d,
        "C(A+B)": p,
        "D(A+B)": q,
        "C(A+B)+D(A+B)": p + q,
    }


def plot_compositions(x):
    curves = compositions(x)
    drawn = plt.plot(x, np.stack([x, *curves.values()], axis=1))
    plt.legend(drawn, ["X", *curves])
    return drawn


def network(x, weights, biases, f):
    if len(weights) == 0:
        return x
    return f(weights[-1] * network(x, weights[:-1], biases[:-1], f) + biases[-1])


def affine_map(weights, biases):
    after = np.append(np.cumprod(weights[::-1])[::-1], 1.0)
    return np.array([after[0], np.dot(biases, after[1:])])


STATEMENTS = {
    "affine_only": 1,
    "linear_minimum": np.True_,
    "network_minimum": 0,
    "bounded": np.False_,
    "saturated": np.int64(1),
}
WHY_ACTIVATIONS = "Non-linear, differentiable, sensitive, saturated."
