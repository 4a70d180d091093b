from __future__ import annotations

from collections.abc import Callable

import matplotlib.figure
import numpy as np
import torch


def make_dataset(
    images: np.ndarray, labels: np.ndarray, transform: Callable | None = None
) -> torch.utils.data.Dataset:
    """Return an object of a class of your own that is derived from torch.utils.data.Dataset.

    images has shape (n, 32, 32, 3), uint8, and labels has shape (n,), int64. len(dataset) is n, and
    dataset[i] is the pair (image, label): the image as it is, or transform(image) where a transform is given.
    """
    raise NotImplementedError


def make_iterable_dataset(images: np.ndarray, labels: np.ndarray) -> torch.utils.data.IterableDataset:
    """Return an object of a class of your own that is derived from torch.utils.data.IterableDataset.

    It yields the pairs (image, label) of images (n, 32, 32, 3) and labels (n,) in their order. (No points.)
    """
    raise NotImplementedError


def class_hierarchy(dataset: torch.utils.data.Dataset) -> tuple[type, ...]:
    """Return the classes of an object in the order in which Python looks for its names. (No points.)"""
    raise NotImplementedError


def to_tensor(image: np.ndarray) -> torch.Tensor:
    """Return a float32 tensor (3, 32, 32) of numbers from 0 to 1 for an image (32, 32, 3) of uint8."""
    raise NotImplementedError


def show_image(tensor: torch.Tensor) -> matplotlib.figure.Figure:
    """Return a figure that shows, with imshow, an image given as a float tensor (3, 32, 32)."""
    raise NotImplementedError


def plot_classes(images: np.ndarray, labels: np.ndarray) -> matplotlib.figure.Figure:
    """Return a figure of 2 rows and 5 columns: the first image of class 0, ..., of class 9, with its name.

    images has shape (n, 32, 32, 3), uint8, and labels has shape (n,). The names are the axes' titles.
    """
    raise NotImplementedError


def channel_statistics(images: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (mean, std), each of shape (3,), of the channels of images (n, 32, 32, 3), uint8, scaled to 0..1."""
    raise NotImplementedError


def normalize(tensors: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Subtract each channel's mean and divide by its std: (n, 3, 32, 32) to (n, 3, 32, 32)."""
    raise NotImplementedError


def normalize_both(
    train_images: np.ndarray, validation_images: np.ndarray
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scale and normalise two sets of images (n, 32, 32, 3), uint8, so that a network may be judged on the second.

    Returns two float32 tensors, each of shape (n, 3, 32, 32) for its own n.
    """
    raise NotImplementedError


def airplanes_and_birds(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the airplanes and birds among images (n, 32, 32, 3) and labels (n,), in the order they stand in.

    Returns (images (m, 32, 32, 3) uint8, labels (m,)), with the label 0 for airplanes and 1 for birds.
    """
    raise NotImplementedError


def build_network(hidden: int) -> torch.nn.Sequential:
    """Return the network of one hidden layer of `hidden` neurons; it maps (n, 3072) to logits (n, 2)."""
    raise NotImplementedError


def softmax(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the softmax of x along dimension `dim`, from exponentials and sums; same shape as x."""
    raise NotImplementedError


def classify(network: torch.nn.Module, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Classify one image (3, 32, 32) by a network that maps (n, 3072) to logits (n, 2).

    Returns (probabilities, index): the softmax of the logits, shape (1, 2), and the greater one's index, (1,).
    """
    raise NotImplementedError


def classification_loss(
    network: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Judge a network that maps (n, 3072) to logits (n, 2), on images (n, 3, 32, 32) with labels (n,).

    Returns (log_probabilities, likelihood, loss): the log-softmax of the logits, shape (n, 2); each image's
    likelihood, the probability given to its own class, shape (n,); and the value of torch.nn.NLLLoss(), ().
    """
    raise NotImplementedError


def train(
    network: torch.nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    epochs: int,
    lr: float,
    batch_size: int,
    shuffle: bool,
) -> list[float]:
    """Train a network that maps (n, 3072) to logits (n, 2), with torch.optim.SGD on log-softmax and NLLLoss.

    images has shape (n, 3, 32, 32) and labels has shape (n,); both are on the network's device. An epoch visits
    every image once, in minibatches of batch_size (the last may be smaller), in the given order or shuffled.
    The network is updated in place. Returns the loss of each epoch's last minibatch, before its update.
    """
    raise NotImplementedError


def predict(network: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return the log-probabilities (n, 2), without gradients, of images (n, 3, 32, 32), in their order.

    The network maps (n, 3072) to logits (n, 2).
    """
    raise NotImplementedError


def accuracy(log_probabilities: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the share, from 0 to 1, of rows of log_probabilities (n, 2) that are greatest at labels (n,)."""
    raise NotImplementedError


def train_classifier(
    train_images: np.ndarray,
    train_labels: np.ndarray,
    validation_images: np.ndarray,
    epochs: int,
    seed: int,
    device: str,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Normalise, build the network of 512 hidden neurons, train it, and predict.

    train_images has shape (n, 32, 32, 3), uint8, with train_labels (n,) of 0 and 1; validation_images has shape
    (m, 32, 32, 3), uint8. Returns the log-probabilities of both sets, (n, 2) and (m, 2).
    """
    raise NotImplementedError


def parameter_counts(network: torch.nn.Module) -> tuple[int, list[int]]:
    """Return how many numbers are trained (requires_grad) in all, and in each of the network's parameters."""
    raise NotImplementedError


def shifted_probabilities(network: torch.nn.Module, image: torch.Tensor, pixels: int) -> torch.Tensor:
    """Return the probabilities (2, 2) of an image (3, 32, 32), and of it moved `pixels` columns to the right.

    What leaves at the right edge comes in again at the left. The network maps (n, 3072) to logits (n, 2).
    """
    raise NotImplementedError


TRANSLATION_REASON: str = ""  # Why does a fully connected network answer differently, and what can be done?
