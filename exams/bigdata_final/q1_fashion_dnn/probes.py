"""Inputs and probes: Fashion-MNIST with a dense network."""

from __future__ import annotations

import numpy as np

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


# -- probes -------------------------------------------------------------------------------------------------

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
