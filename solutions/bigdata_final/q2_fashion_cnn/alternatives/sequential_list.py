"""A Sequential from a list with an Input; the fit by a generator of options; the logs written after the search."""

import tensorflow as tf
from tensorboard.plugins.hparams import api as hp

L = tf.keras.layers


def build_network(n1, n2, n3, dropout, seed):
    tf.keras.utils.set_random_seed(seed)
    convolutions = [
        layer
        for filters in (n1, n2)
        for layer in (L.Conv2D(filters, [5, 5], activation=tf.keras.activations.relu), L.MaxPool2D([2, 2]))
    ]
    head = [L.Reshape((-1,)), L.Dense(n3, "relu"), L.Dropout(dropout, seed=seed), L.Dense(10, "softmax")]
    network = tf.keras.Sequential([L.Input((28, 28, 1)), *convolutions, *head])
    network.compile(
        loss=tf.keras.losses.categorical_crossentropy,
        optimizer="Adam",
        metrics=[tf.keras.metrics.CategoricalAccuracy()],
    )
    return network


def layer_table(network):
    table = []
    for layer in network.layers:
        count = sum(int(tf.size(weight)) for weight in layer.weights)
        table.append((tuple(layer.output.shape)[1:], count))
    return table


def fit(network, X, y, epochs):
    return network.fit(tf.constant(X), tf.constant(y), epochs=epochs, verbose=0).history


def grid_search(X, y, XX, yy, n1_values, n2_values, epochs, batch_size, validation_split, seed, log_dir):
    def run(n1, n2):
        network = build_network(int(n1), int(n2), 120, 0.2, seed)
        options = {"epochs": epochs, "batch_size": batch_size, "validation_split": validation_split}
        network.fit(tf.constant(X).numpy(), y, verbose=0, **options)
        return network, network.evaluate(XX, yy, verbose=0, return_dict=True)["loss"]

    pairs = [(n1, n2) for n1 in n1_values for n2 in n2_values]
    networks, losses = map(list, zip(*(run(*pair) for pair in pairs), strict=True))
    for (n1, n2), loss in zip(pairs, losses, strict=True):
        with tf.summary.create_file_writer(f"{log_dir}/run-{n1}x{n2}").as_default():
            hp.hparams({hp.HParam("n1", hp.Discrete(list(n1_values))): n1, "n2": n2})
            tf.summary.scalar("test_loss", loss, step=0)
    return networks, losses, pairs[int(tf.argmin(losses))]
