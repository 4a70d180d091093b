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

    return AtLeast("trained network", accuracy, 0, label=Text("학습된 네트워크", "trained network"))


EXACT = {"rtol": 0, "atol": 0}


@relation(
    label=Text(ko="adam으로 학습된 가중치", en="weights trained by adam"),
    statement=Text(
        ko="드랍아웃 없이 한 배치로 학습한 가중치는, 처음 가중치를 픽셀 0..255의 categorical cross-entropy와 기본값의 adam으로 "
        "갱신한 것이어야 합니다.",
        en="Trained on one batch without dropout, the initial weights must be updated by adam with its defaults, for "
        "categorical cross-entropy on pixels 0..255.",
    ),
    rtol=0,
    atol=5e-5,  # of steps of 0.001, on average over all weights: rounding turns few of them
    points=3,
)
def adam_updates(weights, expected_weights, labels):
    """Where the images are one batch; the document's training is too long to be followed by hand."""
    if len(labels) > ONE_BATCH:
        return np.zeros(1), np.zeros(1)
    return np.abs(weights.astype(float) - expected_weights).mean(keepdims=True), np.zeros(1)


@relation(
    label=Text(ko="보고된 첫 손실", en="first loss reported"),
    statement=Text(
        ko="fit은 에폭마다의 손실을 반환하고, 첫 손실은 처음 가중치의, 픽셀 0..255에 대한 categorical cross-entropy이어야 합니다.",
        en="fit must return a loss for every epoch, the first being the categorical cross-entropy of the initial weights on "
        "pixels 0..255.",
    ),
    rtol=1e-3,
    atol=1e-4,
    points=2,
)
def first_loss(losses, expected_losses, labels, epochs):
    """The first loss, where the images are one batch, and the number of epochs."""
    if len(labels) > ONE_BATCH:
        return np.array([len(losses)]), np.array([epochs])
    return (np.array([each[0], len(each)]) for each in (losses, expected_losses))


@relation(
    label=Text(ko="층의 표", en="layer table"),
    statement=Text(
        ko="layer_table은 층마다 배치 축을 뺀 출력의 모양과 파라미터 수를 반환해야 합니다.",
        en="layer_table must return each layer's output shape without the batch axis and its number of parameters.",
    ),
    **EXACT,
    points=1,
)
def layer_table(reported, observed):
    return reported, observed


def losses_of(rows, labels, least):
    """The loss of every network from its softmax outputs (k, m, 10), where a probability counts as at least this."""
    right = rows[:, : len(labels)].astype(float)[:, np.arange(len(labels)), labels]
    return -np.log(np.maximum(right, least)).mean(axis=1)


def beside_networks(name):
    def equation(evidence, inputs):
        """Keras knows the logits, and a softmax output that is 0 in float32 hides how small it is: a loss may be from
        that with probabilities cut at 1e-7, as Keras cuts them without logits, to that without a cut."""
        rows, labels, losses = evidence["probabilities"], inputs["open_labels"], evidence[name].astype(float)
        low, high = (losses_of(rows, labels, least) for least in (1e-7, 0))
        return losses, np.clip(losses, low, high)

    return equation


def of_networks(name, points, label, ko, en):
    """The check that these losses are those of the networks returned; float32 is off by less than 1e-4 of the value."""
    near = {"rtol": 1e-3, "atol": 1e-4}
    said = {"label": label, "statement": Text(ko=ko, en=en), "points": points}
    return Relation(name, arrays=[name, "probabilities"], equation=beside_networks(name), **said, **near)


REPORTED = of_networks(
    *("losses", 2, Text("보고한 테스트 손실", "test losses reported")),
    "보고한 손실은 반환된 네트워크의 (XX, yy)에서의 손실과 같아야 합니다.",
    "The reported losses must be those of the returned networks on (XX, yy).",
)
RECORDED = of_networks(
    *("logged", 1, Text("기록된 테스트 손실", "test losses recorded")),
    "이벤트 파일의 test_loss는 반환된 네트워크의 (XX, yy)에서의 손실과 같아야 합니다.",
    "test_loss in the event files must be the loss of the returned networks on (XX, yy).",
)


def combinations(inputs):
    """(k, 2): the pairs (n1, n2) in the order asked for."""
    return np.array([(n1, n2) for n1 in inputs["n1_values"] for n2 in inputs["n2_values"]])


@relation(
    label=Text(ko="고른 조합", en="chosen combination"),
    statement=Text(
        ko="고른 조합은 반환된 네트워크의 테스트 손실이 가장 작은 조합이어야 합니다.",
        en="The combination chosen must be the one whose network has the least test loss.",
    ),
    **EXACT,
    points=2,
)
def winner(winner, probabilities, inputs):
    """In a tie of the softmax outputs either cut decides."""
    pairs = combinations(inputs)
    losses = [losses_of(probabilities, inputs["open_labels"], least) for least in (1e-38, 1e-7)]
    least = [pairs[int(np.argmin(each))] for each in losses]
    return winner, next((pair for pair in least if np.array_equal(pair, winner)), least[0])


def architecture(layers, outputs, dropout, optimizer):
    """The checks of what networks are made of, each with its points, compared with the solution's on all variants."""
    kernels = Text("합성곱층의 커널", "kernels of the convolutions")
    computed = Text("정해진 가중치에서의 출력", "outputs for given weights")
    adam = Text("optimizer와 학습률", "optimizer and its learning rate")
    near = {"rtol": 1e-4, "atol": 1e-5}
    return [
        Facts("convolutions", points=layers / 2, label=kernels),
        Facts("dense_layers", points=layers / 2, label=Text("Dense층의 크기", "sizes of the dense layers")),
        Close("outputs", points=outputs, label=computed, **near),
        Close("dropout_rates", points=dropout, label=Text("드랍아웃 비율", "dropout rate"), **near),
        Facts("optimizers", points=optimizer, label=adam),
    ]


UPDATES = Close("updates", label=Text("갱신 횟수", "number of updates"), **EXACT)

GRID = Matrix(
    Text(
        ko="조합마다의 테스트 손실(보고한 값). 기준과 0.005 넘게 다른 칸에는 테두리가 있습니다. 시드가 같아도 조금 다를 수 있습니다.",
        en="The test loss of every combination, as reported. What differs from the reference by more than 0.005 is "
        "framed; small differences are no mistake.",
    ),
    values=lambda evidence, inputs: evidence["losses"].reshape(len(inputs["n1_values"]), -1),
    labels=lambda inputs: [[f"{name}={n}" for n in inputs[f"{name}_values"]] for name in ("n1", "n2")],
    decimals=3,
)
TRAINING_LOSS = Curves(
    Text(
        ko="에폭별 훈련 손실. 실선은 제출한 것, 점선은 기준.",
        en="The training loss by epochs: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["losses"]},
)

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
                Close("order", points=1, label=Text("조합의 순서", "order of the combinations"), **EXACT),
                UPDATES.worth(2),
                REPORTED,
                winner,
                Close("recorded", points=2, label=Text("기록된 HParams", "HParams recorded"), **EXACT),
                RECORDED,
            ],
        ),
    ],
)
