from collections.abc import Callable

import torch
from torch import Tensor


def states(x: Tensor, w_in: Tensor, w_state: Tensor, bias: Tensor) -> Tensor:
    """Return all states (n, length, h) of x (n, length, d); w_in (d, h), w_state (h, h), bias (h,)."""
    raise NotImplementedError


class Classifier(torch.nn.Module):
    """A recurrent network: sequences (n, length, inputs) to logits (n, classes), from the last state."""

    def __init__(self, inputs: int, hidden: int, classes: int) -> None:
        super().__init__()
        raise NotImplementedError


def train(net: torch.nn.Module, x: Tensor, labels: Tensor, lr: float, steps: int) -> list[float]:
    """Update net `steps` times by SGD on all of x at a time; return the loss before each update."""
    raise NotImplementedError


def fit(x: Tensor, labels: Tensor) -> Callable[[Tensor], Tensor]:
    """Return a network, or a function, that gives logits (n, 2) for sequences such as x (n, length, 1)."""
    raise NotImplementedError
