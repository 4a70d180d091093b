"""Question 1 of the big-data final: Fashion-MNIST with a small dense network, read from its TensorBoard logs."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    Axis,
    Choice,
    Close,
    Data,
    Diagram,
    Essay,
    Facts,
    Layer,
    Limit,
    OneOf,
    Part,
    Picture,
    Question,
    Text,
    relation,
)
from autograder.pictures import Confusion, Curves

from .probes import PUBLIC_SEED

BY_EPOCH = [Axis(Text("에폭", "epoch"))]

# -- what checks compare ------------------------------------------------------------------------------------


def alike(seen):
    """The cosine of the angle between the way that the weights went and the reference's.

    It is 0.18 and more after training with another rate, optimiser, input or number of epochs, and at most 0.02 if the
    weights were set to something. It is 1 where nothing can be said, and none where the weights hardly moved.
    """
    moved, reference = (one and one.arrays.get("moved") for one in (seen.evidence, seen.reference))
    if moved is None:
        return 1.0  # why it is not there is told elsewhere
    most = 1e-2 if reference is None else 0.05 * np.linalg.norm(reference)
    size = np.linalg.norm(moved)
    comparable = reference is not None and moved.shape == reference.shape
    cosine = moved @ reference / size / np.linalg.norm(reference) if comparable and size else 1.0
    return float(cosine) if size > most and cosine > 0.1 else UNTRAINED


UNTRAINED = Text(
    ko="network가 학습되지 않았습니다. 학습하지 않은 네트워크는 득점이 없습니다.",
    en="`network` was not trained, and earns nothing without.",
)
TRAINED = AtLeast("trained", alike, 0.1)


@relation(rtol=0, atol=0)
def same_seed(start, again):
    return start, again


@relation(rtol=1e-5, atol=1e-6)
def logs(logged, history):
    return logged, history


@relation(rtol=0.02, atol=6e-3)
def validation(curves, scores):
    return curves[2:, -1], scores


@relation(rtol=1e-6, atol=1e-6)
def curves_drawn(drawn, made_up):
    return drawn, made_up


@relation(rtol=0, atol=0)
def stopped_in_time(curves, patience, most_epochs):
    losses = curves[2]
    ends = [end for end in range(1, len(losses) + 1) if end - 1 - losses[:end].argmin() >= patience]
    return np.array(len(losses)), np.array([*ends, most_epochs][0])


def above(name):
    """How far the accuracy of these outputs, by the withheld labels, is above the floor; hidden variants have none."""

    def metric(seen):
        labels, floor = seen.inputs["test_labels"], seen.inputs["floor"]
        if not floor:
            return 0.0
        outputs = seen.evidence.arrays[name]
        if outputs.shape != (len(labels), 10):
            return Text(ko="출력의 모양이 맞지 않습니다.", en="The outputs have not the right shape.")
        return float(np.mean(outputs.argmax(axis=1) == labels) - floor)

    return metric


# -- what is drawn ------------------------------------------------------------------------------------------

CLOTHES = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]


def pair(row, y):
    """The training and the validation curve of one kind."""
    return Curves(
        curves=lambda evidence, inputs: {
            "training": evidence["curves"][row],
            "validation": evidence["curves"][row + 2],
        },
        y=y,
    )


ACCURACIES, LOSSES = pair(1, "accuracy"), pair(0, "loss")
TAKEN_FOR = Confusion(
    outputs=lambda evidence, inputs: evidence["train_outputs"],
    labels=lambda inputs: inputs["labels"][:200],
    images=lambda inputs: inputs["images"][:200],
    classes=CLOTHES,
)


# -- what is asked ------------------------------------------------------------------------------------------


def part(name, checks, *, seconds=900, **options):
    return Part(
        name=name,
        points=6,
        probe=name,
        limit=Limit(seconds=seconds, memory_mb=6144, output_kb=16384),
        checks=checks,
        **options,
    )


SPLIT = {"batch_size": 200, "validation_split": 0.2}
LAYERS = ["784", "20, relu", "30, relu", "10, softmax"]
KINDS = ["Flatten", *["Dense"] * 3]
NETWORK = [Layer(*one) for one in zip(KINDS, LAYERS, strict=True)]
SHAPES = [[10], [20], [20, 30], [30], [30, 10], [784, 20]]

QUESTION = Question(
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    datasets=["fashion_mnist"],
    withheld=frozenset({"test_labels", "floor"}),
    preload=["matplotlib.pyplot", "tensorboard.backend.event_processing.event_accumulator"],
    setup=Limit(seconds=60, memory_mb=4096),
    parts=[
        part(
            "fit",
            [
                TRAINED,
                Facts("weights", expected=SHAPES, points=1),
                Close("outputs", rtol=1e-4, atol=1e-6, points=1),
                Facts("optimizer", expected=["Adam", 0.001], points=1),
                Close("losses", rtol=1e-3, atol=1e-4, axes=BY_EPOCH, points=1.25),
                Close("accuracies", rtol=0, atol=0.011, axes=BY_EPOCH, points=0.25),
                Close("updates", points=1),
                same_seed.worth(0.5),
            ],
            diagram=Diagram([Data("X", "(n, 28, 28, 1)"), *NETWORK, Data("y", "(n, 10)")]),
            settings={"epochs": 10, "batch_size": 200},
            vary={"epochs": [2, 3, 4], "batch_size": [250, 300, 400]},
        ),
        part(
            "test_accuracy",
            [
                Close("probabilities", rtol=1e-4, atol=1e-6, points=2),
                Close("accuracy", rtol=0, atol=1e-6, points=2.5),
                AtLeast("test accuracy above the floor", above("test_outputs"), 0, points=1.5),
            ],
            settings={"epochs": 10, "batch_size": 200},
            pictures=[TAKEN_FOR],
        ),
        part(
            "validation_curves",
            [
                TRAINED,
                Close("history", rtol=1e-3, atol=1e-3, points=1.5),
                logs.worth(0.5),
                validation.worth(0.5),
                curves_drawn.worth(1.5),
                Picture("figure", points=0),
                OneOf("overfitting", options=[True, False], points=0),
                Choice("overfitting", points=0.5),
                Essay("reason", points=1.5),
            ],
            settings=SPLIT,
            vary={"batch_size": [210, 420], "validation_split": [0.25, 0.3]},
            pictures=[ACCURACIES, LOSSES],
        ),
        part(
            "compare_accuracy",
            [
                *(Close(name, rtol=0, atol=1e-6, points=0.75) for name in ("before", "after")),
                Close("difference", rtol=0, atol=1e-6, points=1),
                AtLeast("accuracy of (1) above the floor", above("first"), 0, points=0.75),
                AtLeast("accuracy of (3) above the floor", above("second"), 0, points=0.75),
                OneOf("cause", options=["epochs", "split"], points=0),
                Choice("cause", points=0.5),
                Essay("comparison", points=1.5),
            ],
            settings={"epochs": 10, **SPLIT},
            seconds=1200,
        ),
        part(
            "early_stopping",
            [
                TRAINED,
                Close("opening", rtol=1e-3, atol=1e-3, points=1.5),
                Close("epochs_run", points=2),
                stopped_in_time.worth(1),
                logs.worth(1.5),
            ],
            settings={**SPLIT, "patience": 3},
            vary={"batch_size": [240, 360], "patience": [2, 4]},
            pictures=[LOSSES],
        ),
    ],
)
