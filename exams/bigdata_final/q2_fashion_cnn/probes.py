"""Inputs and probes: Fashion-MNIST with a convolutional network."""

from __future__ import annotations

import tempfile

import numpy as np

from autograder.probing.arrays import to_numpy
from autograder.probing.tensorboard import curves, hyperparameters
from exams._shared import keras_networks as networks_of

PUBLIC_SEED = 1213  # the document's
ONE_BATCH = 32  # images of a hidden variant: one batch of Keras's own size, so that an epoch is one update
MINI_IMAGES = 320  # of the public variant in the profile mini
MINI_GRID_IMAGES = 240  # and those that the grid is searched on
FUNCTION_IMAGES = 8  # images for which outputs are compared

# What a network that was trained gets right of the withheld test labels, and one that was not does not: that is
# 0.19 at most of the 150 in mini, over 45 networks. Trained, in mini 15 seeds give 0.50 to 0.74; in full, 10 seeds
# give 0.852 to 0.878 (data/measured/bigdata_final/lenet_5_epochs.json).
LEARNED = {"lenet": {"mini": 0.33, "full": 0.6}, "grid_search": {"mini": 0.2, "full": 0.6}}


def given(seed, profile, data):
    """Images as bytes, labels, and the values of the grid.

    The document's seed gives Fashion-MNIST, all of it in the profile full, with the document's grid. A hidden
    variant has 32 images and a grid of two small networks. The test images are halved: the labels of the first
    half, `open_labels`, are for choosing by the test loss, those of the second half are held back.
    """
    rng = np.random.default_rng(seed)
    fashion, mini, real = data["fashion_mnist"], profile == "mini", seed == PUBLIC_SEED
    images, labels, tests = fashion.train_images, fashion.train_labels, len(fashion.test_images)
    n1_values, n2_values, batch_size = [6, 64, 128], [16, 256], 200
    if mini:
        images, labels = images[:MINI_IMAGES], labels[:MINI_IMAGES]
        n1_values, n2_values, batch_size = [4, 8], [32], 100
    if not real:
        some = rng.permutation(len(images))[:ONE_BATCH]
        images, labels, tests = images[some], labels[some], 40
        n1_values, n2_values = [rng.integers(2, 10)], np.sort(rng.permutation(np.arange(2, 10))[:2])
        batch_size = rng.choice([25, 27])
    test_labels = fashion.test_labels[:tests].astype(np.int64)
    return {
        "images": images,
        "labels": labels.astype(np.int64),
        "test_images": fashion.test_images[:tests],
        "open_labels": test_labels[: tests // 2],
        "held_labels": test_labels[tests // 2 :],
        "grid_images": np.array(min(len(images), MINI_GRID_IMAGES) if mini else len(images)),
        "n1_values": np.array(n1_values),
        "n2_values": np.array(n2_values),
        "batch_size": np.array(batch_size),
        "network_seed": np.array(seed),
        **{f"{part}_floor": np.array(floor[profile] * real) for part, floor in LEARNED.items()},
    }


def lenet(student, given, observe):
    sizes = {name: given[name] for name in ("n1", "n2", "n3", "dropout")}
    network = observe("_network", student.build_network, **sizes, seed=given.network_seed)
    observe_layers(observe, [network], given)
    observe("reported", lambda: networks_of.table(student.layer_table(network)))
    observe("observed", lambda: networks_of.table(networks_of.layers_of(network)))
    X, y = networks_of.training_data(given.images, given.labels)
    one_batch = len(X) == ONE_BATCH
    if one_batch:
        observe("_", networks_of.without_dropout, network)
    updates = given.epochs if one_batch else 0
    observe("expected_losses, expected_weights", networks_of.train_by_hand, network, X, y, updates)
    networks_of.prepare(len(X))
    history = observe("_history", student.fit, network, X, y, epochs=given.epochs)
    observe("losses", networks_of.series, history, "loss")
    observe("weights", networks_of.flat_weights, network)
    observe("updates", lambda: int(network.optimizer.iterations))
    held = given.test_images[len(given.open_labels) :]
    observe("probabilities", networks_of.probabilities, network, held)


def observe_layers(observe, networks, given):
    """Observe what networks are made of, however they are written: what they compute with given weights."""
    few = given.images[:FUNCTION_IMAGES]
    for name, function in {
        "convolutions": lambda network: networks_of.kernel_shapes(network, 4),
        "dense_layers": lambda network: networks_of.kernel_shapes(network, 2),
        "outputs": lambda network: networks_of.outputs_of_some_weights(network, few),
        "dropout_rates": networks_of.dropout_rate,
        "optimizers": networks_of.optimizer_of,
    }.items():
        observe(name, lambda function=function: [function(network) for network in networks])


def grid_search(student, given, observe):
    size, half, log_dir = given.grid_images, len(given.open_labels), tempfile.mkdtemp()
    networks_of.prepare(size)
    returned, losses, _ = observe(
        "_networks, _losses, winner",
        student.grid_search,
        *networks_of.training_data(given.images[:size], given.labels[:size]),
        *networks_of.training_data(given.test_images[:half], given.open_labels),
        n1_values=given.n1_values.numpy().tolist(),
        n2_values=given.n2_values.numpy().tolist(),
        epochs=given.epochs,
        batch_size=given.batch_size,
        validation_split=given.validation_split,
        seed=given.network_seed,
        log_dir=log_dir,
    )
    observe("recorded, logged", logged_runs, log_dir)
    # Another order than the one asked for costs what it is worth: what follows is in that of the sizes.
    order = observe("order", lambda: [filters(network) for network in returned])
    ranks = observe("_", lambda: sorted(range(len(order)), key=order.__getitem__))
    networks = observe("_", lambda: [returned[i] for i in ranks])
    observe("losses", lambda: np.reshape(to_numpy(losses, "losses"), len(order))[ranks])
    observe("updates", lambda: [int(network.optimizer.iterations) for network in networks])
    images = given.test_images
    observe("probabilities", lambda: [networks_of.probabilities(network, images) for network in networks])
    observe_layers(observe, networks, given)


def filters(network):
    """The numbers of filters of the convolutions."""
    return [shape[-1] for shape in networks_of.kernel_shapes(network, 4)]


def logged_runs(log_dir):
    """(n1, n2) (k, 2) and the test loss (k,) of every run in the event files, sorted; NaN for what was not recorded.

    The loss counts in the run's folder, in one above and in one below.
    """
    losses = {
        name.rpartition("/")[0]: values[-1]
        for name, (_, values) in curves(log_dir).items()
        if name.endswith("test_loss")
    }
    rows = []
    for run, recorded in hyperparameters(log_dir).items():
        pair = [float(recorded.get(name, np.nan)) for name in ("n1", "n2")]
        near = [loss for folder, loss in losses.items() if inside(folder, run) or inside(run, folder)]
        rows.append([*pair, near[0] if near else np.nan])
    found = np.array(sorted(rows), np.float64).reshape(-1, 3)
    return found[:, :2], found[:, 2]


def inside(folder, other):
    """Whether a folder, as a path, is another one or in it."""
    return f"{folder}/".startswith(f"{other}/")
