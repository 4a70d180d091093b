from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure


def encode(text: Sequence[str], mapping: Mapping[str, int]) -> torch.Tensor:
    """Return the characters as one-hot rows: float32, shape (len(text), 7), the one at mapping[character]."""
    raise NotImplementedError


def plot_probabilities(probabilities: torch.Tensor, letters: Sequence[str]) -> Figure:
    """Return the figure that shows the first ten rows of probabilities, shape (n, 7), with matshow.

    letters holds the seven characters in the order of the columns; they label the ticks of the x axis.
    """
    raise NotImplementedError


def train_rnn(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Train torch.nn.RNN(7, 8) and torch.nn.Linear(8, 7), built in this order after torch.manual_seed(seed).

    x and y are one-hot, shape (n, 7). Returns (module, probabilities): the trained network, a module or a
    function, which called on x returns the logits, shape (n, 7); and the softmax of the last epoch's logits.
    """
    raise NotImplementedError


def train_rnn_cell(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_rnn does, with torch.nn.RNNCell(7, 8)."""
    raise NotImplementedError


def train_rnn_from_scratch(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Return what train_rnn_cell does for the same seed, with a class of your own."""
    raise NotImplementedError


def train_lstm(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_rnn does, with torch.nn.LSTM(7, 4) and torch.nn.Linear(4, 7)."""
    raise NotImplementedError


def train_lstm_cell(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_lstm does, with torch.nn.LSTMCell(7, 4)."""
    raise NotImplementedError


def train_lstm_from_scratch(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Return what train_lstm_cell does for the same seed, with a network of your own."""
    raise NotImplementedError
