"""Layers from a table of classes and options; training on a tf.data.Dataset; the grid by itertools, one writer each."""

from itertools import product
from pathlib import Path

import keras
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp

N1, N2 = hp.HParam("n1"), hp.HParam("n2")


def build_network(n1, n2, n3, dropout, seed):
    keras.utils.set_random_seed(seed)
    pool = keras.layers.MaxPooling2D, {"pool_size": (2, 2), "padding": "valid"}
    table = [
        (keras.layers.Conv2D, {"filters": n1, "kernel_size": 5, "activation": keras.ops.relu}),
        pool,
        (keras.layers.Conv2D, {"filters": n2, "kernel_size": 5, "activation": keras.ops.relu}),
        pool,
        (keras.layers.Flatten, {}),
        (keras.layers.Dense, {"units": n3, "activation": "relu"}),
        (keras.layers.Dropout, {"rate": dropout}),
        (keras.layers.Dense, {"units": 10, "activation": keras.ops.softmax}),
    ]
    network = keras.Sequential([kind(**options) for kind, options in table])
    network.build((None, 28, 28, 1))
    network.compile("adam", keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])
    return network


def layer_table(network):
    def row(layer):
        return tuple(layer.output.shape[1:]), sum(int(tf.size(one)) for one in layer.weights)

    return list(map(row, network.layers))


def fit(network, X, y, epochs):
    data = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(len(X)).batch(32)
    return network.fit(data, epochs=epochs, verbose=0)


def grid_search(X, y, XX, yy, n1_values, n2_values, epochs, batch_size, validation_split, seed, log_dir):
    results = []
    for n1, n2 in product(n1_values, n2_values):
        writer = tf.summary.create_file_writer(str(Path(log_dir) / "grid" / f"{n1}_{n2}"))
        network = build_network(n1, n2, n3=120, dropout=0.2, seed=seed)
        network.fit(X, y, batch_size, epochs=epochs, validation_split=validation_split, verbose=0)
        loss = network.evaluate(XX, yy, batch_size=256, verbose=0, return_dict=True)["loss"]
        with writer.as_default(step=epochs):
            hp.hparams({N1: n1, N2: n2})
            tf.summary.scalar("test_loss", data=loss)
        writer.close()
        results.append((loss, n1, n2, network))
    _, n1, n2, _ = min(results, key=lambda result: result[0])
    return [network for *_, network in results], [loss for loss, *_ in results], (n1, n2)
