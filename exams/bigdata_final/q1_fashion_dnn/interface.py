from __future__ import annotations

import keras
import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf


def build_network(seed: int) -> keras.Sequential:
    """Set the seed with tf.keras.utils.set_random_seed(seed), then build and compile the network.

    It maps images (n, 28, 28, 1), raw pixels 0..255, to probabilities (n, 10).
    """
    raise NotImplementedError


def fit(
    network: keras.Sequential, X: np.ndarray, y: np.ndarray, epochs: int, batch_size: int
) -> keras.callbacks.History:
    """Train `network` on X (n, 28, 28, 1), raw pixels 0..255, and y (n, 10), one-hot.

    Returns what network.fit returns.
    """
    raise NotImplementedError


def test_probabilities(network: keras.Sequential, XX: np.ndarray) -> np.ndarray:
    """Return the network's softmax outputs, shape (m, 10), for the images XX, shape (m, 28, 28, 1)."""
    raise NotImplementedError


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the share, 0 to 1, of right answers: probabilities (m, 10), labels (m,) integers 0..9."""
    raise NotImplementedError


def fit_with_validation(
    network: keras.Sequential,
    X: np.ndarray,
    y: np.ndarray,
    epochs: int,
    batch_size: int,
    validation_split: float,
    log_dir: str,
) -> keras.callbacks.History:
    """Train as `fit` does, with this share of X set apart for validation, and log for TensorBoard to log_dir.

    Returns what network.fit returns.
    """
    raise NotImplementedError


def plot_accuracy(train: np.ndarray, validation: np.ndarray) -> matplotlib.figure.Figure:
    """Draw the two curves of accuracy, each of shape (epochs,), over the epochs; return the figure."""
    raise NotImplementedError


OVERFITTING: bool | None = None  # Is the training of (3) overfitting? True or False

OVERFITTING_REASON: str = ""  # What do the curves of (3) show, and why is it (not) overfitting?


def compare_accuracy(first: np.ndarray, second: np.ndarray, labels: np.ndarray) -> tuple[float, float, float]:
    """Return (accuracy of first, accuracy of second, second minus first).

    `first` and `second` are softmax outputs (m, 10) of the networks of (1) and (3), `labels` integers (m,).
    """
    raise NotImplementedError


CAUSE: str = ""  # What made (3) more accurate than (2)? "epochs" or "split"

COMPARISON: str = ""  # The two test accuracies, and why they differ


def fit_with_early_stopping(
    network: keras.Sequential,
    X: np.ndarray,
    y: np.ndarray,
    epochs: int,
    batch_size: int,
    validation_split: float,
    patience: int,
    log_dir: str,
) -> keras.callbacks.History:
    """Train as `fit_with_validation` does, and stop early with this patience; log for TensorBoard to log_dir.

    Returns what network.fit returns.
    """
    raise NotImplementedError
