"""Loops and Python's own numbers; answers in words."""

import math

import matplotlib.pyplot as plt


def tanh_values(scores):
    found = []
    for z in scores:
        found.append((math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)))
    return tuple(found)


def neuron(x, w, b, f):
    result = []
    for one in x:
        result.append(f(w * one + b))
    return result


def each(function):
    return lambda x: [function(float(one)) for one in x]


tanh = each(math.tanh)
hardtanh = each(lambda z: -1.0 if z < -1 else 1.0 if z > 1 else z)
sigmoid = each(lambda z: 1 / (1 + math.exp(-z)))
relu = each(lambda z: z if z > 0 else 0)
leaky_relu = each(lambda z: z if z > 0 else 0.1 * z)


def softmax(x):
    if x.ndim == 2:
        columns = [softmax(x[:, j]) for j in range(x.shape[1])]
        return [list(row) for row in zip(*columns)]
    total = sum(math.exp(one) for one in x)
    return [math.exp(one) / total for one in x]


def plot_activations(x):
    fig, axes = plt.subplots(2, 3)
    shown = [tanh, hardtanh, sigmoid, softmax, relu, leaky_relu]
    names = ["Tanh", "HardTanh", "Sigmoid", "Softmax", "ReLU", "Leaky ReLU"]
    for k in reversed(range(6)):
        ax = axes[k // 3, k % 3]
        ax.axhline(0, color="gray")
        ax.plot(list(x), shown[k](x))
        ax.set_title(names[k], loc="left")
    return fig, axes


O, X = "참", "거짓"  # noqa: E741
PROPERTIES = {
    "tanh": dict(nonlinear=O, differentiable=O, low=O, high=O),
    "hardtanh": dict(nonlinear=O, differentiable=X, low=O, high=O),
    "sigmoid": dict(nonlinear=O, differentiable=O, low=O, high=O),
    "relu": dict(nonlinear=O, differentiable=X, low=O, high=X),
    "leaky_relu": dict(nonlinear=O, differentiable=X, low=X, high=X),
}


def compositions(x):
    result = {
        name: [] for name in ["C(A+B) + D(A+B)", "D(A+B)", "C(A+B)", "C + D", "D", "C", "A + B", "B", "A"]
    }
    for z in x:
        a, b = math.tanh(-2 * z - 1.25), math.tanh(z + 0.75)
        c, d = math.tanh(4 * z + 1), math.tanh(-3 * z - 1.5)
        p, q = math.tanh(4 * (a + b) + 1), math.tanh(-3 * (a + b) - 1.5)
        for name, value in zip(reversed(result), [a, b, a + b, c, d, c + d, p, q, p + q]):
            result[name].append(value)
    return result


def plot_compositions(x):
    fig, ax = plt.subplots()
    for name, values in compositions(x).items():
        ax.plot(x, values, label=name)
    ax.plot(x, x, label="x")
    ax.axvline(0)
    fig.legend()
    return fig


def network(x, weights, biases, f):
    result = []
    for z in x:
        for w, b in zip(weights, biases):
            z = f(w * z + b)
        result.append(float(z))
    return result


def affine_map(weights, biases):
    at_zero, at_one = network([0.0, 1.0], weights, biases, lambda z: z)
    return [at_one - at_zero, at_zero]


STATEMENTS = {
    "affine_only": "True",
    "linear_minimum": "true",
    "network_minimum": "False",
    "bounded": "false",
    "saturated": "True",
}
WHY_ACTIVATIONS = "Without them everything is affine."
