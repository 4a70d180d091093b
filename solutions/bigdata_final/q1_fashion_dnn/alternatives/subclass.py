"""A class of one's own, the validation data cut off by hand, and stopping by a callback of one's own."""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf


class Dnn(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(10, activation="softmax")
        self.first, self.second = keras.layers.Dense(20, "relu"), keras.layers.Dense(30, "relu")

    def call(self, x):
        x = tf.reshape(tf.cast(x, tf.float32), [-1, 784])
        return self.out(self.second(self.first(x)))


def build_network(seed):
    keras.utils.set_random_seed(int(seed))
    network = Dnn()
    loss, metric = keras.losses.categorical_crossentropy, keras.metrics.CategoricalAccuracy()
    network.compile(optimizer=keras.optimizers.Adam(), loss=loss, metrics=[metric])
    return network


def fit(network, X, y, epochs, batch_size):
    return network.fit(x=X, y=y, epochs=epochs, batch_size=batch_size, verbose=2).history


def test_probabilities(network, XX):
    return network.predict(XX, batch_size=7, verbose=0).astype(np.float64)


def accuracy(probabilities, labels):
    return float((tf.argmax(probabilities, axis=1).numpy() == labels).sum()) / labels.shape[0]


def halves(X, y, share):
    kept = int(len(X) * (1 - share))
    return X[:kept], y[:kept], (X[kept:], y[kept:])


def fit_with_validation(network, X, y, epochs, batch_size, validation_split, log_dir):
    X, y, apart = halves(X, y, validation_split)
    logs = [keras.callbacks.TensorBoard(log_dir)]
    return network.fit(
        X, y, batch_size, epochs, verbose=0, callbacks=logs, validation_data=apart, shuffle=True
    )


def plot_accuracy(train, validation):
    figure = plt.figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.step(range(len(train)), validation)
    axes.plot(range(len(train)), train, "o-")
    axes.grid(True)
    return axes


OVERFITTING = "False"
OVERFITTING_REASON = "No."


def compare_accuracy(first, second, labels):
    return (
        accuracy(first, labels),
        accuracy(second, labels),
        accuracy(second, labels) - accuracy(first, labels),
    )


CAUSE = "epochs"
COMPARISON = "More epochs."


class Stop(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.losses = patience, []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        self.model.stop_training = epoch - int(np.argmin(self.losses)) >= self.patience


def fit_with_early_stopping(network, X, y, epochs, batch_size, validation_split, patience, log_dir):
    X, y, apart = halves(X, y, validation_split)
    kept = [keras.callbacks.TensorBoard(log_dir), Stop(patience)]
    return network.fit(X, y, batch_size, epochs, verbose=0, callbacks=kept, validation_data=apart)
