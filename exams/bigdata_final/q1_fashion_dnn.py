"""Question 1 of the big-data final: Fashion-MNIST with a small dense network, read from its TensorBoard logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder import (
    AtLeast,
    Choice,
    Data,
    Diagram,
    Essay,
    Facts,
    Finite,
    Layer,
    Limit,
    OneOf,
    Part,
    Picture,
    Question,
    Relation,
    Shape,
    Text,
)
from autograder.pictures import Confusion, Curves

if TYPE_CHECKING:
    import keras
    import matplotlib.figure

# -- the interface: what a student fills in -----------------------------------------------------------------


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


# -- what is given ------------------------------------------------------------------------------------------

PUBLIC_SEED = 1213  # the document's
HIDDEN_IMAGES = 240  # fewer than any batch of a hidden variant, so that an epoch is one update on all of them


def given(seed, profile, data):
    """Images as bytes, labels, the seed for the network, and the numbers of epochs that depend on the profile.

    The document's seed gives all of Fashion-MNIST and, in the profile full, 50 epochs. A hidden variant has
    240 dark images (pixels 0..3) and few epochs, and the labels of its last three tenths are one too high: what
    is learned from the others makes the validation loss rise (after 9 epochs at the latest, in 25 seeds), so that
    early stopping has something to stop.

    `vectors` (200, 10) and `vectors_after`, made-up probabilities, and `vector_labels` (200,) try functions
    that need labels; `curves` (2, 17) are made-up curves to draw. The floors are for the test accuracy.
    """
    rng = np.random.default_rng(seed)
    images, labels = data["fashion_mnist"].train_images, data["fashion_mnist"].train_labels
    test_images, test_labels = data["fashion_mnist"].test_images, data["fashion_mnist"].test_labels
    real = seed == PUBLIC_SEED
    if not real:
        some = rng.permutation(len(images))[:HIDDEN_IMAGES]
        images, labels = images[some] // 64, labels[some]
        labels = np.where(np.arange(len(labels)) < 0.7 * len(labels), labels, (labels + 1) % 10)
        test_images, test_labels = test_images[:100], test_labels[:100]
    vector_labels = rng.integers(0, 10, 200)
    long_epochs = {"full": 50, "mini": 12}[profile] if real else 3 + int(rng.integers(3))
    floors = (TEN_EPOCHS_FLOOR, FIFTY_EPOCHS_FLOOR) if real and profile == "full" else (0, 0)
    return {
        "images": images,
        "labels": labels.astype(np.int64),
        "test_images": test_images,
        "test_labels": test_labels.astype(np.int64),
        "network_seed": np.array(seed),
        "long_epochs": np.array(long_epochs),
        "most_epochs": np.array({"full": 50, "mini": 12}[profile] if real else 24),
        "floor": np.array(floors[0], np.float64),
        "long_floor": np.array(floors[1], np.float64),
        "vectors": guesses(rng, vector_labels, 0.4),
        "vectors_after": guesses(rng, vector_labels, 0.7),
        "vector_labels": vector_labels,
        "curves": rng.uniform(0.2, 0.9, (2, 17)),
    }


def guesses(rng, labels, strength):
    """Probabilities (n, 10), more or less those of the labels."""
    scores = rng.gumbel(size=(len(labels), 10)) + 4 * strength * np.eye(10)[labels]
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


# The floors on the test accuracy, in the profile full. benchmarks/thresholds.py trained the reference network
# on the official data (data/measured/bigdata_final/dnn_10_epochs.json and dnn_50_epochs_split.json):
# 10 epochs, 24 seeds: 0.514 to 0.748, mean 0.666, standard deviation 0.068 (relus die on raw pixels), so with
# confidence 0.95 at least 99 % of all seeds lie above 0.452 if they are normally distributed, and 88 % above
# 0.514 whatever the distribution; 50 epochs with the split, 12 seeds: 0.699 to 0.782, mean 0.745, standard
# deviation 0.024, bound 0.656.
TEN_EPOCHS_FLOOR = 0.45
FIFTY_EPOCHS_FLOOR = 0.65


# -- the mathematics, in float64 and in numpy ---------------------------------------------------------------


def pixels(images):
    return images.reshape(len(images), -1).astype(np.float64)


def weights_of(evidence, prefix="weight"):
    """The weights and biases in turn, in float64."""
    names = [name for name in evidence.arrays if name.startswith(prefix)]
    return [evidence[f"{prefix}{i}"].astype(np.float64) for i in range(len(names))]


def activations(weights, x):
    """The inputs of every layer, and the logits at the end: dense layers with relu between them."""
    found = [x]
    for i in range(0, len(weights), 2):
        hidden = np.maximum(found[-1], 0) if i else x
        found.append(hidden @ weights[i] + weights[i + 1])
    return found


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def loss_and_accuracy(weights, x, labels):
    """Cross-entropy and share of right answers of a network with these weights, shape (2,)."""
    logits = activations(weights, x)[-1]
    loss = -log_softmax(logits)[np.arange(len(x)), labels].mean()
    return np.array([loss, np.mean(logits.argmax(axis=1) == labels)])


def gradients(weights, x, labels):
    """The gradients of the cross-entropy, by hand."""
    values = activations(weights, x)
    delta = (np.exp(log_softmax(values[-1])) - np.eye(10)[labels]) / len(x)
    found = []
    for layer in reversed(range(len(weights) // 2)):
        inputs = np.maximum(values[layer], 0) if layer else x
        found = [inputs.T @ delta, delta.sum(axis=0), *found]
        delta = delta @ weights[2 * layer].T * (values[layer] > 0)
    return found


def adam_losses(weights, x, labels, steps, lr=0.001, betas=(0.9, 0.999), eps=1e-7):
    """The loss before each of so many updates of Keras's Adam on all of the data at once.

    Source: Kingma and Ba, Adam (2015), the variant at the end of section 2, with Keras's epsilon.
    """
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    losses = []
    for t in range(1, steps + 1):
        losses.append(loss_and_accuracy(weights, x, labels)[0])
        slopes = gradients(weights, x, labels)
        first = [betas[0] * m + (1 - betas[0]) * g for m, g in zip(first, slopes, strict=True)]
        second = [betas[1] * v + (1 - betas[1]) * g**2 for v, g in zip(second, slopes, strict=True)]
        rate = lr * np.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
        moves = [rate * m / (np.sqrt(v) + eps) for m, v in zip(first, second, strict=True)]
        weights = [w - move for w, move in zip(weights, moves, strict=True)]
    return np.array(losses)


def trained_on(inputs):
    """How many of the images are for training; the last ones are for validation, as Keras does it."""
    return int(np.floor(len(inputs["labels"]) * (1 - inputs["validation_split"])))


def steps_of(images, batch_size):
    return -(-images // batch_size)


# -- the equations that checks compare with -----------------------------------------------------------------


def forward_equation(evidence, inputs):
    weights = weights_of(evidence)
    outputs = activations(weights, pixels(inputs["images"][:50]) / 255)[-1]
    return evidence["outputs"], np.exp(log_softmax(outputs))


def compiled_loss_equation(evidence, inputs):
    right = evidence["outputs"].astype(np.float64)[np.arange(50), inputs["labels"][:50]]
    return evidence["compiled_loss"], np.array(-np.log(right).mean())


def updates_equation(evidence, inputs):
    each = steps_of(len(inputs["labels"]), inputs["batch_size"])
    return evidence["updates"], np.array(inputs["epochs"] * each)


def training_equation(evidence, inputs):
    """The losses of training on all of the data at once follow from the weights at the start."""
    losses, size = evidence["history_loss"], len(inputs["labels"])
    if inputs["batch_size"] < size:  # then they depend on the order of the images
        return losses[:0], losses[:0]
    x = pixels(inputs["images"])
    return losses, adam_losses(weights_of(evidence, "start"), x, inputs["labels"], inputs["epochs"])


def seed_equation(evidence, inputs):
    return evidence["start0"], evidence["again0"]


def rows_equation(evidence, inputs):
    return evidence["probabilities"].sum(axis=1), np.ones(len(inputs["test_images"]))


def both_rows_equation(evidence, inputs):
    sums = [evidence[name].sum(axis=1) for name in ("first", "second")]
    return np.stack(sums), np.ones((2, len(inputs["test_images"])))


def outputs_equation(evidence, inputs):
    logits = activations(weights_of(evidence), pixels(inputs["test_images"]))[-1]
    return evidence["probabilities"], np.exp(log_softmax(logits))


def right_share(probabilities, labels):
    return np.mean(probabilities.argmax(axis=1) == labels)


def reported_equation(evidence, inputs):
    own = right_share(evidence["train_probabilities"], inputs["labels"][:200])
    return evidence["reported"], np.array([right_share(inputs["vectors"], inputs["vector_labels"]), own])


def comparison_equation(evidence, inputs):
    labels = inputs["vector_labels"]
    before, after = right_share(inputs["vectors"], labels), right_share(inputs["vectors_after"], labels)
    return evidence["compared"], np.array([before, after, after - before])


def recorded_equation(evidence, inputs):
    """Every one of the four curves has the epochs 0, 1, 2, ..."""
    epochs = np.arange(inputs["long_epochs"])
    return evidence["steps"], np.stack([epochs] * 4)


def stopped_equation(evidence, inputs):
    """The run ends `patience` epochs after the epoch of least validation loss, or at the last epoch."""
    losses, patience = evidence["curves"][2], int(inputs["patience"])
    epochs = [e for e in range(len(losses)) if e - int(np.argmin(losses[: e + 1])) >= patience]
    expected = epochs[0] + 1 if epochs else int(inputs["most_epochs"])
    return evidence["steps"], np.stack([np.arange(expected)] * 4)


def history_equation(evidence, inputs):
    return evidence["curves"], evidence["history"]


def split_equation(evidence, inputs):
    each = steps_of(trained_on(inputs), inputs["batch_size"])
    return evidence["updates"], np.array(evidence["curves"].shape[1] * each)


def validation_equation(which):
    """The last validation loss (0) or accuracy (1) follows from the trained weights and the images set apart."""

    def equation(evidence, inputs):
        apart = slice(trained_on(inputs), None)
        x, labels = pixels(inputs["images"][apart]), inputs["labels"][apart]
        return evidence["curves"][2 + which, -1], loss_and_accuracy(weights_of(evidence), x, labels)[which]

    return equation


def drawn_equation(evidence, inputs):
    """The two curves, in whichever order."""
    curves, drawn = inputs["curves"], evidence["drawn"]
    return drawn, curves[::-1] if np.allclose(drawn[0], curves[1]) else curves


def above(name, floor):
    """How far the accuracy of these outputs, by the withheld labels, is above the floor."""

    def metric(seen):
        outputs, labels = seen.evidence.arrays.get(name), seen.inputs["test_labels"]
        if outputs is None or outputs.shape != (len(labels), 10):
            return Text(ko=f"{name}의 모양이 맞지 않습니다.", en=f"{name} has not the right shape.")
        return float(right_share(outputs, labels)) - float(seen.inputs[floor])

    return metric


# -- probes: worker side ------------------------------------------------------------------------------------

RUNS = {}  # what was trained in this worker, so that parts that speak of one training share it
CURVES = ["train/epoch_loss", "train/epoch_accuracy", "validation/epoch_loss", "validation/epoch_accuracy"]
SERIES = ["loss", "accuracy", "val_loss", "val_accuracy"]


def training_data(given):
    """X (n, 28, 28, 1) and y (n, 10) in float64, as the document has them."""
    return given["images"][..., None].astype(np.float64), np.eye(10)[given["labels"]]


def new_network(student, given):
    """The student's network with its weights made."""
    import keras
    import tensorflow as tf

    from autograder.probing.arrays import BadReturnError

    network = student.build_network(seed=int(given["network_seed"]))
    if not isinstance(network, keras.Model) or network.optimizer is None:
        raise BadReturnError("build_network must return a Keras network that is compiled")
    if not network.built:
        network.build((None, 28, 28, 1))
    # On few images a graph takes longer to compile, and on some more longer to optimise, than to run; the numbers
    # are the same. Every function of a student's puts the first back.
    tf.config.run_functions_eagerly(len(given["images"]) <= 240)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": len(given["images"]) <= 1000})
    return network


def named(prefix, arrays):
    return {f"{prefix}{index}": np.array(array) for index, array in enumerate(arrays)}


def series(history, names):
    """What a History, or its dictionary, holds under these names; (0,) where there is nothing."""
    from autograder.probing.arrays import BadReturnError

    record = getattr(history, "history", history)
    if not isinstance(record, dict):
        raise BadReturnError(f"fit must return what network.fit returns, got {type(history).__name__}")
    return [np.array(record.get(name, []), np.float64).reshape(-1) for name in names]


def table(rows):
    """Rows of the same length as a matrix; cut to the shortest where they differ."""
    return np.stack([row[: min(map(len, rows))] for row in rows])


def outputs(network, images):
    """The network's outputs, computed in pieces."""
    pieces = [images[i : i + 1000, ..., None].astype(np.float64) for i in range(0, len(images), 1000)]
    return np.concatenate([np.array(network(piece, training=False)) for piece in pieces])


def trained(student, given):
    """The network of (1), trained once for the same numbers: (network, weights at the start, history)."""
    key = ("fit", int(given["network_seed"]), given["epochs"], given["batch_size"])
    if key not in RUNS:
        network = new_network(student, given)
        start = network.get_weights()
        history = student.fit(
            network, *training_data(given), epochs=given["epochs"], batch_size=given["batch_size"]
        )
        RUNS[key] = network, start, history
    return RUNS[key]


def trained_with_validation(student, given):
    """The network of (3), trained once for the same numbers: (network, history, log folder)."""
    import tempfile

    epochs = int(given["long_epochs"])
    key = ("validation", int(given["network_seed"]), epochs, given["batch_size"], given["validation_split"])
    if key not in RUNS:
        network, log_dir = new_network(student, given), tempfile.mkdtemp()
        history = student.fit_with_validation(
            network,
            *training_data(given),
            epochs=epochs,
            batch_size=given["batch_size"],
            validation_split=given["validation_split"],
            log_dir=log_dir,
        )
        RUNS[key] = network, history, log_dir
    return RUNS[key]


def observe_run(network, history, log_dir):
    """What the event files and the history say of a run, and what the network became."""
    from autograder.probing.tensorboard import curves

    found = curves(log_dir)
    nothing = np.empty(0, np.int64), np.empty(0)
    recorded = [found.get(name, nothing) for name in CURVES]
    return {
        "steps": table([steps for steps, _ in recorded]),
        "curves": table([values for _, values in recorded]),
        "history": table(series(history, SERIES)),
        "updates": np.array(int(network.optimizer.iterations)),
        **named("weight", network.get_weights()),
    }


def probe_fit(student, given, device):
    network, start, history = trained(student, given)
    x = given["images"][:50, ..., None] / 255
    y = np.eye(10, dtype=np.float32)[given["labels"][:50]]
    probabilities = network(x, training=False)
    loss, accuracies = series(history, SERIES[:2])
    return {
        "weights": [list(weight.shape) for weight in network.get_weights()],
        "outputs": np.array(probabilities),
        "optimizer": type(network.optimizer).__name__,
        "compiled_loss": np.array(float(network.compute_loss(x=x, y=y, y_pred=probabilities))),
        "updates": np.array(int(network.optimizer.iterations)),
        "history_loss": loss,
        "history_accuracy": accuracies,
        **named("weight", network.get_weights()),
        **named("start", start),
        "again0": np.array(new_network(student, given).get_weights()[0]),
    }


def probe_test_accuracy(student, given, device):
    from autograder.probing.arrays import to_numpy

    network, *_ = trained(student, given)
    train = to_numpy(student.test_probabilities(network, training_data(given)[0][:200]), "test_probabilities")
    test = student.test_probabilities(network, given["test_images"][..., None].astype(np.float64))
    tried = [(given["vectors"], given["vector_labels"]), (train, given["labels"][:200])]
    return {
        "probabilities": to_numpy(test, "test_probabilities"),
        "train_probabilities": train,
        "reported": np.array([float(student.accuracy(*pair)) for pair in tried]),
        **named("weight", network.get_weights()),
    }


def probe_validation(student, given, device):
    from autograder.probing.figures import figure_of, lines, picture

    found = observe_run(*trained_with_validation(student, given))
    figure = figure_of(student.plot_accuracy(*given["curves"]), "plot_accuracy")
    drawn = [line[:, 1] for line in lines(figure) if len(line) == given["curves"].shape[1]]
    return {
        **found,
        "figure": picture(figure),
        "drawn": np.stack(drawn) if drawn else np.empty((0, given["curves"].shape[1])),
        "overfitting": getattr(student, "OVERFITTING", None),
        "reason": str(getattr(student, "OVERFITTING_REASON", "")),
    }


def probe_comparison(student, given, device):
    from autograder.probing.arrays import to_numpy

    first, *_ = trained(student, given)
    second, *_ = trained_with_validation(student, given)
    compared = student.compare_accuracy(given["vectors"], given["vectors_after"], given["vector_labels"])
    return {
        "first": outputs(first, given["test_images"]),
        "second": outputs(second, given["test_images"]),
        "compared": to_numpy(compared, "compare_accuracy"),
        "cause": str(getattr(student, "CAUSE", "")),
        "comparison": str(getattr(student, "COMPARISON", "")),
    }


def probe_early_stopping(student, given, device):
    import tempfile

    network, log_dir = new_network(student, given), tempfile.mkdtemp()
    history = student.fit_with_early_stopping(
        network,
        *training_data(given),
        epochs=int(given["most_epochs"]),
        batch_size=given["batch_size"],
        validation_split=given["validation_split"],
        patience=given["patience"],
        log_dir=log_dir,
    )
    return observe_run(network, history, log_dir)


# -- what is drawn ------------------------------------------------------------------------------------------

CLOTHES = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]


ACCURACIES = Curves(
    Text(
        ko="이벤트 파일에서 읽은 훈련·검증 정확도. 실선은 제출한 것, 점선은 기준.",
        en="Training and validation accuracy, read from the event files: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["curves"][1], "validation": evidence["curves"][3]},
    y="accuracy",
)
VALIDATION_LOSSES = Curves(
    Text(
        ko="훈련·검증 손실. 검증 손실이 가장 작은 에폭에서 patience만큼 지나면 끝나야 합니다.",
        en="Training and validation loss: training must end `patience` epochs after the least validation loss.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["curves"][0], "validation": evidence["curves"][2]},
)
TAKEN_FOR = Confusion(
    Text(
        ko="훈련 영상 200장에서 어느 것을 무엇으로 보았는지, 그리고 가장 확신하고도 틀린 영상.",
        en="Which of 200 training images were taken for what, and those that were wrong with the greatest certainty.",
    ),
    outputs=lambda evidence, inputs: evidence["train_probabilities"],
    labels=lambda inputs: inputs["labels"][:200],
    images=lambda inputs: inputs["images"][:200],
    classes=CLOTHES,
)


# -- what is asked ------------------------------------------------------------------------------------------

WEIGHTS = [f"weight{i}" for i in range(6)]
SHAPES = [[784, 20], [20], [20, 30], [30], [30, 10], [10]]

# Measured, float32 of TensorFlow against float64 of the formulas, in the profile full with its hidden variants:
# losses, also after four updates of Adam, differ by at most 1e-6 of their value, softmax outputs by at most 6e-6
# or 1e-4 of their value. Accuracies can differ where two outputs tie. The nearest mistake, pixels divided by 255,
# changes the losses by several tenths.
EXACT = {"rtol": 0, "atol": 0}
OUTPUTS = {"rtol": 1e-3, "atol": 1e-4}
# On pixels of 0 to 1 the outputs of the same weights differ by at most 2e-7 of their value, in both profiles; a
# hundredth of the least important bias moves them by 2.5e-5 of it.
SCALED_OUTPUTS = {"rtol": 1e-5, "atol": 1e-7}
LOSS = {"rtol": {"cpu": 1e-4, "cuda": 1e-3}, "atol": 1e-5}
SCORES = {"rtol": 0, "atol": 6e-3}

UPDATES_STATEMENT = Text(
    ko="갱신 횟수(optimizer.iterations)는 에폭 수 × ⌈자료 수 / 배치 크기⌉ 이어야 합니다.",
    en="The number of updates (optimizer.iterations) must be epochs × ⌈images / batch size⌉.",
)
SPLIT_STATEMENT = Text(
    ko="갱신 횟수는 에폭 수 × ⌈검증 자료를 뺀 자료 수 / 배치 크기⌉ 이어야 합니다. 검증 자료는 학습에 쓰지 않습니다.",
    en="The number of updates must be epochs × ⌈images left for training / batch size⌉; the images set apart "
    "for validation are not trained on.",
)
HISTORY_STATEMENT = Text(
    ko="이벤트 파일의 네 곡선은 fit이 돌려준 history와 같아야 합니다.",
    en="The four curves in the event files must be those of the history that fit returned.",
)
VALIDATION_STATEMENT = Text(
    ko="마지막 에폭의 검증 손실과 정확도는 학습된 가중치와 마지막 20%(설정값)의 자료에서 다시 계산한 값과 같아야 합니다. "
    "픽셀은 0..255 그대로 넣습니다.",
    en="The last validation loss and accuracy must be what the trained weights give on the last images, those set "
    "apart for validation, with pixels 0..255 as they are.",
)


def run_checks(steps_check, points):
    """The checks of a part that trains with validation and logs: split, history, validation scores."""
    return [
        steps_check,
        Relation(
            "split",
            arrays=["updates", "curves"],
            open=True,
            equation=split_equation,
            statement=SPLIT_STATEMENT,
            **EXACT,
            points=points[0],
        ),
        Relation(
            "history",
            arrays=["curves", "history"],
            equation=history_equation,
            statement=HISTORY_STATEMENT,
            rtol=1e-5,
            atol=1e-6,
            points=points[1],
        ),
        Relation(
            "validation loss",
            arrays=["curves", *WEIGHTS],
            equation=validation_equation(0),
            statement=VALIDATION_STATEMENT,
            **LOSS,
            points=points[2] / 2,
        ),
        Relation(
            "validation accuracy",
            arrays=["curves", *WEIGHTS],
            equation=validation_equation(1),
            statement=VALIDATION_STATEMENT,
            **SCORES,
            points=points[2] / 2,
        ),
    ]


QUESTION = Question(
    title=Text(ko="Fashion-MNIST와 DNN", en="Fashion-MNIST with a dense network"),
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    given=given,
    datasets=["fashion_mnist"],
    withheld=frozenset({"test_labels", "floor", "long_floor"}),
    preamble="import matplotlib.pyplot as plt\nimport numpy as np\nimport tensorflow as tf",
    preload=["matplotlib.pyplot", "tensorboard.backend.event_processing.event_accumulator"],
    interface=[
        build_network,
        fit,
        test_probabilities,
        accuracy,
        fit_with_validation,
        plot_accuracy,
        "OVERFITTING",
        "OVERFITTING_REASON",
        compare_accuracy,
        "CAUSE",
        "COMPARISON",
        fit_with_early_stopping,
    ],
    setup=Limit(seconds=60, memory_mb=4096),
    parts=[
        Part(
            name="fit",
            diagram=Diagram(
                [
                    Data("X", "(n, 28, 28, 1)"),
                    Layer("Flatten", "784"),
                    Layer("Dense", "20, relu"),
                    Layer("Dense", "30, relu"),
                    Layer("Dense", "10, softmax"),
                    Data("y", "(n, 10)"),
                ]
            ),
            points=6,
            statement=Text(
                ko="""`tf.keras.datasets.fashion_mnist.load_data()` 의 자료를 아래의 네트워크로 적합하라.

    X:  (n, 28, 28, 1), float64, 픽셀은 0..255 그대로    y: (n, 10), 원-핫

    Layer 0          Layer 1: relu      Layer 2: relu      Layer 3: softmax
    x1, ..., x784 →  노드 20개       →  노드 30개       →  y1, ..., y10

이웃한 두 층의 노드는 모두 연결되어 있다. 28×28 영상은 먼저 길이 784의 벡터로 편다.

- 손실함수는 categorical cross-entropy $-\\frac1n\\sum_i \\log \\hat p_{i,y_i}$, 평가지표는 accuracy (`metrics=["accuracy"]`)
- optimizer는 adam (학습률은 기본값)
- 에폭은 10, batch_size는 200

`build_network(seed)` 는 시드를 고정하고 컴파일까지 끝낸 네트워크를, `fit(network, X, y, epochs, batch_size)` 는
`network.fit` 의 결과를 돌려준다. (힌트: Keras 3에서는 `tf.random.set_seed` 만으로 초기 가중치가 고정되지 않는다.
`tf.keras.utils.set_random_seed(seed)` 를 쓰라. X를 255로 나누지 않는다.)""",
                en="""Fit the network below to the data of `tf.keras.datasets.fashion_mnist.load_data()`.

    X:  (n, 28, 28, 1), float64, pixels 0..255 as they are    y: (n, 10), one-hot

    Layer 0          Layer 1: relu      Layer 2: relu      Layer 3: softmax
    x1, ..., x784 →  20 nodes        →  30 nodes        →  y1, ..., y10

Every node is connected with every node of the next layer; the 28×28 image is first made a vector of length 784.

- the loss is categorical cross-entropy, $-\\frac1n\\sum_i \\log \\hat p_{i,y_i}$, the metric accuracy (`metrics=["accuracy"]`)
- the optimiser is adam, with its default learning rate
- 10 epochs, batch_size 200

`build_network(seed)` fixes the seed and returns the compiled network, `fit(network, X, y, epochs, batch_size)` what
`network.fit` returns. (Hint: in Keras 3 `tf.random.set_seed` alone does not fix the initial weights; use
`tf.keras.utils.set_random_seed(seed)`. Do not divide X by 255.)""",
            ),
            probe=probe_fit,
            settings={"epochs": 10, "batch_size": 200},
            vary={"epochs": [2, 3, 4], "batch_size": [250, 300, 400]},
            limit=Limit(seconds=300, memory_mb=6144, output_kb=16384),
            checks=[
                Facts("weights", expected=SHAPES, points=1),
                Relation(
                    "activations",
                    arrays=["outputs", *WEIGHTS],
                    equation=forward_equation,
                    statement=Text(
                        ko="출력은 softmax(relu(relu(xW₁+b₁)W₂+b₂)W₃+b₃) 이어야 합니다.",
                        en="The output must be softmax(relu(relu(xW₁+b₁)W₂+b₂)W₃+b₃).",
                    ),
                    **SCALED_OUTPUTS,
                    points=1,
                ),
                Relation(
                    "loss",
                    arrays=["compiled_loss", "outputs"],
                    equation=compiled_loss_equation,
                    statement=Text(
                        ko="컴파일된 손실은 categorical cross-entropy 이어야 합니다.",
                        en="The compiled loss must be categorical cross-entropy.",
                    ),
                    **LOSS,
                    points=0.5,
                ),
                Facts("optimizer", expected="Adam", points=0.5),
                Relation(
                    "updates",
                    arrays=["updates"],
                    open=True,
                    equation=updates_equation,
                    statement=UPDATES_STATEMENT,
                    **EXACT,
                    points=0.5,
                ),
                Shape("history_loss", ("epochs",), points=0.5),
                Shape("history_accuracy", ("epochs",), points=0.5),
                Relation(
                    "training",
                    arrays=["history_loss", "start0"],
                    equation=training_equation,
                    statement=Text(
                        ko="자료 전체를 한 배치로 학습할 때, 보고된 손실은 처음 가중치에서 시작한 Adam(0.001)의 손실과 같아야 합니다. "
                        "(한 배치보다 자료가 많으면 순서에 따라 달라지므로 견주지 않습니다.)",
                        en="Where all of the data is one batch, the reported losses must be those of Adam(0.001) from the "
                        "weights at the start. (With more data than a batch they depend on the order, and are not compared.)",
                    ),
                    **LOSS,
                    points=1,
                ),
                Relation(
                    "seed",
                    arrays=["start0", "again0"],
                    equation=seed_equation,
                    statement=Text(
                        ko="같은 시드로 만든 두 네트워크의 초기 가중치는 같아야 합니다.",
                        en="Two networks built with the same seed must start with the same weights.",
                    ),
                    **EXACT,
                    points=0.5,
                ),
            ],
        ),
        Part(
            name="test_accuracy",
            points=6,
            statement=Text(
                ko="""(1)에서 적합된 네트워크를 이용하여 시험 자료의 정확도를 구하라. 시험 자료의 레이블은 채점에만 쓰므로 주어지지 않는다.
`test_probabilities(network, XX)` 는 시험 영상의 softmax 출력 (m, 10)을 돌려주고, 정확도는 채점기가 감추어 둔 레이블로
계산한다. `accuracy(probabilities, labels)` 는 레이블이 주어진 자료에서 정확도

$$\\frac1m \\sum_{i=1}^m 1\\{\\arg\\max_k \\hat p_{ik} = y_i\\}$$

를 돌려준다. (집에서는 `network.evaluate(XX, yy)[1]` 과 같은지 확인하라.)""",
                en="""Find the test accuracy of the network of (1). The test labels are used for grading only and are not given:
`test_probabilities(network, XX)` returns the softmax outputs (m, 10) of the test images, and the grader computes the
accuracy with the labels that it holds back. `accuracy(probabilities, labels)` returns, for data with labels,

$$\\frac1m \\sum_{i=1}^m 1\\{\\arg\\max_k \\hat p_{ik} = y_i\\}.$$

(At home, check that it equals `network.evaluate(XX, yy)[1]`.)""",
            ),
            probe=probe_test_accuracy,
            settings={"epochs": 10, "batch_size": 200},
            vary={"epochs": [1, 2]},
            limit=Limit(seconds=300, memory_mb=6144, output_kb=16384),
            pictures=[TAKEN_FOR],
            checks=[
                Finite("probabilities"),
                Relation(
                    "outputs",
                    arrays=["probabilities", *WEIGHTS],
                    equation=outputs_equation,
                    statement=Text(
                        ko="시험 영상의 출력은 학습된 가중치에서 다시 계산한 softmax와 같아야 합니다.",
                        en="The outputs for the test images must be the softmax that the trained weights give.",
                    ),
                    **OUTPUTS,
                    points=2,
                ),
                Relation(
                    "reported accuracy",
                    arrays=["reported", "train_probabilities"],
                    open=False,
                    equation=reported_equation,
                    statement=Text(
                        ko="보고한 정확도는 같은 출력과 레이블에서 다시 계산한 정확도와 같아야 합니다.",
                        en="The reported accuracy must be what the same outputs and labels give.",
                    ),
                    rtol=0,
                    atol=1e-6,
                    points=3,
                ),
                AtLeast("test accuracy above the floor", above("probabilities", "floor"), 0, points=1),
            ],
        ),
        Part(
            name="validation_curves",
            points=6,
            statement=Text(
                ko="""훈련 자료의 20%를 검증 자료로 분리하여 50에폭 동안 학습하라. 텐서보드를 이용하여 훈련 정확도와 검증 정확도를 시각화하고
결과를 해석하라. 오버피팅이라고 볼 수 있는가?

`fit_with_validation(...)` 은 `validation_split` 과 `tf.keras.callbacks.TensorBoard` 로 학습하고 이벤트 파일을
`log_dir` 에 남긴다. 채점기는 이 파일에서 곡선을 읽는다. `plot_accuracy(train, validation)` 은 두 곡선을 그린 그림을
돌려준다. `OVERFITTING` 에는 판단(True/False)을, `OVERFITTING_REASON` 에는 해석을 쓴다. (자체 점검에 쓰이는 작은 자료에서는
에폭 수가 더 적다. 판단과 해석은 자료 전체를 50에폭 학습한 결과로 하라.)""",
                en="""Set 20% of the training data apart for validation and train for 50 epochs. Show training and validation accuracy
with TensorBoard, and interpret the result. Is it overfitting?

`fit_with_validation(...)` trains with `validation_split` and `tf.keras.callbacks.TensorBoard`, which leaves event files
in `log_dir`; the grader reads the curves from them. `plot_accuracy(train, validation)` returns a figure with the two
curves. `OVERFITTING` holds your judgement (True or False), `OVERFITTING_REASON` your interpretation. (With the small data
of a self-check there are fewer epochs. Judge by 50 epochs on all of the data.)""",
            ),
            probe=probe_validation,
            settings={"batch_size": 200, "validation_split": 0.2},
            vary={"validation_split": [0.25, 0.3]},
            limit=Limit(seconds=900, memory_mb=6144, output_kb=16384),
            pictures=[ACCURACIES],
            checks=[
                *run_checks(
                    Relation(
                        "epochs recorded",
                        arrays=["steps"],
                        open=True,
                        equation=recorded_equation,
                        statement=Text(
                            ko="이벤트 파일의 train·validation 곡선(epoch_loss, epoch_accuracy)마다 모든 에폭이 한 번씩 있어야 합니다.",
                            en="Each curve in the event files (epoch_loss and epoch_accuracy of train and validation) must have "
                            "every epoch once.",
                        ),
                        **EXACT,
                        points=1,
                    ),
                    (0.5, 0, 1),
                ),
                Picture("figure", points=0),
                Relation(
                    "curves drawn",
                    arrays=["drawn"],
                    equation=drawn_equation,
                    statement=Text(
                        ko="그림에는 훈련과 검증의 두 정확도 곡선이 있어야 합니다.",
                        en="The figure must show the two curves of accuracy, training and validation.",
                    ),
                    rtol=1e-6,
                    atol=1e-6,
                    points=1.5,
                ),
                OneOf("overfitting", options=[True, False], points=0),
                Choice("overfitting", points=0.5),
                Essay(
                    "reason",
                    points=1.5,
                    rubric=Text(
                        ko="두 곡선을 수치로 견준다(마지막 에폭의 훈련·검증 정확도, 차이 0.02 안팎) 0.5점; 검증 손실(정확도)이 훈련과 함께 "
                        "나아지고 다시 나빠지지 않음을 말한다 0.5점; 따라서 오버피팅으로 볼 수 없다고 결론한다 0.5점. 기준이 되는 실험: "
                        "훈련 0.74~0.80, 검증 0.72~0.79.",
                        en="0.5 for comparing the curves with numbers (the last training and validation accuracy, about 0.02 apart); 0.5 "
                        "for saying that validation loss or accuracy improves along with training and does not turn; 0.5 for concluding "
                        "that it is not overfitting. The experiment behind it: training 0.74 to 0.80, validation 0.72 to 0.79.",
                    ),
                ),
            ],
        ),
        Part(
            name="compare_accuracy",
            points=6,
            statement=Text(
                ko="""(3)에서 적합된 네트워크를 이용하여 시험 자료의 정확도를 구하고, (2)의 결과와 비교하라.

`compare_accuracy(first, second, labels)` 는 두 softmax 출력의 정확도와 그 차이(나중 − 처음)를 돌려준다. 두 네트워크의 시험
정확도는 채점기가 감추어 둔 레이블로 계산한다. `CAUSE` 에는 (3)의 정확도가 더 높은 까닭이 에폭 수(`"epochs"`)인지 검증 자료의
분리(`"split"`)인지를 쓰고, `COMPARISON` 에 비교와 까닭을 쓴다. (힌트: 두 학습은 두 가지가 다르다. 하나씩만 바꾸어 학습해 보라.)""",
                en="""Find the test accuracy of the network of (3), and compare it with (2).

`compare_accuracy(first, second, labels)` returns the accuracies of two softmax outputs and their difference, second minus
first. The grader computes the test accuracies of both networks with the labels that it holds back. `CAUSE` says what made (3)
more accurate, the number of epochs (`"epochs"`) or setting validation data apart (`"split"`); `COMPARISON` holds your
comparison and the reason. (Hint: the two trainings differ in two things. Change one at a time.)""",
            ),
            probe=probe_comparison,
            settings={"epochs": 10, "batch_size": 200, "validation_split": 0.2},
            vary={"epochs": [1, 2]},
            limit=Limit(seconds=1200, memory_mb=6144, output_kb=16384),
            checks=[
                Relation(
                    "softmax",
                    arrays=["first", "second"],
                    equation=both_rows_equation,
                    statement=Text(
                        ko="두 네트워크의 시험 출력은 행의 합이 1이어야 합니다.",
                        en="The rows of both networks' test outputs must sum to one.",
                    ),
                    rtol=0,
                    atol=1e-4,
                    points=1,
                ),
                Relation(
                    "comparison",
                    arrays=["compared"],
                    equation=comparison_equation,
                    statement=Text(
                        ko="(처음의 정확도, 나중의 정확도, 나중 − 처음) 이어야 합니다.",
                        en="It must be (accuracy of the first, accuracy of the second, second minus first).",
                    ),
                    rtol=0,
                    atol=1e-6,
                    points=1.5,
                ),
                AtLeast("accuracy of (1) above the floor", above("first", "floor"), 0, points=0.5),
                AtLeast("accuracy of (3) above the floor", above("second", "long_floor"), 0, points=0.5),
                OneOf("cause", options=["epochs", "split"], points=0),
                Choice("cause", points=1),
                Essay(
                    "comparison",
                    points=1.5,
                    rubric=Text(
                        ko="두 시험 정확도를 수치로 든다(예: 0.67 → 0.75) 0.5점; 두 학습이 에폭 수와 자료의 양 두 가지에서 다름을 말한다 0.5점; "
                        "하나씩 바꾼 실험이나 논증으로 에폭 수가 원인임을 보인다 0.5점. 검증 자료를 분리한 것 자체가 정확도를 높였다는 설명은 "
                        "인정하지 않는다(분리하면 학습 자료가 줄어든다. 분리한 10에폭 0.56~0.71, 분리하지 않은 50에폭 0.73~0.78).",
                        en="0.5 for the two test accuracies (for instance 0.67 and 0.75); 0.5 for saying that the trainings differ in two "
                        "things, epochs and amount of data; 0.5 for showing, by an experiment that changes one of them or by argument, that "
                        "the epochs are the cause. That setting data apart raised the accuracy is not accepted: it leaves less to train "
                        "on (10 epochs with the split 0.56 to 0.71, 50 epochs without it 0.73 to 0.78).",
                    ),
                ),
            ],
        ),
        Part(
            name="early_stopping",
            points=6,
            statement=Text(
                ko="""조기종료 기능을 이용하여 (3)의 네트워크를 다시 학습하라. 학습 결과를 텐서보드를 이용하여 시각화하라.

- patience=3 으로 설정하고, `EarlyStopping` 의 다른 값은 기본값을 쓴다(검증 손실을 본다).
- 에폭은 많아야 50이다.

`fit_with_early_stopping(...)` 은 이벤트 파일을 `log_dir` 에 남긴다. 검증 손실이 가장 작은 에폭에서 세 에폭 뒤에 학습이
끝났는지를 채점기가 곡선에서 읽는다.""",
                en="""Train the network of (3) again with early stopping, and show the result with TensorBoard.

- patience=3, and `EarlyStopping`'s defaults otherwise (it watches the validation loss)
- at most 50 epochs

`fit_with_early_stopping(...)` leaves event files in `log_dir`. From the curves the grader reads whether training ended three
epochs after the one with the least validation loss.""",
            ),
            probe=probe_early_stopping,
            settings={"batch_size": 200, "validation_split": 0.2, "patience": 3},
            vary={"patience": [2, 4]},
            limit=Limit(seconds=900, memory_mb=6144, output_kb=16384),
            pictures=[VALIDATION_LOSSES],
            checks=run_checks(
                Relation(
                    "stopped in time",
                    arrays=["steps", "curves"],
                    equation=stopped_equation,
                    statement=Text(
                        ko="학습은 검증 손실이 가장 작은 에폭에서 patience만큼 지난 에폭(또는 마지막 에폭)에서 끝나야 합니다.",
                        en="Training must end `patience` epochs after the one with the least validation loss, or at the last epoch.",
                    ),
                    **EXACT,
                    points=3,
                ),
                (0.5, 1.5, 1),
            ),
        ),
    ],
)
