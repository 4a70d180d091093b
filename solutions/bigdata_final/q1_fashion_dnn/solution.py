"""A perfect submission to question 1 of the big-data final."""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf


def build_network(seed):
    tf.keras.utils.set_random_seed(seed)
    network = tf.keras.Sequential()
    network.add(tf.keras.layers.Flatten())
    network.add(tf.keras.layers.Dense(20, activation="relu"))
    network.add(tf.keras.layers.Dense(30, activation="relu"))
    network.add(tf.keras.layers.Dense(10, activation="softmax"))
    network.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return network


def fit(network, X, y, epochs, batch_size):
    return network.fit(X, y, epochs=epochs, batch_size=batch_size, verbose=0)


def test_probabilities(network, XX):
    return network.predict(XX, verbose=0)


def accuracy(probabilities, labels):
    return np.mean(np.argmax(probabilities, axis=1) == labels)


def fit_with_validation(network, X, y, epochs, batch_size, validation_split, log_dir):
    logs = tf.keras.callbacks.TensorBoard(log_dir)
    options = {"epochs": epochs, "batch_size": batch_size, "verbose": 0}
    return network.fit(X, y, validation_split=validation_split, callbacks=[logs], **options)


def plot_accuracy(train, validation):
    figure, axes = plt.subplots()
    axes.plot(train, label="train")
    axes.plot(validation, label="validation")
    axes.set_xlabel("epoch")
    axes.set_ylabel("accuracy")
    axes.legend()
    return figure


OVERFITTING = False

OVERFITTING_REASON = (
    "After 50 epochs the training accuracy is about 0.77 and the validation accuracy about 0.76. Both losses fall "
    "together, with some noise, and the validation loss never turns upward, so the network does not overfit."
)


def compare_accuracy(first, second, labels):
    before, after = accuracy(first, labels), accuracy(second, labels)
    return before, after, after - before


CAUSE = "epochs"

COMPARISON = (
    "The test accuracy is about 0.67 in (2) and 0.75 in (3). The trainings differ in two things: (3) has 50 epochs "
    "instead of 10, and 48,000 instead of 60,000 images. Ten epochs with the split are no better than (2), 50 epochs "
    "without the split are as good as (3): the epochs are the cause, not the split."
)


def fit_with_early_stopping(network, X, y, epochs, batch_size, validation_split, patience, log_dir):
    log_files = tf.keras.callbacks.TensorBoard(log_dir)
    stopping = tf.keras.callbacks.EarlyStopping(patience=patience)
    options = {"epochs": epochs, "batch_size": batch_size, "validation_split": validation_split, "verbose": 0}
    return network.fit(X, y, callbacks=[log_files, stopping], **options)
