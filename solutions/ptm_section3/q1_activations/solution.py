"""A perfect submission to question 1 of PTM section 3, and the mistakes students make in it."""

import matplotlib.pyplot as plt
import numpy as np


def tanh_values(scores):
    return [float(np.tanh(score)) for score in scores]


def neuron(x, w, b, f):
    return f(w * x + b)


def tanh(x):
    return np.tanh(x)


def hardtanh(x):
    return np.clip(x, -1, 1)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    powers = np.exp(x - np.max(x, axis=0))
    return powers / np.sum(powers, axis=0)


def relu(x):
    return np.maximum(x, 0)


def leaky_relu(x):
    return np.maximum(0.1 * x, x)


def plot_activations(x):
    figure = plt.figure(figsize=(12, 6))
    functions = [tanh, hardtanh, sigmoid, softmax, relu, leaky_relu]
    titles = ["tanh", "hardtanh", "sigmoid", "softmax", "relu", "leakyrelu"]
    for index, (function, title) in enumerate(zip(functions, titles, strict=True), start=1):
        plt.subplot(2, 3, index)
        plt.plot(x, function(x))
        plt.title(title)
        plt.axis(False)
    return figure


def compositions(x):
    def a(x):
        return tanh(-2 * x - 1.25)

    def b(x):
        return tanh(x + 0.75)

    def c(x):
        return tanh(4 * x + 1.0)

    def d(x):
        return tanh(-3 * x - 1.5)

    inner = a(x) + b(x)
    return {
        "A": a(x),
        "B": b(x),
        "A+B": inner,
        "C": c(x),
        "D": d(x),
        "C+D": c(x) + d(x),
        "C(A+B)": c(inner),
        "D(A+B)": d(inner),
        "C(A+B)+D(A+B)": c(inner) + d(inner),
    }


def plot_compositions(x):
    figure = plt.figure(figsize=(9, 6))
    for name, values in {"X": x, **compositions(x)}.items():
        plt.plot(x, values, label=name)
    plt.legend()
    return figure


def network(x, weights, biases, f):
    for w, b in zip(weights, biases, strict=True):
        x = neuron(x, w, b, f)
    return x


def affine_map(weights, biases):
    slope, intercept = 1.0, 0.0
    for w, b in zip(weights, biases, strict=True):
        slope, intercept = w * slope, w * intercept + b
    return slope, intercept


def properties(f):
    """The four properties of f, each by an experiment on numbers."""
    x = np.arange(-12, 13) / 4  # has the kinks, -1, 0 and 1, among its points
    h = 1e-6
    right, left = (f(x + h) - f(x)) / h, (f(x) - f(x - h)) / h
    far = np.array([100.0, 200.0])
    return {
        "nonlinear": bool(np.abs(np.diff(f(x), 2)).max() > 1e-6),
        "differentiable": bool(np.abs(right - left).max() < 1e-3),
        "low": bool(np.abs(np.diff(f(-far))).max() < 1e-6),
        "high": bool(np.abs(np.diff(f(far))).max() < 1e-6),
    }


PROPERTIES = {
    "tanh": properties(tanh),
    "hardtanh": properties(hardtanh),
    "sigmoid": properties(sigmoid),
    "relu": properties(relu),
    "leaky_relu": properties(leaky_relu),
}


def second_difference_without_activation():
    """A function is affine when its second differences vanish: here three layers without activation."""
    x = np.linspace(-3, 3)
    return np.abs(np.diff(0.5 * (-1.5 * (2.0 * x + 1.0) + 0.3) - 2.0, 2)).max()


def least_curvature_of_the_linear_loss():
    """The least eigenvalue of 2/n XᵀX over many sets of inputs; positive: strictly convex, one minimum."""
    inputs = np.random.default_rng(0).normal(size=(100, 5))
    designs = np.stack([inputs, np.ones_like(inputs)], axis=2)
    return np.linalg.eigvalsh(2 / 5 * designs.transpose(0, 2, 1) @ designs).min()


def change_by_turning_a_hidden_unit():
    """tanh(−z) = −tanh(z): other parameters (w, b, v) → (−w, −b, −v), the same output and the same loss."""
    x, w, b, v = np.linspace(-3, 3), 1.7, 0.4, -0.9
    return np.abs(v * tanh(w * x + b) - (-v) * tanh(-w * x - b)).max()


STATEMENTS = {
    "affine_only": bool(second_difference_without_activation() < 1e-12),
    "linear_minimum": bool(least_curvature_of_the_linear_loss() > 0),
    "network_minimum": bool(change_by_turning_a_hidden_unit() > 1e-12),
    "bounded": all(found["low"] and found["high"] for found in PROPERTIES.values()),
    "saturated": bool(abs(tanh(5.0) - tanh(3.0)) < 0.01),
}


WHY_ACTIVATIONS = (
    "Without activation functions a composition of affine maps is one affine map again, so more layers would add "
    "nothing; a non-linear function gives every stretch of the input a slope of its own, and sums of such curves "
    "approximate other functions. It must be differentiable, at least but for a few points, because training "
    "follows the gradient. In its sensitive range changes of the input reach the output; in its saturated ranges "
    "the output hardly changes and stays within bounds. Bounds are not required: ReLU has none above."
)
