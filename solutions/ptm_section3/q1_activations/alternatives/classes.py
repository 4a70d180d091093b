"""Classes of activation functions, drawn one axes after the other on a grid of one's own."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.gridspec import GridSpec


class Activation:
    title = ""
    nonlinear, differentiable, low, high = True, True, True, True

    def __call__(self, x):
        raise NotImplementedError

    @property
    def properties(self):
        return {name: getattr(self, name) for name in ("nonlinear", "differentiable", "low", "high")}


class Tanh(Activation):
    title = "tanh"

    def __call__(self, x):
        return np.tanh(x)


class HardTanh(Activation):
    title, differentiable = "hardtanh", False

    def __call__(self, x):
        return np.minimum(1, np.maximum(-1, x))


class Sigmoid(Activation):
    title = "sigmoid"

    def __call__(self, x):
        return 0.5 * (1 + np.tanh(0.5 * x))


class Softmax(Activation):
    title = "softmax"

    def __call__(self, x):
        powers = np.exp(x - x.max())
        return powers / powers.sum(axis=0)


class Relu(Activation):
    title, differentiable, high = "relu", False, False

    def __call__(self, x):
        return (x + np.abs(x)) / 2


class LeakyRelu(Relu):
    title, low = "leakyrelu", False

    def __call__(self, x):
        return np.where(x > 0, x, x / 10)


tanh, hardtanh, sigmoid, softmax, relu, leaky_relu = (
    Tanh(),
    HardTanh(),
    Sigmoid(),
    Softmax(),
    Relu(),
    LeakyRelu(),
)


class Neuron:
    def __init__(self, w, b, f=tanh):
        self.w, self.b, self.f = w, b, f

    def __call__(self, x):
        return self.f(self.w * x + self.b)


def tanh_values(scores):
    return list(map(float, tanh(scores)))


def neuron(x, w, b, f):
    return Neuron(w, b, f)(x)


def plot_activations(x):
    figure = plt.figure()
    cells = GridSpec(2, 3, figure=figure)
    for cell, function in zip(cells, (tanh, hardtanh, sigmoid, softmax, relu, leaky_relu)):
        axes = figure.add_subplot(cell)
        axes.plot(x, function(x), "r-", x, 0 * x, "k:")
        axes.set_title(function.title)
    return figure


PROPERTIES = {
    "tanh": tanh.properties,
    "hardtanh": hardtanh.properties,
    "sigmoid": sigmoid.properties,
    "relu": relu.properties,
    "leaky_relu": leaky_relu.properties,
}


def compositions(x):
    a, b, c, d = Neuron(-2, -1.25), Neuron(1, 0.75), Neuron(4, 1), Neuron(-3, -1.5)
    curves = dict(A=a(x), B=b(x), C=c(x), D=d(x))
    curves["A+B"], curves["C+D"] = curves["A"] + curves["B"], curves["C"] + curves["D"]
    curves |= {"C(A+B)": c(curves["A+B"]), "D(A+B)": d(curves["A+B"])}
    return curves | {"C(A+B)+D(A+B)": curves["C(A+B)"] + curves["D(A+B)"], "X": x}


def plot_compositions(x):
    figure, axes = plt.subplots()
    for name, values in compositions(x).items():
        axes.plot(x, values)
        axes.lines[-1].set_label(name)
    axes.legend()
    return figure


def network(x, weights, biases, f):
    value = x
    for one in [Neuron(w, b, f) for w, b in zip(weights, biases)]:
        value = one(value)
    return value


def affine_map(weights, biases):
    line = np.polynomial.Polynomial([0, 1])
    for w, b in zip(weights, biases):
        line = w * line + b
    return line.coef[1], line.coef[0]


STATEMENTS = dict(affine_only=True, linear_minimum=True, network_minimum=False, bounded=False, saturated=True)
WHY_ACTIVATIONS = "Compositions of affine maps are affine."
