"""Inputs and probes: Fashion-MNIST with a dense network.

What is compared with numbers of ours is trained from weights of ours, on a few dark images in one batch: it depends
neither on how a network is written nor on the order of the images. On the official data the student's network is
trained as the document says, too.
"""

from __future__ import annotations

import tempfile
from typing import Any, NamedTuple

import numpy as np

from autograder.probing.arrays import BadReturnError
from autograder.probing.figures import figure_of, nearest_line, picture, points
from autograder.probing.tensorboard import curves as read_curves
from exams._shared import keras_networks as networks_of

PUBLIC_SEED = 1213  # the document's
FEW = 600  # images: enough for one batch and what is set apart for validation
DARK = 16  # pixels are divided by it: on 0..255 the steps of Adam magnify rounding

# The floor on the test accuracy, far below what right networks reach: relus die on raw pixels, so that a bad start tells
# much. On the official data (data/measured/bigdata_final/dnn_10_epochs.json and dnn_50_epochs_split.json, made by
# benchmarks/thresholds.py) 24 seeds give 0.514 to 0.748 after 10 epochs, 12 seeds 0.699 to 0.782 after 50 with the split,
# and one that draws its weights in another order 0.639. In the profile mini what is trained is determined: 0.43 and 0.36
# come out. An untrained network reaches 0.16 at most, a constant answer 0.1.
FLOOR = 0.3


def given(seed, profile, data):
    """Images (n, 28, 28) as bytes and labels: all in the profile full, else the few that are trained on.

    `vectors` and `vectors_after` (200, 10), made-up probabilities, and `vector_labels` (200,) try functions that need
    labels; `made_up` (2, 17) are accuracies to draw. `long_epochs` are those of (3) on few images; `most_epochs`, those
    of (3) on all of them and the most of (5). Hidden variants have no floor.
    """
    rng = np.random.default_rng(seed)
    found, public = data["fashion_mnist"], seed == PUBLIC_SEED
    real = public and profile == "full"
    some = rng.permutation(len(found.train_images))[:FEW]
    some = slice(None) if real else some
    vector_labels = rng.integers(0, 10, 200)
    return {
        "images": found.train_images[some],
        "labels": found.train_labels[some].astype(np.int64),
        "test_images": found.test_images,
        "test_labels": found.test_labels.astype(np.int64),
        "network_seed": np.array(seed),
        "long_epochs": np.array(4 if public else 3 + int(rng.integers(2))),
        "most_epochs": np.array(50 if real else 12),
        "floor": np.array(FLOOR if public else 0.0),
        "vectors": guesses(rng, vector_labels, 0.4),
        "vectors_after": guesses(rng, vector_labels, 0.7),
        "vector_labels": vector_labels,
        "made_up": rng.uniform(0.2, 0.9, (2, 17)),
    }


def guesses(rng, labels, strength):
    """Probabilities (n, 10), more or less those of the labels."""
    scores = rng.gumbel(size=(len(labels), 10)) + 4 * strength * np.eye(10)[labels]
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def start_weights(shape, seed):
    """Weights of ours to start from, float32, for a kernel (in, out) or a bias (out,)."""
    most = 0.4 * np.sqrt(6 / sum(shape)) if len(shape) == 2 else 0.1
    return np.random.default_rng([seed, *shape]).uniform(-most, most, shape).astype(np.float32)


# -- training -----------------------------------------------------------------------------------------------


class Run(NamedTuple):
    """A training: the network, its history, how far its weights moved, and where the logs are."""

    network: Any
    record: Any
    moved: Any
    log_dir: str


DONE: dict[Any, Run] = {}  # what was trained in this worker, as several parts speak of one training
OPTIONS = {
    "fit": ["epochs", "batch_size"],
    "fit_with_validation": ["long_epochs", "batch_size", "validation_split"],
    "fit_with_early_stopping": ["most_epochs", "batch_size", "validation_split", "patience"],
}


def official(given):
    """Whether the student's own network is trained on all of the data as well."""
    return len(given.images) > FEW


def data_of(given, few, share=0.0):
    """X (n, 28, 28, 1) and y (n, 10) in float64, as the document has them; few are dark, and one batch to train on.

    Where a share of them is set apart, the labels of the last three tenths of the few are one too high. What is learned
    from the others then makes the validation loss rise (after 5 epochs at the latest, in 60 seeds), so that there is
    something to stop.
    """
    images, labels = given.images.numpy(), given.labels.numpy()
    if few:
        size = round(given.batch_size / (1 - share))
        turns = (np.arange(size) >= 0.7 * size) & (share > 0)
        images, labels = images[:size] // DARK, (labels[:size] + turns) % 10
    return networks_of.training_data(images, labels)


def new_network(student, given):
    """The student's network with its weights made."""
    return networks_of.built(student.build_network(given.network_seed))


def begin(network, given):
    """Put weights of ours into a network, whatever its layers; return it."""
    for variable in network.trainable_variables:
        variable.assign(start_weights(tuple(variable.shape), given.network_seed))
    return network


def flat(network):
    """The weights in one vector, in the order of their shapes."""
    weights = sorted((np.array(variable) for variable in network.trainable_variables), key=np.shape)
    return np.concatenate([weight.ravel() for weight in weights])


def plain_network(given):
    """A network of ours without hidden layers, so that what build_network returns does not weigh on other parts."""
    import keras

    def loss(labels, outputs):  # one-hot or not
        rows = labels if labels.shape[-1] == 10 else keras.ops.one_hot(keras.ops.reshape(labels, [-1]), 10)
        return keras.losses.categorical_crossentropy(rows, outputs)

    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    network = keras.Sequential(layers)
    network.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return begin(network, given)


def trained(student, given, name, few):
    """Let the student's function of this name train: on few images from weights of ours, or on all of the data."""
    import tensorflow as tf

    if (key := (name, few, given.network_seed)) in DONE:
        return DONE[key]
    network = plain_network(given) if few and name != "fit" else new_network(student, given)
    network = begin(network, given) if few else network
    data = data_of(given, few, 0.0 if name == "fit" else given.validation_split)
    options = [given[option] for option in OPTIONS[name]]
    if name != "fit":
        options = [options[0] if few else given.most_epochs, *options[1:], tempfile.mkdtemp()]
    # On few images a graph takes longer to make, and to optimise, than to run.
    tf.config.run_functions_eagerly(few)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": few})
    before = flat(network)
    returned = getattr(student, name)(network, *data, *options)
    record = getattr(returned, "history", returned)
    if not isinstance(record, dict):  # a return was forgotten
        record = getattr(getattr(network, "history", None), "history", None)
    DONE[key] = Run(network, record, flat(network) - before, options[-1])
    return DONE[key]


# -- what is observed ---------------------------------------------------------------------------------------


def test_outputs(run, given):
    """The outputs for the test images, which are dark where the network was trained on such."""
    images = given.test_images.numpy() // (1 if official(given) else DARK)
    return networks_of.probabilities(run.network, images)


def series(record):
    """Losses and accuracies of training and of validation (4, epochs) in float64; NaN for those that are missing."""
    if not isinstance(record, dict) or "loss" not in record:
        raise BadReturnError(
            "there is no history of a training: network.fit was not called, or not returned",
            "학습 기록이 없습니다. network.fit을 호출하지 않았거나 그 결과를 반환하지 않았습니다",
        )
    accuracy = next((name for name in record if "acc" in name and not name.startswith("val_")), "accuracy")
    names = ["loss", accuracy, "val_loss", f"val_{accuracy}"]
    return np.array([record.get(name, [np.nan] * len(record["loss"])) for name in names], np.float64)


def logged(log_dir):
    """The same four curves in the event files, in whichever folders these are, the newest of several."""
    found = {tuple(f"/{name}".split("/")[-2:]): values for name, (_, values) in read_curves(log_dir).items()}
    longest, rows = max(map(len, found.values()), default=0), []
    for kind, what in [("train", "loss"), ("train", "acc"), ("validation", "loss"), ("validation", "acc")]:
        named = [one for one in found if one[0] == kind and one[1].startswith("epoch_") and what in one[1]]
        rows.append(found[named[-1]] if named else np.full(longest, np.nan))
    return rows


def scores(run, given):
    """Loss and accuracy of the trained network on the images that are set apart, the last ones."""
    X, y = data_of(given, not official(given), given.validation_split)
    apart = slice(int(np.floor(len(X) * (1 - given.validation_split))), None)
    found, right = networks_of.outputs(run.network, X[apart]), y[apart].argmax(axis=1)
    own = found[np.arange(len(right)), right] / found.sum(axis=1)
    return -np.log(np.maximum(own, 1e-30)).mean(), np.mean(found.argmax(axis=1) == right)


def plotted(student, curves):
    """The figure that the student draws of two curves."""
    import matplotlib.pyplot as plt

    plt.close("all")
    return figure_of(student.plot_accuracy(*curves), "plot_accuracy")


def nearest(figure, curves):
    """Of what a figure shows, as shares or in percent, what comes nearest to each of the curves."""
    shown = [drawn / [1, scale] for drawn in points(figure) for scale in (1, 100)]
    return [nearest_line(shown, curve)[:, 1] for curve in curves]


def observe_run(student, given, observe, name):
    """Observe a training on few images; return the one on all of them, if there are more, and the first's history."""
    run = observe("_run", lambda: trained(student, given, name, few=True))
    observe("moved", lambda: run.moved)
    history = observe("history", lambda: series(run.record))
    observe("logged", lambda: logged(run.log_dir))
    run = observe("_run", lambda: trained(student, given, name, few=False)) if official(given) else run
    return run, history


# -- the probes, named as the parts -------------------------------------------------------------------------


def fit(student, given, observe):
    observe("start", lambda: new_network(student, given).trainable_variables[0])
    network = observe("_network", lambda: new_network(student, given))
    observe("again", lambda: network.trainable_variables[0])
    observe("weights", lambda: sorted(list(variable.shape) for variable in network.trainable_variables))
    observe("optimizer", lambda: networks_of.optimizer_of(network))
    observe("outputs", lambda: networks_of.outputs(begin(network, given), data_of(given, few=True)[0][:50]))
    run = observe("_run", lambda: trained(student, given, "fit", few=True))
    observe("moved", lambda: run.moved)
    observe("losses, accuracies", lambda: series(run.record)[:2])
    run = observe("_run", lambda: trained(student, given, "fit", few=False)) if official(given) else run
    observe("updates", lambda: run.network.optimizer.iterations)


def test_accuracy(student, given, observe):
    observe("accuracy", student.accuracy, given.vectors.numpy(), given.vector_labels.numpy())
    few = data_of(given, few=True)[0][:60]
    observe("probabilities", lambda: student.test_probabilities(plain_network(given), few))
    if given.network_seed == PUBLIC_SEED:
        run = observe("_run", lambda: trained(student, given, "fit", few=not official(given)))
        observe("test_outputs", lambda: test_outputs(run, given))
        shown = data_of(given, not official(given))[0][:200]
        observe("train_outputs", lambda: networks_of.outputs(run.network, shown))


def validation_curves(student, given, observe):
    run, _ = observe_run(student, given, observe, "fit_with_validation")
    curves = observe("curves", lambda: series(run.record))
    observe("scores", lambda: scores(run, given))
    made_up = given.made_up.numpy()
    observe("drawn", lambda: nearest(plotted(student, made_up), made_up))
    observe("figure", lambda: picture(plotted(student, curves[1::2])))
    observe("overfitting", lambda value: value, student.OVERFITTING)
    observe("reason", lambda value: value, student.OVERFITTING_REASON)


def compare_accuracy(student, given, observe):
    vectors = [given[name].numpy() for name in ("vectors", "vectors_after", "vector_labels")]
    observe("before, after, difference", student.compare_accuracy, *vectors)
    if given.network_seed == PUBLIC_SEED:
        for name, function in (("first", "fit"), ("second", "fit_with_validation")):
            run = observe("_run", trained, student, given, function, not official(given))
            observe(name, test_outputs, run, given)
    observe("cause", lambda value: value, student.CAUSE)
    observe("comparison", lambda value: value, student.COMPARISON)


def early_stopping(student, given, observe):
    run, history = observe_run(student, given, observe, "fit_with_early_stopping")
    observe("opening", lambda: history[:, :2])
    observe("epochs_run", lambda: history.shape[1])
    observe("curves", lambda: series(run.record))
