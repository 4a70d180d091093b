from __future__ import annotations

import math
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure


def tanh_values(scores: np.ndarray) -> list[float]:
    """Return tanh of each of the scores, shape (n,), in their order: n numbers in double precision."""
    raise NotImplementedError


def neuron(x: np.ndarray, w: float, b: float, f: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return o = f(w x + b), shape (n,), the output of one artificial neuron for x, shape (n,)."""
    raise NotImplementedError


def tanh(x: np.ndarray) -> np.ndarray:
    """Return the hyperbolic tangent of every element of x, float64 of shape (n,); same shape and dtype."""
    raise NotImplementedError


def hardtanh(x: np.ndarray) -> np.ndarray:
    """Return x where it is between -1 and 1, and the nearer of these two bounds elsewhere; as tanh."""
    raise NotImplementedError


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)) for every element of x; as tanh."""
    raise NotImplementedError


def softmax(x: np.ndarray) -> np.ndarray:
    """Return the softmax along the first axis (axis 0) of x, shape (n,) or (n, m); same shape and dtype."""
    raise NotImplementedError


def relu(x: np.ndarray) -> np.ndarray:
    """Return x where it is positive and 0 elsewhere; as tanh."""
    raise NotImplementedError


def leaky_relu(x: np.ndarray) -> np.ndarray:
    """Return x where it is positive and 0.1 x elsewhere; as tanh."""
    raise NotImplementedError


def plot_activations(x: np.ndarray) -> Figure:
    """Return a figure with two rows of three axes, each with the curve of one activation function over x.

    In the order of reading, and with these titles: tanh, hardtanh, sigmoid, softmax, relu, leakyrelu.
    """
    raise NotImplementedError


PROPERTIES: dict[str, dict[str, bool]] = {}  # {"tanh": {"nonlinear": ..., ...}, "hardtanh": ..., ...}


def compositions(x: np.ndarray) -> dict[str, np.ndarray]:
    """Return the nine curves over x, shape (n,), by name, each of shape (n,).

    The names: "A", "B", "A+B", "C", "D", "C+D", "C(A+B)", "D(A+B)", "C(A+B)+D(A+B)".
    """
    raise NotImplementedError


def plot_compositions(x: np.ndarray) -> Figure:
    """Return a figure with one axes: x itself ("X") and then the nine curves over x, with a legend."""
    raise NotImplementedError


def network(
    x: np.ndarray, weights: np.ndarray, biases: np.ndarray, f: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the output, shape (n,), of k neurons one after another: x_1 = f(w_0 x + b_0), then f(w_1 x_1 + b_1), ...

    x has shape (n,), weights and biases have shape (k,).
    """
    raise NotImplementedError


def affine_map(weights: np.ndarray, biases: np.ndarray) -> tuple[float, float]:
    """Return (w, b) so that w x + b is what `network` gives for these weights and biases when f(z) = z."""
    raise NotImplementedError


STATEMENTS: dict[str, bool] = {}  # {"affine_only": ..., "linear_minimum": ..., ...}: True or False


WHY_ACTIVATIONS: str = ""  # Why does a network need activation functions? What makes a good one?
