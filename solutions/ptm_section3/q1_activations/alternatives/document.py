"""As the document has it: pyplot's own figure, a list from RELU, a tensor from Hardtanh."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn


def tanh_values(scores):
    return [math.tanh(score) for score in scores]


def neuron(x, w, b, f):
    return f(w * x + b)


def tanh(x):
    return np.tanh(x)


def softmax(x):
    return np.exp(x) / np.sum(np.exp(x), axis=0)


def hardtanh(x):
    return nn.Hardtanh(-1, 1)(torch.tensor(x))


def relu(x):
    x1 = []
    for i in x:
        if i < 0:
            x1.append(0)
        else:
            x1.append(i)
    return x1


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.maximum(0.1 * x, x)


def plot_activations(x):
    plt.figure(figsize=(15, 7))
    plt.subplot(231)
    plt.plot(x, tanh(x))
    plt.title("tanh")
    plt.axis(False)
    plt.subplot(232)
    plt.plot(x, hardtanh(x))
    plt.title("hardtanh")
    plt.axis(False)
    plt.subplot(233)
    plt.plot(x, sigmoid(x))
    plt.title("sigmoid")
    plt.axis(False)
    plt.subplot(234)
    plt.plot(x, softmax(x))
    plt.title("softmax")
    plt.axis(False)
    plt.subplot(235)
    plt.plot(x, relu(x))
    plt.title("relu")
    plt.axis(False)
    plt.subplot(236)
    plt.plot(x, leaky_relu(x))
    plt.title("leakyrelu")
    plt.axis(False)
    return plt.gcf()


PROPERTIES = {
    "tanh": {"nonlinear": True, "differentiable": True, "low": True, "high": True},
    "hardtanh": {"nonlinear": True, "differentiable": False, "low": True, "high": True},
    "sigmoid": {"nonlinear": True, "differentiable": True, "low": True, "high": True},
    "relu": {"nonlinear": True, "differentiable": False, "low": True, "high": False},
    "leaky_relu": {"nonlinear": True, "differentiable": False, "low": False, "high": False},
}


def compositions(x):
    return {
        "A": tanh(-2 * x - 1.25),
        "B": tanh(x + 0.75),
        "A+B": tanh(-2 * x - 1.25) + tanh(x + 0.75),
        "C": tanh(4 * x + 1.0),
        "D": tanh(-3 * x - 1.5),
        "C+D": tanh(4 * x + 1.0) + tanh(-3 * x - 1.5),
        "C(A+B)": tanh(4 * (tanh(-2 * x - 1.25) + tanh(x + 0.75)) + 1.0),
        "D(A+B)": tanh(-3 * (tanh(-2 * x - 1.25) + tanh(x + 0.75)) - 1.5),
        "C(A+B)+D(A+B)": tanh(4 * (tanh(-2 * x - 1.25) + tanh(x + 0.75)) + 1.0)
        + tanh(-3 * (tanh(-2 * x - 1.25) + tanh(x + 0.75)) - 1.5),
    }


def plot_compositions(x):
    plt.figure(figsize=(15, 10))
    plt.plot(x, x)
    for values in compositions(x).values():
        plt.plot(x, values)
    names = [
        "X",
        "A: Tanh(-2*x-1.25)",
        "B: Tanh(x+0.75)",
        "A+B",
        "C: Tanh(4*x+1.0)",
        "D: Tanh(-3*x-1.5)",
        "C+D",
    ]
    plt.legend([*names, "C(A+B)", "D(A+B)", "C(A+B)+D(A+B)"])
    plt.show()
    return plt.gcf()


def network(x, weights, biases, f):
    for i in range(len(weights)):
        x = f(weights[i] * x + biases[i])
    return x


def affine_map(weights, biases):
    w, b = 1, 0
    for i in range(len(weights)):
        w, b = weights[i] * w, weights[i] * b + biases[i]
    return w, b


STATEMENTS = {
    "affine_only": True,
    "linear_minimum": True,
    "network_minimum": False,
    "bounded": False,
    "saturated": True,
}
WHY_ACTIVATIONS = "비선형이 아니면 합성해도 아핀 변환이다."
