"""Functional with layers for the activations; the grid as a Sequential from a list, as the document has it."""

import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp
from tensorflow.keras import layers, models


def build_network(n1, n2, n3, dropout, seed):
    tf.keras.utils.set_random_seed(seed)
    image = layers.Input(shape=(28, 28, 1))
    h = layers.Activation("relu")(layers.Conv2D(n1, 5, padding="valid")(image))
    h = layers.MaxPooling2D((2, 2))(h)
    h = layers.Conv2D(n2, 5)(h)
    h = layers.MaxPool2D(pool_size=2, strides=2)(layers.ReLU()(h))
    h = layers.Dense(n3, activation=tf.nn.relu)(layers.Flatten()(h))
    h = layers.Dense(10)(layers.Dropout(rate=dropout)(h))
    network = models.Model(image, layers.Softmax()(h))
    network.compile(
        optimizer=tf.keras.optimizers.Adam(),
        loss=tf.keras.losses.CategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return network


def layer_table(network):
    return [(layer.output.shape[1:], np.int64(layer.count_params())) for layer in network.layers]


def fit(network, X, y, epochs):
    return network.fit(X, y, batch_size=32, epochs=epochs, shuffle=True, verbose=2)


def grid_search(X, y, XX, yy, n1_values, n2_values, epochs, batch_size, validation_split, seed, log_dir):
    networks, losses, best, least = [], [], None, np.inf
    for n1 in n1_values:
        for n2 in n2_values:
            folder = f"{log_dir}/hp_{n1}_{n2}"
            with tf.summary.create_file_writer(folder).as_default():
                tf.random.set_seed(seed)
                net = tf.keras.Sequential(
                    [
                        layers.Conv2D(n1, (5, 5), activation="relu"),
                        layers.MaxPool2D(),
                        layers.Conv2D(n2, (5, 5), activation="relu"),
                        layers.MaxPool2D(),
                        layers.Flatten(),
                        layers.Dense(120, activation="relu"),
                        layers.Dropout(0.2),
                        layers.Dense(10, activation="softmax"),
                    ]
                )
                net.compile("adam", tf.losses.categorical_crossentropy, metrics=["accuracy"])
                hp.hparams({"n1": n1, "n2": n2})
                net.fit(
                    *(X, y, batch_size, epochs),
                    verbose=0,
                    validation_split=validation_split,
                )
                result = net.evaluate(XX, yy, verbose=0)
                tf.summary.scalar("test_loss", result[0], step=1)
            networks.append(net)
            losses.append(np.float32(result[0]))
            if result[0] < least:
                least, best = result[0], [n1, n2]
    return [networks, np.array(losses), best]
