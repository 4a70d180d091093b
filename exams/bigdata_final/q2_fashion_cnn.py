"""Question 2 of the big-data final: Fashion-MNIST with a small convolutional network, and a search over its sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    import keras

# -- the interface: what a student fills in -----------------------------------------------------------------


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


# -- what is given ------------------------------------------------------------------------------------------

PUBLIC_SEED = 1213  # the document's
HIDDEN_IMAGES = 32  # one batch of Keras's own size
MINI_GRID_IMAGES = 240  # in the profile mini the grid is searched on these

# The floor on the test accuracy after 5 epochs, in the profile full. benchmarks/thresholds.py trained the
# reference network on the official data: 10 seeds give 0.852 to 0.878, mean 0.865, standard deviation 0.007
# (data/measured/bigdata_final/lenet_5_epochs.json), so with confidence 0.95 at least 99 % of all seeds lie above
# 0.838 if they are normally distributed. The half of the test images that is used here may differ by chance:
# its standard error is 0.005, and three of these are taken off.
LENET_FLOOR = 0.82


def given(seed, profile, data):
    """Images as bytes, labels, and the values of the grid.

    The document's seed gives all of Fashion-MNIST and, in the profile full, the document's grid. A hidden variant has
    32 images and a grid of four small networks. The test images are halved: the labels of the first half,
    `open_labels`, are for choosing by the test loss, those of the second half are held back.
    """
    rng = np.random.default_rng(seed)
    images, labels = data["fashion_mnist"].train_images, data["fashion_mnist"].train_labels.astype(np.int64)
    test_images, test_labels = (
        data["fashion_mnist"].test_images,
        data["fashion_mnist"].test_labels.astype(np.int64),
    )
    real, full = seed == PUBLIC_SEED, profile == "full"
    n1_values, n2_values = ((6, 64, 128), (16, 256)) if full else ((2, 4, 6), (3, 8))
    if not real:
        some = rng.permutation(len(images))[:HIDDEN_IMAGES]
        images, labels = images[some], labels[some]
        test_images, test_labels = test_images[:40], test_labels[:40]
        n1_values = np.sort(rng.permutation(np.arange(2, 7))[:2])
        n2_values = np.sort(rng.permutation(np.arange(3, 9))[:2])
    half = len(test_images) // 2
    return {
        "images": images,
        "labels": labels,
        "test_images": test_images,
        "open_labels": test_labels[:half],
        "held_labels": test_labels[half:],
        "grid_images": np.array(MINI_GRID_IMAGES if real and not full else len(images)),
        "n1_values": np.array(n1_values),
        "n2_values": np.array(n2_values),
        "networks": np.array(len(n1_values) * len(n2_values)),
        "network_seed": np.array(seed),
        "floor": np.array(LENET_FLOOR if real and full else 0.0),
    }


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


# -- probes: worker side ------------------------------------------------------------------------------------

NO_LAYERS = {"InputLayer", "Activation", "ReLU", "Softmax"}  # however a student writes an activation


def training_data(images, labels):
    """X (n, 28, 28, 1) and y (n, 10) in float64, as the document has them."""
    return images[..., None].astype(np.float64), np.eye(10)[labels]


def prepare(images):
    """On few images a graph takes longer to compile and to optimise than to run; the numbers are the same.

    Every function of a student's puts the first back.
    """
    import tensorflow as tf

    tf.config.run_functions_eagerly(images <= 240)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": images <= 240})


def checked(network, name):
    """A compiled Keras network with its weights made."""
    import keras

    from autograder.probing.arrays import BadReturnError

    if not isinstance(network, keras.Model) or network.optimizer is None:
        raise BadReturnError(f"{name} must return Keras networks that are compiled")
    if not network.built:
        network.build((None, 28, 28, 1))
    return network


def outputs_of(network, images):
    """The network's outputs, computed in pieces; images (n, 28, 28)."""
    pieces = [images[i : i + 500, ..., None].astype(np.float64) for i in range(0, len(images), 500)]
    return np.concatenate([np.array(network(piece, training=False)) for piece in pieces])


def named(prefix, arrays):
    return {f"{prefix}{index}": np.array(array) for index, array in enumerate(arrays)}


def padded(shapes):
    """Shapes as the rows of a matrix with three columns, filled up with zeros."""
    return np.array([([*map(int, shape)] + [0] * 3)[:3] for shape in shapes]).reshape(-1, 3)


def describe(network):
    """The layers without those that only hold an activation: classes, shapes, parameters and dropout rates."""
    from autograder.probing.networks import layers

    kept = [layer for layer in layers(network) if layer["class"] not in NO_LAYERS]
    rates = [layer.rate for layer in network.layers if type(layer).__name__ == "Dropout"]
    return {
        "layers": [layer["class"] for layer in kept],
        "parameters": np.array([layer["parameters"] for layer in kept]),
        "shapes": padded([layer["output"][1:] for layer in kept]),
        "dropout_rates": np.array(rates, np.float64),
        "total_parameters": int(network.count_params()),
    }


def tables(student, network):
    """What the student's table says of every layer, and what is so: rows of shape and parameters."""
    from autograder.probing.networks import layers

    reported = [(shape, int(count)) for shape, count in student.layer_table(network)]
    observed = [(layer["output"][1:], layer["parameters"]) for layer in layers(network)]
    return {
        name: np.column_stack([padded([shape for shape, _ in table]), [count for _, count in table]])
        for name, table in (("reported", reported), ("observed", observed))
    }


def probe_lenet(student, given, device):
    sizes = {name: given[name] for name in ("n1", "n2", "n3", "dropout")}
    network = checked(student.build_network(**sizes, seed=int(given["network_seed"])), "build_network")
    start = network.get_weights()
    X, y = training_data(given["images"], given["labels"])
    prepare(len(given["images"]))
    history = student.fit(network, X, y, epochs=given["epochs"])
    few = given["images"][:16]
    outputs = network(few[..., None] / 255, training=False)
    loss = network.compute_loss(x=few, y=np.eye(10, dtype=np.float32)[given["labels"][:16]], y_pred=outputs)
    half = len(given["open_labels"])
    return {
        **describe(network),
        **tables(student, network),
        "outputs": np.array(outputs),
        "optimizer": type(network.optimizer).__name__,
        "compiled_loss": np.array(float(loss)),
        "updates": np.array(int(network.optimizer.iterations)),
        "history_loss": np.array(getattr(history, "history", history)["loss"], np.float64),
        "probabilities": outputs_of(network, given["test_images"][half:]),
        **named("weight", network.get_weights()),
        **named("start", start),
    }


def logged_runs(log_dir):
    """(n1, n2, test loss) of every run in the event files, sorted; NaN for what was not recorded."""
    from autograder.probing.tensorboard import curves, hyperparameters

    scalars, rows = curves(log_dir), []
    for run, recorded in hyperparameters(log_dir).items():
        _, losses = scalars.get(f"{run}/test_loss" if run else "test_loss", ([], [np.nan]))
        rows.append([float(recorded.get("n1", np.nan)), float(recorded.get("n2", np.nan)), losses[-1]])
    return np.array(sorted(rows), np.float64).reshape(-1, 3)


def probe_grid_search(student, given, device):
    import tempfile

    from autograder.probing.arrays import BadReturnError, to_numpy

    size, half, log_dir = int(given["grid_images"]), len(given["open_labels"]), tempfile.mkdtemp()
    prepare(size)
    returned = student.grid_search(
        *training_data(given["images"][:size], given["labels"][:size]),
        *training_data(given["test_images"][:half], given["open_labels"]),
        n1_values=given["n1_values"].tolist(),
        n2_values=given["n2_values"].tolist(),
        epochs=given["epochs"],
        batch_size=given["batch_size"],
        validation_split=given["validation_split"],
        seed=int(given["network_seed"]),
        log_dir=log_dir,
    )
    if not isinstance(returned, tuple) or len(returned) != 3:
        raise BadReturnError("grid_search must return (networks, losses, (n1, n2))")
    networks = [checked(network, "grid_search") for network in returned[0]]
    logged = logged_runs(log_dir)
    return {
        "grid_probabilities": np.stack([outputs_of(network, given["test_images"]) for network in networks]),
        "sizes": np.array([network.count_params() for network in networks]),
        "grid_updates": np.array([int(network.optimizer.iterations) for network in networks]),
        "losses": to_numpy(returned[1], "losses").astype(np.float64),
        "winner": to_numpy(returned[2], "the best (n1, n2)"),
        "recorded": logged[:, :2],
        "logged": logged[:, 2],
    }


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
    title=Text(ko="Fashion-MNIST와 CNN", en="Fashion-MNIST with a convolutional network"),
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    given=given,
    datasets=["fashion_mnist"],
    withheld=frozenset({"held_labels", "floor"}),
    preamble="import numpy as np\nimport tensorflow as tf\nfrom tensorboard.plugins.hparams import api as hp",
    preload=["tensorboard.plugins.hparams.api", "tensorboard.backend.event_processing.event_accumulator"],
    interface=[build_network, layer_table, fit, grid_search],
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
            statement=Text(
                ko="""`tf.keras.datasets.fashion_mnist.load_data()` 의 자료를 아래의 네트워크로 적합하라.

    X: (n, 28, 28, 1), float64, 픽셀은 0..255 그대로    y: (n, 10), 원-핫

    28×28×1 → 합성곱 5×5, relu → 24×24×n1 → 풀링 2×2 → 12×12×n1
            → 합성곱 5×5, relu → 8×8×n2   → 풀링 2×2 → 4×4×n2
            → 펼침 → 16·n2 → relu → n3 → 드랍아웃 → n3 → softmax → 10

이때 n1=6, n2=16, n3=120 으로 설정하고, 드랍아웃 비율(버리는 노드의 비율)은 20%로 설정한다. 합성곱에는 덧댐(padding)이 없고, 풀링은
최댓값을 취한다. optimizer는 adam, 손실함수는 categorical cross-entropy, 평가지표는 accuracy (`metrics=["accuracy"]`)이며,
batch_size는 주지 않고(Keras의 기본값 32) 5에폭 학습한다.

`net.summary()` 를 출력하여 설계 결과를 확인하라. `layer_table(network)` 는 거기에 나오는 층마다의 출력의 모양(배치 축은 뺀다)과
모수의 수를 돌려준다. 시험 자료의 정확도는 레이블이 주어지지 않는 뒤 절반의 시험 영상에서 채점기가 계산한다. (자체 점검에서는
n1, n2, n3, 드랍아웃 비율이 다른 네트워크도 만들어 본다.)""",
                en="""Fit the network below to the data of `tf.keras.datasets.fashion_mnist.load_data()`.

    X: (n, 28, 28, 1), float64, pixels 0..255 as they are    y: (n, 10), one-hot

    28×28×1 → convolution 5×5, relu → 24×24×n1 → pooling 2×2 → 12×12×n1
            → convolution 5×5, relu → 8×8×n2   → pooling 2×2 → 4×4×n2
            → flat → 16·n2 → relu → n3 → dropout → n3 → softmax → 10

Here n1=6, n2=16 and n3=120, and the dropout rate, the share of nodes dropped, is 20%. The convolutions have no padding, the
pooling takes the maximum. The optimiser is adam, the loss categorical cross-entropy, the metric accuracy
(`metrics=["accuracy"]`); train for 5 epochs and give no batch_size (Keras's default is 32).

Print `net.summary()` and check the design. `layer_table(network)` returns what it shows of every layer: the output shape
(without the batch axis) and the number of parameters. The grader computes the test accuracy on the second half of the test
images, whose labels are not given. (A self-check also builds networks with another n1, n2, n3 and dropout rate.)""",
            ),
            probe=probe_lenet,
            pictures=[TRAINING_LOSS],
            settings={"n1": 6, "n2": 16, "n3": 120, "dropout": 0.2, "epochs": 5},
            vary={"n1": [4, 8], "n2": [10, 20], "n3": [60, 84], "dropout": [0.1, 0.3], "epochs": [1, 2]},
            limit=Limit(seconds=1200, memory_mb=8192, output_kb=32768),
            checks=[
                Facts("layers", expected=LAYERS, points=2),
                Relation(
                    "parameters",
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
                    arrays=["reported", "observed"],
                    equation=table_equation,
                    statement=Text(
                        ko="layer_table은 층마다의 출력의 모양과 모수의 수를 그대로 보고해야 합니다.",
                        en="layer_table must report every layer's output shape and number of parameters as they are.",
                    ),
                    **EXACT,
                    points=1,
                ),
                AtLeast("test accuracy above the floor", held_accuracy, 0, points=1),
            ],
        ),
        Part(
            name="grid_search",
            points=15,
            statement=Text(
                ko="""n1=(6,64,128), n2=(16,256)에 대하여 시험 자료의 손실이 최소화되는 조합을 찾아라. 결과를 텐서보드로 시각화하는 코드를
작성하라.

- 에폭은 3회로 한정한다.
- validation_split은 0.2로 설정한다.
- batch_size는 200, n3=120, 드랍아웃 비율은 0.2이다.

`grid_search(...)` 는 조합마다 새 네트워크를 학습하고, (XX, yy)에서 손실(`network.evaluate` 의 첫 값)을 구하여, 네트워크의 목록,
손실의 목록, 손실이 가장 작은 조합 (n1, n2)를 돌려준다. 순서는 (6,16), (6,256), (64,16), (64,256), (128,16), (128,256)이다.
조합마다 `log_dir` 아래에 폴더를 따로 두고, `tensorboard.plugins.hparams` 로 (`hp.KerasCallback` 또는 `hp.hparams`) n1, n2를,
`tf.summary.scalar("test_loss", ...)` 로 손실을 남긴다. (XX, yy)는 시험 자료의 앞 절반이다. 채점기는 돌려받은 네트워크의 softmax 출력에서
손실을 다시 계산한다. (어느 조합이 가장 좋은지는 시드에 따라 다를 수 있다. 자신의 여섯 손실 가운데 가장 작은 것을 고르면 된다.
자체 점검에 쓰이는 작은 자료에서는 더 작은 값들로 같은 일을 한다.)""",
                en="""For n1=(6,64,128) and n2=(16,256) find the combination with the least loss on the test data. Write code that shows
the result in TensorBoard.

- no more than 3 epochs
- validation_split is 0.2
- batch_size is 200, n3=120, the dropout rate 0.2

`grid_search(...)` trains a new network for every combination, finds its loss on (XX, yy) (the first value of
`network.evaluate`), and returns the list of networks, the list of losses, and the combination (n1, n2) with the least loss. The
order is (6,16), (6,256), (64,16), (64,256), (128,16), (128,256). Every combination has a folder of its own in `log_dir`, with n1
and n2 recorded by `tensorboard.plugins.hparams` (`hp.KerasCallback` or `hp.hparams`) and the loss by
`tf.summary.scalar("test_loss", ...)`. (XX, yy) is the first half of the test data; the grader recomputes the losses from the
softmax outputs of the networks returned. (Which combination is best can depend on the seed: choose the least of your own six
losses. With the small data of a self-check the same is done for smaller values.)""",
            ),
            probe=probe_grid_search,
            settings={"epochs": 3, "batch_size": 200, "validation_split": 0.2},
            vary={"epochs": [1, 2], "batch_size": [25, 27]},
            pictures=[GRID],
            limit=Limit(seconds=7200, memory_mb=8192, output_kb=65536),
            checks=[
                Shape("losses", ("networks",)),
                Finite("losses"),
                Relation(
                    "softmax",
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
