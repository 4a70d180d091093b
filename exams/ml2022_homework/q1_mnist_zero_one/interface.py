from __future__ import annotations

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure


def make_data(zeros: torch.Tensor, ones: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (X, y) for images of the digit 0, uint8 (n0, 28, 28), and of the digit 1, uint8 (n1, 28, 28).

    X: raw pixels, float32, (n0 + n1, 784), the zeros first. y: float32, (n0 + n1, 1), 0 for a 0 and 1 for a 1.
    """
    raise NotImplementedError


def build_network() -> torch.nn.Sequential:
    """Return a new network on the CPU, from (n, 784) to (n, 1), with the layers in the order of the figure."""
    raise NotImplementedError


def train(
    X: torch.Tensor, y: torch.Tensor, loss: str, epochs: int, lr: float, seed: int, device: str
) -> tuple[torch.nn.Sequential, torch.Tensor, torch.Tensor]:
    """Call torch.manual_seed(seed), then build_network(), bring it to `device`, and train it with Adam.

    X, float32 (n, 784), and y, float32 (n, 1), are on `device`; every epoch uses all of X at once.
    loss: "bce_loss" for torch.nn.BCELoss, or "manual_bce" for the formula written by hand.
    Returns (network, yhat, losses): the trained network; the network's output (n, 1) in the last epoch, before
    that epoch's update; and the loss of every epoch, (epochs,), a tensor or a list.
    """
    raise NotImplementedError


def normalize(X: torch.Tensor) -> torch.Tensor:
    """Return the pixels X, float32 with values from 0 to 255, brought to values from 0 to 1."""
    raise NotImplementedError


def accuracy(yhat: torch.Tensor, y: torch.Tensor) -> float:
    """Return the share of right answers, from 0 to 1; yhat (n, 1) holds outputs, y (n, 1) holds 0 and 1."""
    raise NotImplementedError


def plot_fit(y: torch.Tensor, yhat: torch.Tensor) -> Figure:
    """Plot y and then yhat, both (n, 1), on the CPU and without gradient, with plt.plot; return the figure."""
    raise NotImplementedError


NAN_LOSS_STEP: int = 0  # in (3), the first epoch, counted from 1, whose loss is NaN; 0 if there is none
NAN_OUTPUT_STEP: int = 0  # in (3), the first epoch, counted from 1, with an output that is NaN; 0 if none
MANUAL_TRAINS_WELL: bool | None = None  # does training go well in (3)?
MANUAL_REASON: str = ""  # Why?
NORMALIZED_TRAINS_WELL: bool | None = None  # does training go well in (4)?
NORMALIZED_REASON: str = ""  # Why?
NORMALIZED_ACCURACY: float = 0.0  # what is the accuracy of the result of (4)?
