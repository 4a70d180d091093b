from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp


def build_network(n1: int, n2: int, n3: int, dropout: float, seed: int) -> keras.Sequential:
    """Set the seed with tf.keras.utils.set_random_seed(seed), then build and compile the network.

    n1 and n2 are the channels of the convolutions, n3 the nodes of the dense layer, `dropout` the share of them
    that is dropped. The network maps images (n, 28, 28, 1), raw pixels 0..255, to probabilities (n, 10).
    """
    raise NotImplementedError


def layer_table(network: keras.Sequential) -> list[tuple[tuple[int, ...], int]]:
    """Return what network.summary() shows, for every layer of network.layers in turn.

    An entry is (output shape without the batch axis, number of parameters).
    """
    raise NotImplementedError


def fit(network: keras.Sequential, X: np.ndarray, y: np.ndarray, epochs: int) -> keras.callbacks.History:
    """Train `network` on X (n, 28, 28, 1), raw pixels 0..255, and y (n, 10), one-hot, with Keras's batch size.

    Returns what network.fit returns.
    """
    raise NotImplementedError


def grid_search(
    X: np.ndarray,
    y: np.ndarray,
    XX: np.ndarray,
    yy: np.ndarray,
    n1_values: list[int],
    n2_values: list[int],
    epochs: int,
    batch_size: int,
    validation_split: float,
    seed: int,
    log_dir: str,
) -> tuple[list[keras.Sequential], list[float], tuple[int, int]]:
    """Train a network, with n3 = 120 and dropout 0.2, for every (n1, n2), and find the best on (XX, yy).

    X (n, 28, 28, 1) and y (n, 10) are for training; XX (m, 28, 28, 1) and yy (m, 10) for the test loss. For every
    combination a folder of its own in log_dir gets the HParams n1 and n2 and the scalar "test_loss".

    Returns (networks, test losses, best (n1, n2)); the lists go through n1_values, and for each through n2_values.
    """
    raise NotImplementedError
