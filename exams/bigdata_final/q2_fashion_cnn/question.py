"""Question 2 of the big-data final: Fashion-MNIST with a small convolutional network, and a search over its sizes."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    Data,
    Diagram,
    Facts,
    Finite,
    Layer,
    Limit,
    Part,
    Question,
    Relation,
    Shape,
    Text,
)
from autograder.pictures import Curves, Matrix

from .probes import HIDDEN_IMAGES, PUBLIC_SEED

# -- the mathematics, in float64 and in numpy ---------------------------------------------------------------


def weights_of(evidence, prefix):
    """The weights and biases in turn, in float64."""
    names = [name for name in evidence.arrays if name.startswith(prefix)]
    return [evidence[f"{prefix}{i}"].astype(np.float64) for i in range(len(names))]


def convolution(x, kernel, bias):
    """A convolution without padding, then relu: x (n, h, w, c), kernel (a, b, c, d)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    return np.maximum(np.einsum("nhwcab,abcd->nhwd", windows, kernel, optimize=True) + bias, 0)


def pooling(x):
    """The greatest of every 2×2 pixels."""
    n, height, width, channels = x.shape
    return x.reshape(n, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def logits_of(weights, images):
    """The network without dropout, before the softmax; images (n, 28, 28)."""
    x = images[..., None].astype(np.float64)
    for kernel, bias in (weights[:2], weights[2:4]):
        x = pooling(convolution(x, kernel, bias))
    hidden = np.maximum(x.reshape(len(x), -1) @ weights[4] + weights[5], 0)
    return hidden @ weights[6] + weights[7]


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def counts_of(n1, n2, n3):
    """The parameters of every layer: convolutions, poolings, flattening, dense layers and dropout."""
    return [n1 * 26, 0, n2 * (25 * n1 + 1), 0, 0, n3 * (16 * n2 + 1), 0, 10 * (n3 + 1)]


def cross_entropies(probabilities, labels, least):
    """The loss of every network from its softmax outputs (k, m, 10), where a probability counts as at least this."""
    right = probabilities.astype(np.float64)[:, np.arange(len(labels)), labels]
    return -np.log(np.maximum(right, least)).mean(axis=1)


def combinations(inputs):
    """(k, 2): the pairs (n1, n2) in the order asked for."""
    return np.array([(n1, n2) for n1 in inputs["n1_values"] for n2 in inputs["n2_values"]])


# -- the equations that checks compare with -----------------------------------------------------------------


def parameters_equation(evidence, inputs):
    return evidence["parameters"], np.array(counts_of(inputs["n1"], inputs["n2"], inputs["n3"]))


def shapes_equation(evidence, inputs):
    n1, n2, n3 = inputs["n1"], inputs["n2"], inputs["n3"]
    pictures = [(24, 24, n1), (12, 12, n1), (8, 8, n2), (4, 4, n2)]
    return evidence["shapes"], np.array([*pictures, (16 * n2, 0, 0), (n3, 0, 0), (n3, 0, 0), (10, 0, 0)])


def table_equation(evidence, inputs):
    return evidence["reported"], evidence["observed"]


def forward_equation(evidence, inputs):
    logits = logits_of(weights_of(evidence, "weight"), inputs["images"][:16] / 255)
    return evidence["outputs"], np.exp(log_softmax(logits))


def test_outputs_equation(evidence, inputs):
    """The outputs of the first of the held images, on pixels 0..255, and the number of all of them."""
    images = inputs["test_images"][len(inputs["open_labels"]) :]
    some = np.exp(log_softmax(logits_of(weights_of(evidence, "weight"), images[:100])))
    got = evidence["probabilities"]
    return got[: len(got) - len(images) + len(some)], some


def dropout_equation(evidence, inputs):
    return evidence["dropout_rates"], np.array([inputs["dropout"]])


def compiled_loss_equation(evidence, inputs):
    right = evidence["outputs"].astype(np.float64)[np.arange(16), inputs["labels"][:16]]
    return evidence["compiled_loss"], np.array(-np.log(right).mean())


def updates_equation(evidence, inputs):
    return evidence["updates"], np.array(inputs["epochs"] * -(-len(inputs["labels"]) // 32))


def first_loss_equation(evidence, inputs):
    """Where all of the data is one batch, the first loss is that of the weights at the start, up to dropout."""
    first, labels = evidence["history_loss"][:1], inputs["labels"]
    if len(labels) > HIDDEN_IMAGES:
        return first[:0], first[:0]
    logits = logits_of(weights_of(evidence, "start"), inputs["images"])
    expected = -log_softmax(logits)[np.arange(len(labels)), labels].mean(keepdims=True)
    return np.log(first), np.log(expected)


def held_accuracy(seen):
    """How far the accuracy on the second half of the test images is above the floor."""
    outputs, labels = seen.evidence.arrays.get("probabilities"), seen.inputs["held_labels"]
    if outputs is None or outputs.shape != (len(labels), 10):
        return Text(ko="probabilities의 모양이 맞지 않습니다.", en="probabilities has not the right shape.")
    return float(np.mean(outputs.argmax(axis=1) == labels)) - float(seen.inputs["floor"])


def sizes_equation(evidence, inputs):
    return evidence["sizes"], np.array([sum(counts_of(n1, n2, 120)) for n1, n2 in combinations(inputs)])


def grid_updates_equation(evidence, inputs):
    kept = int(np.floor(int(inputs["grid_images"]) * (1 - inputs["validation_split"])))
    each = inputs["epochs"] * -(-kept // inputs["batch_size"])
    return evidence["grid_updates"], np.full(len(combinations(inputs)), each)


def rows_equation(evidence, inputs):
    sums = evidence["grid_probabilities"].sum(axis=2)
    return sums, np.ones_like(sums)


def losses_equation(evidence, inputs):
    """The reported losses against those of the submitted softmax outputs.

    Keras knows the logits, and a softmax output that is 0 in float32 hides how small it is: so a loss may be anything
    from that with probabilities cut at 1e-7, as Keras cuts them where it has no logits, to that without a cut.
    """
    opened = evidence["grid_probabilities"][:, : len(inputs["open_labels"])]
    low, high = (cross_entropies(opened, inputs["open_labels"], least) for least in (1e-7, 0))
    losses = evidence["losses"].astype(np.float64)
    return losses, np.clip(losses, low, high)


def winner_equation(evidence, inputs):
    """The winner has the least test loss, recomputed from the softmax outputs or, in a tie of these, reported."""
    opened, pairs = evidence["grid_probabilities"][:, : len(inputs["open_labels"])], combinations(inputs)
    recomputed = [cross_entropies(opened, inputs["open_labels"], least) for least in (1e-7, 1e-38)]
    least = [pairs[int(np.argmin(losses))] for losses in (*recomputed, evidence["losses"])]
    winner = evidence["winner"]
    named = [pair for pair in least if np.array_equal(pair, winner)]
    return winner, named[0] if named else least[1]


def recorded_equation(evidence, inputs):
    return evidence["recorded"], combinations(inputs).astype(np.float64)


def logged_equation(evidence, inputs):
    return evidence["logged"], evidence["losses"]


# -- what is drawn ------------------------------------------------------------------------------------------


def grid_labels(inputs):
    return [f"n1={n}" for n in inputs["n1_values"]], [f"n2={n}" for n in inputs["n2_values"]]


GRID = Matrix(
    Text(
        ko="조합마다의 시험 손실(보고한 값). 기준과 0.005 넘게 다른 칸에는 테두리가 있습니다. 시드가 같아도 조금 다를 수 있습니다.",
        en="The test loss of every combination, as reported. What differs from the reference by more than 0.005 is "
        "framed; small differences are no mistake.",
    ),
    values=lambda evidence, inputs: evidence["losses"].reshape(
        len(inputs["n1_values"]), len(inputs["n2_values"])
    ),
    labels=grid_labels,
    decimals=3,
)
TRAINING_LOSS = Curves(
    Text(
        ko="epoch별 훈련 손실. 실선은 제출한 것, 점선은 기준.",
        en="The training loss by epochs: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["history_loss"]},
)


# -- what is asked ------------------------------------------------------------------------------------------

EXACT = {"rtol": 0, "atol": 0}
WEIGHTS = [f"weight{i}" for i in range(8)]
LAYERS = [
    "Conv2D",
    "MaxPooling2D",
    "Conv2D",
    "MaxPooling2D",
    "Flatten",
    "Dense",
    "Dropout",
    "Dense",
]

QUESTION = Question(
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    datasets=["fashion_mnist"],
    withheld=frozenset({"held_labels", "floor"}),
    preload=["tensorboard.plugins.hparams.api", "tensorboard.backend.event_processing.event_accumulator"],
    setup=Limit(seconds=60, memory_mb=4096),
    parts=[
        Part(
            name="lenet",
            diagram=Diagram(
                [
                    Data("X", "28×28×1"),
                    Layer("Conv 5×5, relu", "24×24×n1"),
                    Layer("Pool 2×2", "12×12×n1"),
                    Layer("Conv 5×5, relu", "8×8×n2"),
                    Layer("Pool 2×2", "4×4×n2"),
                    Layer("Flatten", "16·n2"),
                    Layer("Dense, relu", "n3"),
                    Layer("Dropout", "n3"),
                    Layer("Dense, softmax", "10"),
                ]
            ),
            points=15,
            probe="probe_lenet",
            pictures=[TRAINING_LOSS],
            settings={"n1": 6, "n2": 16, "n3": 120, "dropout": 0.2, "epochs": 5},
            vary={"n1": [4, 8], "n2": [10, 20], "n3": [60, 84], "dropout": [0.1, 0.3], "epochs": [1, 2]},
            limit=Limit(seconds=1200, memory_mb=8192, output_kb=32768),
            checks=[
                Facts("layers", expected=LAYERS, points=2),
                Relation(
                    "parameters",
                    label=Text(ko="층마다의 모수의 수", en="parameters of each layer"),
                    arrays=["parameters"],
                    equation=parameters_equation,
                    statement=Text(
                        ko="층마다의 모수의 수는 26·n1, 0, n2·(25·n1+1), 0, 0, n3·(16·n2+1), 0, 10·(n3+1) 이어야 합니다.",
                        en="The layers must have 26·n1, 0, n2·(25·n1+1), 0, 0, n3·(16·n2+1), 0, 10·(n3+1) parameters.",
                    ),
                    **EXACT,
                    points=2,
                ),
                Relation(
                    "shapes",
                    label=Text(ko="층마다의 출력 모양", en="output shape of each layer"),
                    arrays=["shapes"],
                    equation=shapes_equation,
                    statement=Text(
                        ko="층마다의 출력의 모양은 24×24×n1, 12×12×n1, 8×8×n2, 4×4×n2, 16·n2, n3, n3, 10 이어야 합니다.",
                        en="The layers' outputs must be 24×24×n1, 12×12×n1, 8×8×n2, 4×4×n2, 16·n2, n3, n3, 10.",
                    ),
                    **EXACT,
                    points=2,
                ),
                # float32 against float64 on pixels of 0 to 1: probabilities differ by at most 2.1e-7 of their value,
                # a hundredth of the least important bias moves them by 6e-5 of it
                Relation(
                    "activations",
                    label=Text(ko="출력의 계산식", en="formula of the output"),
                    arrays=["outputs", *WEIGHTS],
                    equation=forward_equation,
                    statement=Text(
                        ko="출력은 같은 가중치로 다시 계산한 합성곱·relu·최댓값 풀링·softmax의 결과와 같아야 합니다.",
                        en="The output must be what convolution, relu, max pooling and softmax give with the same weights.",
                    ),
                    rtol=1e-5,
                    atol=1e-7,
                    points=1.5,
                ),
                Relation(
                    "test outputs",
                    label=Text(ko="시험 영상의 출력", en="outputs for the test images"),
                    arrays=["probabilities", *WEIGHTS],
                    equation=test_outputs_equation,
                    statement=Text(
                        ko="시험 영상의 출력은 학습된 가중치에서 다시 계산한 값과 같아야 합니다.",
                        en="The outputs for the test images must be what the trained weights give.",
                    ),
                    rtol=1e-3,
                    atol=1e-4,
                    points=0.5,
                ),
                Relation(
                    "dropout rate",
                    label=Text(ko="드랍아웃 비율", en="dropout rate"),
                    arrays=["dropout_rates"],
                    open=True,
                    equation=dropout_equation,
                    statement=Text(
                        ko="드랍아웃 층은 하나이고, 비율은 버리는 노드의 비율입니다.",
                        en="There must be one dropout layer, and its rate is the share of nodes dropped.",
                    ),
                    rtol=1e-6,
                    atol=0,
                    points=1,
                ),
                Facts("optimizer", expected="Adam", points=1),
                Relation(
                    "loss",
                    label=Text(ko="컴파일된 손실", en="compiled loss"),
                    arrays=["compiled_loss", "outputs"],
                    equation=compiled_loss_equation,
                    statement=Text(
                        ko="컴파일된 손실은 categorical cross-entropy 이어야 합니다.",
                        en="The compiled loss must be categorical cross-entropy.",
                    ),
                    rtol=1e-3,
                    atol=1e-5,
                    points=1,
                ),
                Relation(
                    "updates",
                    label=Text(ko="갱신 횟수", en="number of updates"),
                    arrays=["updates"],
                    open=True,
                    equation=updates_equation,
                    statement=Text(
                        ko="갱신 횟수(optimizer.iterations)는 에폭 수 × ⌈자료 수 / 32⌉ 이어야 합니다.",
                        en="The number of updates (optimizer.iterations) must be epochs × ⌈images / 32⌉.",
                    ),
                    **EXACT,
                    points=1,
                ),
                # Dropout makes the first loss 0.90 to 1.50 times that without (60 runs, 30 seeds), pixels divided by 255
                # make it 0.02 to 0.07 times; allowed is 0.25 to 4 times, on the scale of logarithms.
                Relation(
                    "first loss",
                    label=Text(ko="첫 손실", en="first loss"),
                    arrays=["history_loss", "start0"],
                    equation=first_loss_equation,
                    statement=Text(
                        ko="자료 전체가 한 배치일 때, 처음 보고된 손실은 픽셀 0..255를 처음 가중치에 그대로 넣은 손실의 크기여야 합니다.",
                        en="Where all of the data is one batch, the first loss reported must be of the size that the initial "
                        "weights give on pixels 0..255 as they are.",
                    ),
                    rtol=0,
                    atol=1.4,
                    points=1,
                ),
                Relation(
                    "layer table",
                    label=Text(ko="층의 표", en="layer table"),
                    arrays=["reported", "observed"],
                    equation=table_equation,
                    statement=Text(
                        ko="layer_table은 층마다의 출력의 모양과 모수의 수를 그대로 보고해야 합니다.",
                        en="layer_table must report every layer's output shape and number of parameters as they are.",
                    ),
                    **EXACT,
                    points=1,
                ),
                AtLeast(
                    "test accuracy above the floor",
                    held_accuracy,
                    0,
                    label=Text(ko="시험 정확도의 하한", en="test accuracy above the floor"),
                    points=1,
                ),
            ],
        ),
        Part(
            name="grid_search",
            points=15,
            probe="probe_grid_search",
            settings={"epochs": 3, "batch_size": 200, "validation_split": 0.2},
            vary={"epochs": [1, 2], "batch_size": [25, 27]},
            pictures=[GRID],
            limit=Limit(seconds=7200, memory_mb=8192, output_kb=65536),
            checks=[
                Shape("losses", ("networks",)),
                Finite("losses"),
                Relation(
                    "softmax",
                    label=Text(ko="확률의 합", en="sum of the probabilities"),
                    arrays=["grid_probabilities"],
                    equation=rows_equation,
                    statement=Text(
                        ko="네트워크의 출력은 행의 합이 1이어야 합니다.",
                        en="The rows of the networks' outputs must sum to one.",
                    ),
                    rtol=0,
                    atol=1e-4,
                ),
                Relation(
                    "sizes",
                    label=Text(ko="조합마다의 모수의 수", en="parameters of each combination"),
                    arrays=["sizes"],
                    equation=sizes_equation,
                    statement=Text(
                        ko="네트워크의 모수의 수는 차례대로 각 조합 (n1, n2)의 것이어야 합니다.",
                        en="The networks must have, in turn, the numbers of parameters of the combinations (n1, n2).",
                    ),
                    **EXACT,
                    points=3,
                ),
                Relation(
                    "updates",
                    label=Text(ko="갱신 횟수", en="number of updates"),
                    arrays=["grid_updates"],
                    open=True,
                    equation=grid_updates_equation,
                    statement=Text(
                        ko="네트워크마다 갱신 횟수는 에폭 수 × ⌈검증 자료를 뺀 자료 수 / 배치 크기⌉ 이어야 합니다.",
                        en="Every network must have made epochs × ⌈images left for training / batch size⌉ updates.",
                    ),
                    **EXACT,
                    points=3,
                ),
                # float32 against float64: losses differ by less than 1e-4 of their value
                Relation(
                    "test losses",
                    label=Text(ko="시험 손실", en="test losses"),
                    arrays=["losses", "grid_probabilities"],
                    equation=losses_equation,
                    statement=Text(
                        ko="보고한 손실은 softmax 출력과 (XX, yy)의 레이블에서 다시 계산한 손실과 같아야 합니다.",
                        en="The reported losses must be those of the softmax outputs and the labels of (XX, yy).",
                    ),
                    rtol=1e-3,
                    atol=1e-4,
                    points=3,
                ),
                Relation(
                    "winner",
                    label=Text(ko="고른 조합", en="chosen combination"),
                    arrays=["winner", "losses", "grid_probabilities"],
                    equation=winner_equation,
                    statement=Text(
                        ko="고른 조합은 다시 계산한 시험 손실이 가장 작은 조합이어야 합니다.",
                        en="The combination chosen must be the one with the least test loss, recomputed.",
                    ),
                    **EXACT,
                    points=3,
                ),
                Relation(
                    "hparams recorded",
                    label=Text(ko="기록된 HParams", en="HParams recorded"),
                    arrays=["recorded"],
                    equation=recorded_equation,
                    statement=Text(
                        ko="이벤트 파일에는 조합마다 HParams n1, n2가 남아 있어야 합니다.",
                        en="The event files must hold the HParams n1 and n2 of every combination.",
                    ),
                    **EXACT,
                    points=2,
                ),
                Relation(
                    "losses logged",
                    label=Text(ko="기록된 시험 손실", en="test losses recorded"),
                    arrays=["logged", "losses"],
                    equation=logged_equation,
                    statement=Text(
                        ko="이벤트 파일의 test_loss는 보고한 손실과 같아야 합니다.",
                        en="test_loss in the event files must be the reported loss.",
                    ),
                    rtol=1e-4,
                    atol=1e-5,
                    points=1,
                ),
            ],
        ),
    ],
)
