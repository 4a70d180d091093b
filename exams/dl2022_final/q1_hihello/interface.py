from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure


def encode(text: Sequence[str], mapping: Mapping[str, int]) -> torch.Tensor:
    """Return the characters as one-hot rows: float32, shape (len(text), 7), the one at mapping[character].

    The width is that of the mapping, 7, even if some character does not occur in the text.
    """
    raise NotImplementedError


def plot_probabilities(probabilities: torch.Tensor, letters: Sequence[str]) -> Figure:
    """Return the figure that shows the first ten rows of probabilities, shape (n, 7), with matshow.

    letters holds the seven characters in the order of the columns; they label the ticks of the x axis.
    """
    raise NotImplementedError


def train_rnn(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Train torch.nn.RNN(7, 8) and torch.nn.Linear(8, 7) to tell y from x, both one-hot of shape (n, 7).

    Right after torch.manual_seed(seed) build the recurrent network, then the linear layer. Each epoch starts
    from a hidden state of zeros and makes one update, torch.optim.Adam(..., lr=lr), of
    torch.nn.CrossEntropyLoss over all n characters. Train on `device`.

    Returns (module, probabilities): the trained torch.nn.Module, which called on x gives the logits, shape
    (n, 7); and the softmax, shape (n, 7), of the logits of the last epoch, computed before its update.
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
    """Do as train_rnn_cell does, with a class of your own that inherits from torch.nn.Module.

    The initial values are those of the RNNCell and the Linear that train_rnn_cell builds for the same seed.
    """
    raise NotImplementedError


def train_lstm(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_rnn does, with torch.nn.LSTM(7, 4) and torch.nn.Linear(4, 7); the cell state starts at zero."""
    raise NotImplementedError


def train_lstm_cell(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_lstm does, with torch.nn.LSTMCell(7, 4)."""
    raise NotImplementedError


def train_lstm_from_scratch(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_lstm_cell does, with a network of your own; a class is not required.

    The initial values are those of the LSTMCell and the Linear that train_lstm_cell builds for the same seed.
    """
    raise NotImplementedError
