from __future__ import annotations

import torch


def design_matrix(x: torch.Tensor) -> torch.Tensor:
    """Return X, shape (n, 2), for x, shape (n,), so that X @ (w0, w1) is w0 + w1 x."""
    raise NotImplementedError


def initial_network() -> torch.nn.Linear:
    """Return torch.nn.Linear(in_features=2, out_features=??, bias=??) whose first prediction is -5 + 10 x."""
    raise NotImplementedError


def adam_updates(
    net: torch.nn.Linear, X: torch.Tensor, y: torch.Tensor, lr: float, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Update net.weight `steps` times with torch.optim.Adam on the mean squared error.

    X has shape (n, 2) and y has shape (n, 1). Returns (gradients, weights), each of shape (steps, 1, 2): the
    gradient that each update used, and the weight after that update. A list of `steps` tensors will do too.
    """
    raise NotImplementedError


def sgd_updates(
    net: torch.nn.Linear, X: torch.Tensor, y: torch.Tensor, lr: float, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Do as adam_updates does, with torch.optim.SGD."""
    raise NotImplementedError


def converged(gradient: torch.Tensor) -> bool:
    """Judge by the gradient, shape (1, 2), whether the training that ended with it has converged."""
    raise NotImplementedError


TRAINED_WELL: bool | None = None  # did the training above go well, by its last gradient?
CONVERGENCE_REASON: str = ""  # Why do you think that the training above did, or did not, go well?
