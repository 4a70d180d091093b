"""Inputs and probes: telling 0 from 1."""

from __future__ import annotations

import numpy as np

from autograder.probing.arrays import BadReturnError, to_numpy
from autograder.probing.figures import figure_of, lines, picture

SEED = 12345  # the document's own
PIXELS = 784  # 28 times 28
FEW = 6  # images of each class, where a few are enough
SHAPES = [[1], [1, 64], [64], [64, 784]]  # of the parameters, sorted


def given(seed, profile, data):
    """The training images of 0 and 1: all of them for the document's seed in full, else a few dozen of each.

    Besides `zeros` (n0, 28, 28) and `ones` (n1, 28, 28), uint8, outputs (n, 1) and labels (n, 1), float32, whose
    accuracy is asked for: `plain`; `half`, of which many outputs are exactly 0.5; and `nan`, nothing but NaN for
    the labels of these images. `accuracies` are right answers to what the accuracy of (4) is.
    """
    rng = np.random.default_rng(seed)
    images, labels = data["mnist"].train_images, data["mnist"].train_labels
    zeros, ones = (images[labels == digit] for digit in (0, 1))
    if seed != SEED:
        sizes = rng.permutation([rng.integers(60, 71), rng.integers(76, 86)])  # never as many of both
        zeros, ones = (some(of_class, size, rng) for of_class, size in zip((zeros, ones), sizes, strict=True))
    elif profile == "mini":
        zeros, ones = zeros[:50], ones[:60]
    half_yhat = rng.permutation(np.repeat(np.float32([0.5, 0.2, 0.8]), [24, 10, 7]))
    return {
        "zeros": zeros,
        "ones": ones,
        "plain_yhat": rng.random((53, 1), dtype=np.float32),
        "plain_y": (rng.random((53, 1)) < 0.6).astype(np.float32),
        "half_yhat": half_yhat[:, None],
        "half_y": (rng.permutation(41)[:, None] < 13).astype(np.float32),
        "nan_yhat": np.full((len(zeros) + len(ones), 1), np.nan, np.float32),
        "nan_y": np.repeat(np.float32([0, 1]), [len(zeros), len(ones)])[:, None],
        "accuracies": np.array([12661 / 12665] + [1.0] * (profile == "mini")),  # of the embedded images: all
    }


def some(images, size, rng):
    """`size` of the images, in their order."""
    return images[np.sort(rng.choice(len(images), size, replace=False))]


def data_of(zeros, ones):
    """X, float32 (n, 784), raw, and y, float32 (n, 1): ours, so that make_data does not weigh on later parts."""
    import torch

    images = torch.cat([zeros, ones]).reshape(-1, PIXELS).float()
    y = torch.cat([torch.zeros(len(zeros), 1), torch.ones(len(ones), 1)])
    return images, y.to(images.device)


def started(build_network, seed, device):
    """The student's network right after torch.manual_seed(seed)."""
    import torch

    torch.manual_seed(seed)
    return build_network().to(device)


def shapes_of(network):
    """The shapes of the trainable parameters, sorted, whatever their names."""
    return sorted(list(value.shape) for value in network.parameters() if value.requires_grad)


def with_weights(network, *weights):
    """The network with these parameters instead of its own; one of another shape stays as it is."""
    by_shape = {tuple(weight.shape): weight for weight in weights}
    for value in network.parameters():
        value.data = by_shape.get(tuple(value.shape), value.data)
    return network


# -- what is observed of a training -------------------------------------------------------------------------


def train_bce_loss(student, given, observe):
    training(student, given, observe, "bce_loss")


def train_manual_bce(student, given, observe):
    training(student, given, observe, "manual_bce")
    for name in ("NAN_LOSS_STEP", "NAN_OUTPUT_STEP", "MANUAL_TRAINS_WELL", "MANUAL_REASON"):
        observe(name, lambda name=name: getattr(student, name))


def train_normalized(student, given, observe):
    training(student, given, observe, "manual_bce")
    observe("normalized", student.normalize, data_of(given.zeros[:FEW], given.ones[:FEW])[0])
    for name in ("NORMALIZED_TRAINS_WELL", "NORMALIZED_REASON"):
        observe(name, lambda name=name: getattr(student, name))


def training(student, given, observe, loss):
    """A few epochs, of which the operators are looked at, and all of them, with their figure."""
    X, y = data_of(given.zeros, given.ones)
    X_scaled = X / given.scale
    arguments = {"loss": loss, "lr": given.lr, "seed": given.seed, "device": given.device}
    network = observe("_network", started, student.build_network, given.seed, given.device)
    start = observe("start", network, X_scaled)
    with observe.operators():
        few = X_scaled.clone(), y.clone()
        observe("_network, _yhat, few_losses", student.train, *few, epochs=given.few, **arguments)
    every = X_scaled.clone(), y.clone()
    network, yhat, _ = observe(
        "_network, yhat, losses", student.train, *every, epochs=given.epochs, **arguments
    )
    observe("trained", network, X / 255)
    observe("counts", counts, start, yhat, y)
    figure = observe("_figure", lambda: figure_of(student.plot_fit(y.cpu(), plain(yhat)), "plot_fit"))
    observe("plotted", lines_in, figure, len(y))
    if given.seed == SEED:
        observe("figure", picture, figure)


def number(value):
    """A number, which may be written as a text."""
    return float(value) if isinstance(value, str) else value


def plain(yhat):
    """What a student's code returned, as a tensor on the CPU."""
    import torch

    return torch.from_numpy(to_numpy(yhat, "yhat"))


def counts(start, yhat, y):
    """Images, right answers, outputs of exactly 1 at the start, outputs that are NaN: for pinned values only."""
    right = ((plain(yhat) > 0.5) == (y.cpu() == 1)).sum()
    return [len(y), int(right), int((plain(start) == 1).sum()), int(plain(yhat).isnan().sum())]


def lines_in(figure, n):
    """The heights (2, n) of the first two lines of n points; others, such as a line at 0.5, do not matter."""
    found = [line[:, 1] for line in lines(figure) if len(line) == n]
    if len(found) < 2:
        raise BadReturnError(
            f"plot_fit must plot two lines of {n} points, got {len(found)}",
            f"plot_fit은 점 {n}개짜리 선을 두 개 그려야 하는데 {len(found)}개를 그렸습니다",
        )
    return np.stack(found[:2])
