"""Inputs and probes: Fashion-MNIST with a convolutional network."""

from __future__ import annotations

import numpy as np

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


# -- probes -------------------------------------------------------------------------------------------------

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
