"""Data as a tf.data.Dataset, all pictures in one, and a stop that is looked up in the losses."""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import Sequential
from keras.callbacks import EarlyStopping, TensorBoard
from keras.layers import Dense, Flatten


def build_network(seed):
    tf.keras.utils.set_random_seed(seed)
    network = Sequential([Flatten(input_shape=(28, 28, 1))])
    for units, activation in ((20, "relu"), (30, "relu"), (10, "softmax")):
        network.add(Dense(units, activation=activation))
    network.compile(loss=tf.losses.CategoricalCrossentropy(), optimizer="Adam", metrics=["accuracy", "AUC"])
    return network


def dataset(X, y, batch_size):
    return tf.data.Dataset.from_tensor_slices((X, y)).shuffle(len(X)).batch(batch_size)


def fit(network, X, y, epochs, batch_size):
    return network.fit(dataset(X, y, batch_size), epochs=epochs, verbose=0)


def test_probabilities(network, XX):
    return np.vstack([network.predict_on_batch(XX[start : start + 25]) for start in range(0, len(XX), 25)])


def accuracy(probabilities, labels):
    return tf.reduce_mean(tf.cast(tf.equal(tf.argmax(probabilities, 1), labels), tf.float32)).numpy()


def fit_with_validation(network, X, y, epochs, batch_size, validation_split, log_dir, **options):
    apart = len(X) - int(np.floor(len(X) * (1 - validation_split)))
    train, test = dataset(X[:-apart], y[:-apart], batch_size), dataset(X[-apart:], y[-apart:], batch_size)
    callbacks = [TensorBoard(log_dir=log_dir, update_freq="epoch"), *options.get("also", [])]
    return network.fit(train, validation_data=test, epochs=epochs, callbacks=callbacks, verbose=0)


def plot_accuracy(train, validation):
    _figure, axes = plt.subplots()
    lines = axes.plot(np.column_stack([validation, train]))
    axes.fill_between(range(len(train)), train, validation, alpha=0.2)
    return lines


OVERFITTING = False
OVERFITTING_REASON = "아니다"


def compare_accuracy(first, second, labels):
    found = [np.mean(np.equal(np.argmax(one, 1), labels)) for one in (first, second)]
    return (*found, np.diff(found)[0])


CAUSE = "epochs"
COMPARISON = "에폭"


def fit_with_early_stopping(network, X, y, epochs, batch_size, validation_split, patience, log_dir):
    stop = EarlyStopping(patience=patience)
    return fit_with_validation(network, X, y, epochs, batch_size, validation_split, log_dir, also=[stop])
