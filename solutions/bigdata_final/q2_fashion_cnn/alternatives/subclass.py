"""A class of the student's own that computes with tf.nn; labels as numbers; folders with the time in their names."""

import datetime

import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp


class LeNet(keras.Model):
    def __init__(self, n1, n2, n3, dropout):
        super().__init__()
        self.dropped = keras.layers.Dropout(dropout)
        self.out = keras.layers.Dense(10, kernel_initializer=keras.initializers.GlorotUniform())
        self.hidden = keras.layers.Dense(n3)
        self.second = keras.layers.Conv2D(filters=n2, kernel_size=5, strides=1)
        self.first = keras.layers.Conv2D(filters=n1, kernel_size=5)
        self.pool = keras.layers.MaxPooling2D(2)

    def call(self, x, training=False):
        x = tf.nn.relu(self.pool(self.first(x)))
        x = tf.nn.max_pool2d(tf.maximum(self.second(x), 0), 2, 2, "VALID")
        x = tf.reshape(x, (-1, int(np.prod(x.shape[1:]))))
        x = self.dropped(tf.nn.relu(self.hidden(x)), training=training)
        return tf.nn.softmax(self.out(x))


def build_network(n1, n2, n3, dropout, seed):
    keras.utils.set_random_seed(seed)
    network = LeNet(n1, n2, n3, dropout)
    adam = keras.optimizers.Adam(learning_rate=1e-3)
    network.compile(optimizer=adam, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def layer_table(network):
    rows, shape = [], (None, 28, 28, 1)
    for layer in network.layers:
        shape = layer.compute_output_shape(shape)
        rows.append([list(shape[1:]), layer.count_params()])
    return tuple(rows)


def fit(network, X, y, epochs):
    return network.fit(tf.constant(X, tf.float32), np.argmax(y, axis=1), epochs=epochs, verbose=0)


def grid_search(X, y, XX, yy, n1_values, n2_values, epochs, batch_size, validation_split, seed, log_dir):
    found = {}
    for number, n1 in enumerate(n1_values):
        for n2 in n2_values:
            stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
            folder = f"{log_dir}/{stamp}/{number}-{n2}"
            network = build_network(n1, n2, 120, 0.2, seed)
            callback = hp.KerasCallback(folder, {hp.HParam("n1"): n1, hp.HParam("n2"): n2})
            network.fit(
                X.astype("float32"),
                y.argmax(1),
                batch_size,
                epochs,
                0,
                callbacks=[callback],
                validation_split=validation_split,
            )
            loss, _ = network.evaluate(XX, yy.argmax(1), verbose=0)
            with tf.summary.create_file_writer(folder + "/test").as_default():
                tf.summary.scalar("test_loss", loss, step=0)
            found[n1, n2] = network, loss
    best = min(found, key=lambda pair: found[pair][1])
    networks, losses = zip(*found.values(), strict=True)
    return list(networks), tf.constant(losses), (np.int64(best[0]), np.int64(best[1]))
