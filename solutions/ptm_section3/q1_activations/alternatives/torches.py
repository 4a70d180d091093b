"""By torch, in float64."""

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F


def double(x):
    return torch.as_tensor(x, dtype=torch.float64)


def tanh_values(scores):
    return torch.tanh(double(scores))


def neuron(x, w, b, f):
    return torch.as_tensor(f((w * double(x) + b).numpy()))


def tanh(x):
    return torch.tanh(double(x))


def hardtanh(x):
    return F.hardtanh(double(x))


def sigmoid(x):
    return torch.sigmoid(double(x))


def softmax(x):
    return F.softmax(double(x), dim=0)


def relu(x):
    return F.relu(double(x)).numpy()


def leaky_relu(x):
    return torch.nn.LeakyReLU(0.1)(double(x)).numpy()


def plot_activations(x):
    figure, axes = plt.subplots(nrows=2, ncols=3, sharex=True)
    names = {"tanh": tanh, "hardtanh": hardtanh, "sigmoid": sigmoid, "softmax": softmax, "relu": relu}
    for ax, (name, function) in zip(axes.flat, {**names, "leakyrelu": leaky_relu}.items()):
        ax.plot(x, function(x))
        ax.set(title=name)
        ax.set_axis_off()
    figure.suptitle("activation functions")
    return axes


yes, no = torch.tensor(True), torch.tensor(False)
PROPERTIES = {
    "tanh": {"nonlinear": yes, "differentiable": yes, "low": yes, "high": yes},
    "hardtanh": {"nonlinear": yes, "differentiable": no, "low": yes, "high": yes},
    "sigmoid": {"nonlinear": yes, "differentiable": yes, "low": yes, "high": yes},
    "relu": {"nonlinear": yes, "differentiable": no, "low": yes, "high": no},
    "leaky_relu": {"nonlinear": yes, "differentiable": no, "low": no, "high": no},
}


class Tanh(torch.nn.Module):
    def __init__(self, w, b):
        super().__init__()
        self.w, self.b = w, b

    def forward(self, x):
        return torch.tanh(self.w * x + self.b)


def compositions(x):
    x = double(x)
    a, b, c, d = Tanh(-2, -1.25), Tanh(1, 0.75), Tanh(4, 1), Tanh(-3, -1.5)
    found = {"A": a(x), "B": b(x), "A+B": a(x) + b(x), "C": c(x), "D": d(x), "C+D": c(x) + d(x)}
    found["C(A+B)"], found["D(A+B)"] = c(found["A+B"]), d(found["A+B"])
    found["C(A+B)+D(A+B)"] = found["C(A+B)"] + found["D(A+B)"]
    return found


def plot_compositions(x):
    figure, ax = plt.subplots(figsize=(15, 10))
    ax.plot(x, x, "k--", label="X")
    for name, values in compositions(x).items():
        ax.plot(x, values, label=f"{name}: curve")
    ax.legend(loc="upper left")
    ax.grid()
    return ax


def network(x, weights, biases, f):
    value = double(x)
    for w, b in zip(weights, biases):
        value = double(f((w * value + b).numpy()))
    return value


def affine_map(weights, biases):
    matrices = [torch.tensor([[w, b], [0, 1]], dtype=torch.float64) for w, b in zip(weights, biases)]
    product = torch.linalg.multi_dot([*reversed(matrices)]) if len(matrices) > 1 else matrices[0]
    return product[0, 0], product[0, 1]


STATEMENTS = {
    "affine_only": yes,
    "linear_minimum": yes,
    "network_minimum": no,
    "bounded": no,
    "saturated": yes,
}
WHY_ACTIVATIONS = "비선형성"
