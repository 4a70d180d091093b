"""Question 3: telling birds from airplanes with a fully connected network, from the pixels to its accuracy."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    Choice,
    Close,
    Data,
    Diagram,
    Dtype,
    Essay,
    Facts,
    Layer,
    Limit,
    Operators,
    Part,
    Question,
    Text,
    relation,
)
from autograder.checks.operators import BY_HAND, LOGSUMEXP
from autograder.pictures import Confusion, Curves

from .probes import COMPARED, HIDDEN, ONCE, PUBLIC_SEED, SMALL_LR, known_weights, two_classes

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
SHAPES = [(HIDDEN, 3072), (HIDDEN,), (2, HIDDEN), (2,)]
START = [weight.astype(np.float64) for weight in known_weights(SHAPES)]


def softmax_of(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def loss_and_gradients(weights, x, labels):
    """The mean negative log-likelihood, and its gradients, for images (n, 3, 32, 32).

    einsum, unlike @, starts no threads, which cost more than these small products on a busy machine.
    """
    (w1, b1, w2, b2), x = weights, x.reshape(len(x), -1).astype(np.float64)
    hidden = np.tanh(np.einsum("nk,hk->nh", x, w1) + b1)
    probabilities = softmax_of(np.einsum("nh,ch->nc", hidden, w2) + b2)
    loss = -np.log(probabilities[np.arange(len(x)), labels]).mean()
    error = (probabilities - np.eye(2)[labels]) / len(x)
    inner = np.einsum("nc,ch->nh", error, w2) * (1 - hidden**2)
    first, second = np.einsum("nh,nk->hk", inner, x), np.einsum("nc,nh->ch", error, hidden)
    return loss, [first, inner.sum(axis=0), second, error.sum(axis=0)]


def joined(weights):
    return np.concatenate([weight.ravel() for weight in weights])


def sgd_in_order(x, labels, epochs, lr, batch_size):
    """Losses (epochs,) of each epoch's last minibatch, and the weights in one array, after SGD in order."""
    weights, losses = START, []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            loss, gradients = loss_and_gradients(weights, x[rows], labels[rows])
            weights = [weight - lr * gradient for weight, gradient in zip(weights, gradients, strict=True)]
        losses.append(loss)
    return np.array(losses), joined(weights)


# Of logits and what comes of them: float32 differs from float64 by at most 3e-7 over 61 seeds.
LOGIT = {"rtol": 0, "atol": 2e-5}


def by_hand(seen):
    """1 for a softmax that ran none of torch's, 0 for what is no softmax, however it was written."""
    ran = Operators(allowed=BY_HAND | LOGSUMEXP).judge(seen)
    rows = seen.evidence.arrays["batch"]
    right = np.broadcast_to(softmax_of(np.array([1.0, 2.0, 3.0])), (2, 3))
    return float(rows.shape == (2, 3) and np.allclose(rows, right, atol=1e-6)) if ran.passed else ran.message


@relation(**LOGIT)
def likelihood_formula(log_probabilities, likelihood, y):
    """From the student's own, so that a slip in these costs nothing here; constants agree with each other too."""
    own = np.exp(log_probabilities.astype(np.float64)[np.arange(8), y[:8]])
    return np.append(likelihood, np.ptp(own) > 1e-4), np.append(own, True)


@relation(**LOGIT)
def loss_formula(likelihood, loss):
    values = np.log(likelihood.astype(np.float64))
    return np.append(loss, np.ptp(values) > 1e-4), np.append(-values.mean(), True)


# Losses and weights in float32 differ from the float64 replay by at most 2e-5 over 61 seeds on the drawn
# pictures, and by 3e-7 over 31 seeds on CIFAR-10: REPLAY is ten times as great. The first-order sum of an epoch
# is off by at most 2 % of its greatest element. A shuffled epoch ends 1.6e-4 and more from the one in order.
REPLAY, ONCE_EACH, MIN_REORDERED = {"rtol": 0, "atol": 2e-4}, 0.05, 2e-5


@relation(**REPLAY, points=1)
def losses_in_order(ordered_losses, x, y, epochs, lr, batch_size):
    return ordered_losses, sgd_in_order(x, y, epochs, lr, batch_size)[0]


@relation(rtol=0, atol=ONCE_EACH, points=0.5)
def once_each(once_weights, x, y):
    """With a small learning rate the order hardly matters: five minibatches add up to 5·lr·(full gradient)."""
    expected = -5 * SMALL_LR * joined(loss_and_gradients(START, x, y)[1])
    moved = once_weights.astype(np.float64) - joined(START)
    return moved / np.abs(expected).max(), expected / np.abs(expected).max()


@relation(**LOGIT, points=0.5, open=False)
def reordered(shuffled_weights, x, y, lr):
    """The shuffled run ends elsewhere than the same run in order, about as far from the start (0.85 to 1.2)."""
    start, (_, in_order) = joined(START), sgd_in_order(x, y, lr=lr, **ONCE)
    far = np.linalg.norm(shuffled_weights - start) / np.linalg.norm(in_order - start)
    apart = np.abs(shuffled_weights - in_order).max()
    return np.array([apart > MIN_REORDERED, 0.5 < far < 2]), np.array([True, True])


# The network in float64 and the student's float32 differ by 2e-5 at most; dividing by n or n - 1 adds 1e-5.
@relation(rtol=0, atol=2e-3, points=1.25)
def trained_network(network_rows, training_log_probabilities, validation_log_probabilities):
    both = training_log_probabilities[:COMPARED], validation_log_probabilities[:COMPARED]
    return np.concatenate(both), network_rows


def chosen(inputs):
    """The airplanes and birds among the training images, and their labels."""
    return two_classes(inputs["images"], inputs["labels"])


def above_threshold(seen):
    """By how much the accuracy on the validation images exceeds the threshold, if the training images were learnt."""
    rows, inputs = seen.evidence.arrays, seen.inputs
    own, most = chosen(inputs)[1], inputs["most_loss"]
    loss = -rows["training_log_probabilities"].astype(np.float64)[np.arange(len(own)), own].mean()
    if not loss <= most:
        return Text(
            ko=f"학습 이미지의 손실이 {loss:.3f}입니다. {most} 이하여야 합니다.",
            en=f"The loss of the training images is {loss:.3f}; it must be at most {most}.",
        )
    right = rows["validation_log_probabilities"].argmax(axis=1) == inputs["validation_labels"]
    return float(right.mean() - inputs["threshold"])


def images_one_by_one(inputs):
    return int(inputs["one_by_one"])


def updates_due(inputs):
    """Every epoch one update for each 64 images, and one for those that are left."""
    return int(inputs["classifier_epochs"]) * -(-len(chosen(inputs)[1]) // 64)


SGD = {"class": "SGD", "lr": 0.01, "momentum": 0.0, "weight_decay": 0.0}
TAKEN_FOR = Confusion(
    outputs=lambda evidence, inputs: np.exp(evidence["training_log_probabilities"]),
    labels=lambda inputs: chosen(inputs)[1],
    images=lambda inputs: chosen(inputs)[0],
    classes=["airplane", "bird"],
)
LAST_LOSSES = Curves(curves={"last minibatch": "ordered_losses"})
LINEAR = Layer("Linear", "3072 → hidden"), Layer("Tanh", "hidden"), Layer("Linear", "hidden → 2")
NETWORK = Diagram([Data("images", "(n, 3072)"), *LINEAR, Data("logits", "(n, 2)")])

# -- what is asked ------------------------------------------------------------------------------------------

# In float32, torch's mean and std of 50,000 images are off by at most 8e-8, 16 to 32 normalised images by 8e-7; dividing
# by n or n - 1 changes std by 4e-6 of itself at most, normalised numbers by 5e-5.
NORMALIZED = {"rtol": 0, "atol": 2e-4}
UNIT = {"rtol": 0, "atol": 1e-6}
BYTE = {"rtol": 0, "atol": 0.003}  # a byte is 0.0039: a figure made from bytes is as good
LAYERS = ["torch.nn.Sequential", "torch.nn.Linear", "torch.nn.Tanh", "torch.nn.Linear"]
HIERARCHY = ["NumberedImages", "Images", "Dataset", "Generic", "object"]
SMALL = Limit(seconds=60, memory_mb=4096)

QUESTION = Question(
    framework="torch",
    seed=PUBLIC_SEED,
    datasets=["cifar10"],
    withheld=frozenset({"validation_labels"}),
    preload=["matplotlib.pyplot"],
    pool=2,
    long_training=True,
    setup=Limit(seconds=120, memory_mb=4096, evidence_mb=512),  # 50,000 images are 147 MiB
    parts=[
        Part(
            name="dataset",
            points=5,
            limit=Limit(seconds=120, memory_mb=4096),
            checks=[
                *(Facts(name, expected=True, points=0.25, open=True) for name in ("is_dataset", "own_class")),
                *(Close(name, points=0.25) for name in ("length", "label")),
                Close("item", points=0.5),
                Close("transformed_item", points=0.75),
                Close("tensor", points=0.5, **UNIT),
                Dtype("tensor", ("float32",), points=0.25),
                Close("tensor_range", points=0.25, **UNIT),
                Close("shown", points=0.75, **BYTE),
                Close("shown_classes", points=0.5, **BYTE),
                Facts("titles", expected=CLASSES, points=0.25),
                Facts("grid", expected=[2, 5], points=0.25),
                Facts("hierarchy", expected=HIERARCHY, points=0),
                Facts("is_iterable", expected=True, points=0),
                Close("streamed", points=0),
            ],
        ),
        Part(
            name="normalization",
            points=5,
            limit=Limit(seconds=240, memory_mb=6144),
            checks=[
                Close(name, points=1, **NORMALIZED)
                for name in ("mean", "std", "normalized", "train", "validation")
            ],
        ),
        Part(
            name="two_classes",
            points=5,
            probe="chosen_classes",
            limit=Limit(seconds=120, memory_mb=4096),
            checks=[Close("labels", points=2.5), Close("sums", points=2), Close("first_images", points=0.5)],
        ),
        Part(
            name="fully_connected",
            points=5,
            diagram=NETWORK,
            calls=[
                "_network = build_network(hidden)",
                "layers = kinds(_network)",
                "shapes = shapes_of(_network)",
                "logits = filled(_network, device)(x[:8].flatten(1))",
            ],
            settings={"hidden": 512},
            vary={"hidden": [48, 64, 96]},
            limit=SMALL,
            checks=[
                Facts("layers", expected=LAYERS, points=1.5),
                Facts("shapes", points=1.5),
                Close("logits", points=2, **LOGIT),
            ],
        ),
        Part(
            name="softmax",
            points=5,
            probe="softmax_and_classes",
            facts=["operators"],
            limit=SMALL,
            checks=[
                Close("vector", points=1, **UNIT),
                *(Close(name, points=0.5, **UNIT) for name in ("batch", "rows")),
                AtLeast("by hand", by_hand, 1.0, points=1),
                Close("probabilities", points=1, **LOGIT),
                Close("indices", points=1),
            ],
        ),
        Part(
            name="loss",
            points=5,
            calls=[
                "_network = known_network(device)",
                "log_probabilities, likelihood, loss = classification_loss(_network, x[:8], y[:8])",
                "_, _, first_loss = classification_loss(_network, x[:1], y[:1])",
            ],
            limit=SMALL,
            checks=[
                Close("log_probabilities", points=2, **LOGIT),
                likelihood_formula.worth(1),
                loss_formula.worth(1),
                *(Close(name, points=0.5, **LOGIT) for name in ("loss", "first_loss")),
            ],
        ),
        Part(
            name="training",
            points=5,
            pictures=[LAST_LOSSES],
            settings={"epochs": 3, "lr": 0.01, "batch_size": 64},
            vary={"epochs": [2, 4], "lr": [0.004, 0.006, 0.008], "batch_size": [24, 32, 48]},
            limit=Limit(seconds=600, memory_mb=4096),
            checks=[
                losses_in_order,
                Close("ordered_weights", points=1, **REPLAY),
                Close("single_losses", points=0.25, **REPLAY),
                Close("single_weights", points=0.5, **REPLAY),
                Choice("updates_one_by_one", key=images_one_by_one, points=0.25),
                *(Close(name, points=0.5, **REPLAY) for name in ("whole_losses", "whole_weights")),
                once_each,
                reordered,
            ],
        ),
        Part(
            name="validation_accuracy",
            points=5,
            probe="validation",
            pictures=[TAKEN_FOR],
            settings={"seed": 0},
            vary={"seed": [1, 2, 3]},
            limit=Limit(seconds=1800, memory_mb=4096),
            checks=[
                Close("predicted", points=0.75, **LOGIT),
                Facts("records_gradients", expected=False, points=0.25),
                Close("accuracy", points=0.75, rtol=0, atol=1e-6),
                Facts("optimizer", expected=SGD, points=0.5),
                Choice("updates", key=updates_due, points=0.25),
                Facts("first_in_order", expected=False, points=0.25),
                trained_network,
                AtLeast("accuracy above the threshold", above_threshold, 0.0, points=1),
            ],
        ),
        Part(
            name="parameter_count",
            points=5,
            calls=[
                "total, counts = parameter_counts(plain_network(hidden))",
                "trained_total, trained_counts = parameter_counts(partly_frozen())",
                "shifted = shifted_probabilities(known_network(device), x[1], pixels)",
                "reason = TRANSLATION_REASON",
            ],
            settings={"hidden": 512, "pixels": 8},
            vary={"hidden": [48, 64, 96], "pixels": [5, 11]},
            limit=SMALL,
            checks=[
                *(Facts(name, points=0.5) for name in ("total", "counts", "trained_total", "trained_counts")),
                Close("shifted", points=1, **LOGIT),
                Essay("reason", points=2),
            ],
        ),
    ],
)
