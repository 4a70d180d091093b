"""Labels as numbers instead of one-hot, points instead of lines, a folder of one's own for the logs."""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf


def build_network(seed):
    tf.random.set_seed(seed)
    glorot = [tf.keras.initializers.GlorotUniform(seed + i) for i in range(3)]
    network = tf.keras.Sequential(
        [
            tf.keras.Input((28, 28)),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(20, activation=tf.nn.relu, kernel_initializer=glorot[0]),
            tf.keras.layers.Dense(30, activation=tf.keras.activations.relu, kernel_initializer=glorot[1]),
            tf.keras.layers.Dense(10, activation=tf.nn.softmax, kernel_initializer=glorot[2]),
        ]
    )
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def fit(network, X, y, epochs, batch_size):
    network.fit(X.astype("float32"), y.argmax(axis=1), epochs=epochs, batch_size=batch_size, verbose=0)
    return network.history


def test_probabilities(network, XX):
    return [network(image[None].astype("float32"), training=False)[0] for image in XX]


def accuracy(probabilities, labels):
    right = 0
    for row, label in zip(probabilities, labels, strict=False):
        right += int(max(range(10), key=lambda k: row[k]) == label)
    return right / len(labels)


def fit_with_validation(network, X, y, epochs, batch_size, validation_split, log_dir):
    logs = tf.keras.callbacks.TensorBoard(log_dir=f"{log_dir}/run")
    options = {"epochs": epochs, "batch_size": batch_size, "validation_split": validation_split, "verbose": 0}
    return network.fit(X, np.argmax(y, axis=1), callbacks=[logs], **options).history


def plot_accuracy(train, validation):
    _figure, (left, right) = plt.subplots(1, 2, sharey=True)
    left.scatter(np.arange(len(train)), np.array(train) * 100)
    right.scatter(np.arange(len(train)), np.array(validation) * 100)
    left.set_ylabel("%")
    return left, right


OVERFITTING = 0
OVERFITTING_REASON = "The two stay together."


def compare_accuracy(first, second, labels):
    both = np.stack([first, second]).argmax(axis=-1) == np.asarray(labels)
    before, after = both.mean(axis=1)
    return np.array([before, after, after - before])


CAUSE = "Epochs"
COMPARISON = "0.67 and 0.75"


def fit_with_early_stopping(network, X, y, epochs, batch_size, validation_split, patience, log_dir):
    stop = tf.keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="min", patience=patience, restore_best_weights=True
    )
    logs = tf.keras.callbacks.TensorBoard(log_dir=f"{log_dir}/run")
    options = {"epochs": epochs, "batch_size": batch_size, "validation_split": validation_split, "verbose": 0}
    return network.fit(X, np.argmax(y, axis=1), callbacks=[stop, logs], **options)
