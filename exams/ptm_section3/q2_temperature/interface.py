from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import nn, optim


def split(
    t_u: torch.Tensor, t_c: torch.Tensor, shuffled_indices: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return (t_un_train, t_un_val, t_c_train, t_c_val), float32 of shape (number of samples, 1).

    t_u and t_c have shape (n,); shuffled_indices, int64 of shape (n,), is a permutation. The last int(0.2 n)
    indices, in their order, are the validation samples, the others the training samples. t_un is 0.1 t_u.
    """
    raise NotImplementedError


def linear_model(in_features: int) -> torch.nn.Linear:
    """Return a linear model with a bias, from in_features numbers to one."""
    raise NotImplementedError


def predict(model: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return the model's output, shape (B, 1), for the batch x, shape (B, N_in), from one proper call.

    For one sample without a batch axis, x of shape (N_in,), it has shape (1,).
    """
    raise NotImplementedError


def weight_and_bias(model: torch.nn.Linear) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a linear model's weight, shape (1, N_in), and its bias, shape (1,). (No points.)"""
    raise NotImplementedError


WHY_CALL: str = ""  # Why model(x) and not model.forward(x)? And why are inputs passed in batches?


def training_loop(
    n_epochs: int,
    optimizer: torch.optim.Optimizer,
    model: torch.nn.Module,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    t_u_train: torch.Tensor,
    t_u_val: torch.Tensor,
    t_c_train: torch.Tensor,
    t_c_val: torch.Tensor,
) -> tuple[list[float], list[float]]:
    """Train the model, in place, for n_epochs epochs of one update each, on the training samples only.

    The tensors have shape (number of samples, 1); loss_fn(prediction, target) is a tensor of one number.
    Returns (training losses, validation losses), n_epochs numbers each: those before each epoch's update.
    """
    raise NotImplementedError


def sequential_model(hidden: int) -> torch.nn.Sequential:
    """Return a torch.nn.Sequential: one number in, `hidden` tanh units, one number out; both layers with bias."""
    raise NotImplementedError


def parameter_shapes(model: torch.nn.Module) -> list[torch.Size]:
    """Return the shapes of the model's parameters, in the model's own order."""
    raise NotImplementedError


def named_parameter_shapes(model: torch.nn.Module) -> dict[str, torch.Size]:
    """Return the shape of every parameter of the model by its name, in the model's own order."""
    raise NotImplementedError


def named_model(hidden: int) -> torch.nn.Sequential:
    """Return the network of sequential_model with named modules.

    The names: hidden_linear, hidden_activation, output_linear.
    """
    raise NotImplementedError


def output_bias(model: torch.nn.Sequential) -> torch.Tensor:
    """Return the bias, shape (1,), of the output layer of a model with the names of named_model."""
    raise NotImplementedError


def fit_named_model(
    model: torch.nn.Sequential,
    t_un_train: torch.Tensor,
    t_un_val: torch.Tensor,
    t_c_train: torch.Tensor,
    t_c_val: torch.Tensor,
    n_epochs: int,
    lr: float,
) -> tuple[list[float], list[float], torch.Tensor, torch.Tensor]:
    """Train a model with the names of named_model, in place, with torch.optim.SGD and the mean squared error.

    Returns (training losses, validation losses, output, hidden gradient): the losses as training_loop returns
    them; the trained model's output for t_un_val, shape (n_val, 1); and the gradient of hidden_linear.weight,
    shape (hidden, 1), that the last update used.
    """
    raise NotImplementedError


def plot_fit(model: torch.nn.Module, t_u: torch.Tensor, t_c: torch.Tensor, t_range: torch.Tensor) -> Figure:
    """Return a figure with one axes that compares the data with a model trained on 0.1 t_u.

    t_u, t_c (n, 1) and t_range (m, 1) are in the thermometers' own units. Three lines: the data (t_u, t_c) as
    circles; the model's curve over t_range; the model's predictions at t_u as crosses. The tensors
    may be on a GPU: bring them to the CPU before they are drawn.
    """
    raise NotImplementedError


COMPARISON: str = ""  # How do the fits of line and network differ? Which would you trust on new data?
