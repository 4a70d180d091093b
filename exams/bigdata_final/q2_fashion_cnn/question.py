"""Question 2 of the big-data final: Fashion-MNIST with a small convolutional network, and a search over its sizes."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    Close,
    Data,
    Diagram,
    Facts,
    Layer,
    Limit,
    Part,
    Question,
    Relation,
    Text,
    relation,
)
from autograder.pictures import Curves, Matrix

from .probes import ONE_BATCH, PUBLIC_SEED

NOT_LEARNED = Text(
    ko="학습된 네트워크로 보이지 않습니다. 공개되지 않은 테스트 이미지의 정확도가 {got:.3f}입니다. 학습되었다면 {floor:.2f} 이상입니다.",
    en="The network does not seem to be trained: the accuracy on withheld test images is {got:.3f}, that of a trained "
    "one at least {floor:.2f}.",
)


def learned(part):
    """The check that networks are trained; required, so that what was never trained earns nothing."""

    def accuracy(seen):
        """That on the withheld half of the test images above the floor, on average over the networks."""
        labels, floor = seen.inputs["held_labels"], float(seen.inputs[f"{part}_floor"])
        rows = seen.evidence.arrays["probabilities"][..., -len(labels) :, :]
        got = float(np.mean(rows.argmax(axis=-1) == labels))
        return got - floor if got >= floor else NOT_LEARNED.format(got=got, floor=floor)

    return AtLeast("trained network", accuracy, 0)


EXACT = {"rtol": 0, "atol": 0}


# The tolerance is of steps of 0.001, on average over all weights: rounding turns few of them.
@relation(rtol=0, atol=5e-5, points=3)
def adam_updates(weights, expected_weights, labels):
    """Where the images are one batch; the document's training is too long to be followed by hand."""
    if len(labels) > ONE_BATCH:
        return np.zeros(1), np.zeros(1)
    return np.abs(weights.astype(float) - expected_weights).mean(keepdims=True), np.zeros(1)


@relation(rtol=1e-3, atol=1e-4, points=2)
def first_loss(losses, expected_losses, labels, epochs):
    """The first loss, where the images are one batch, and the number of epochs."""
    if len(labels) > ONE_BATCH:
        return np.array([len(losses)]), np.array([epochs])
    return (np.array([each[0], len(each)]) for each in (losses, expected_losses))


@relation(**EXACT, points=1)
def layer_table(reported, observed):
    return reported, observed


def losses_of(rows, labels, least):
    """The loss of every network from its softmax outputs (k, m, 10), where a probability counts as at least this."""
    right = rows[:, : len(labels)].astype(float)[:, np.arange(len(labels)), labels]
    return -np.log(np.maximum(right, least)).mean(axis=1)


def of_networks(name):
    """The check that these losses are those of the networks returned; float32 is off by less than 1e-4 of the value."""

    def equation(evidence, inputs):
        """Keras knows the logits, and a softmax output that is 0 in float32 hides how small it is: a loss may be from
        that with probabilities cut at 1e-7, as Keras cuts them without logits, to that without a cut."""
        rows, labels, losses = evidence["probabilities"], inputs["open_labels"], evidence[name].astype(float)
        low, high = (losses_of(rows, labels, least) for least in (1e-7, 0))
        return losses, np.clip(losses, low, high)

    return Relation(name, arrays=[name, "probabilities"], equation=equation, rtol=1e-3, atol=1e-4)


@relation(**EXACT, points=2)
def winner(winner, probabilities, inputs):
    """One whose loss may be the least, in the order asked for: only where an output is 0 or near it may several be."""
    pairs = np.array([(n1, n2) for n1 in inputs["n1_values"] for n2 in inputs["n2_values"]])
    low, high = (losses_of(probabilities, inputs["open_labels"], least) for least in (1e-7, 0))
    least = [*pairs[low <= high.min() + 1e-4], pairs[int(np.argmin(low))]]
    return winner, next((pair for pair in least if np.array_equal(pair, winner)), least[-1])


def architecture(layers, outputs, dropout, optimizer):
    """The checks of what networks are made of, each with its points, compared with the solution's on all variants."""
    near = {"rtol": 1e-4, "atol": 1e-5}
    return [
        Facts("convolutions", points=layers / 2),
        Facts("dense_layers", points=layers / 2),
        Close("outputs", points=outputs, **near),
        Close("dropout_rates", points=dropout, **near),
        Facts("optimizers", points=optimizer),
    ]


UPDATES = Close("updates", **EXACT)

GRID = Matrix(
    values=lambda evidence, inputs: evidence["losses"].reshape(len(inputs["n1_values"]), -1),
    labels=lambda inputs: [[f"{name}={n}" for n in inputs[f"{name}_values"]] for name in ("n1", "n2")],
    decimals=3,
)
TRAINING_LOSS = Curves(curves={"training": "losses"})

LAYERS = [
    Data("X", "28×28×1"),
    *(Layer("Conv 5×5, relu", "24×24×n1"), Layer("Pool 2×2", "12×12×n1")),
    *(Layer("Conv 5×5, relu", "8×8×n2"), Layer("Pool 2×2", "4×4×n2"), Layer("Flatten", "16·n2")),
    *(Layer("Dense, relu", "n3"), Layer("Dropout", "n3"), Layer("Dense, softmax", "10")),
]

QUESTION = Question(
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    datasets=["fashion_mnist"],
    withheld=frozenset({"held_labels", "lenet_floor", "grid_search_floor"}),
    preload=["tensorboard.plugins.hparams.api", "tensorboard.backend.event_processing.event_accumulator"],
    setup=Limit(seconds=60, memory_mb=4096),
    parts=[
        Part(
            name="lenet",
            diagram=Diagram(LAYERS),
            points=15,
            probe="lenet",
            pictures=[TRAINING_LOSS],
            settings={"n1": 6, "n2": 16, "n3": 120, "dropout": 0.2, "epochs": 5},
            vary={"n1": [4, 8], "n2": [10, 20], "n3": [60, 84], "dropout": [0.1, 0.3], "epochs": [1, 2]},
            limit=Limit(seconds=1200, memory_mb=8192, output_kb=32768),
            checks=[
                learned("lenet"),
                *architecture(layers=3, outputs=3, dropout=1, optimizer=1),
                adam_updates,
                first_loss,
                UPDATES.worth(1),
                layer_table,
            ],
        ),
        Part(
            name="grid_search",
            points=15,
            probe="grid_search",
            settings={"epochs": 3, "validation_split": 0.2},
            vary={"epochs": [1, 2]},
            pictures=[GRID],
            limit=Limit(seconds=7200, memory_mb=8192, output_kb=65536),
            checks=[
                learned("grid_search"),
                *architecture(layers=1, outputs=2, dropout=1, optimizer=1),
                Close("order", points=1, **EXACT),
                UPDATES.worth(2),
                of_networks("losses").worth(2),
                winner,
                Close("recorded", points=2, **EXACT),
                of_networks("logged").worth(1),
            ],
        ),
    ],
)
