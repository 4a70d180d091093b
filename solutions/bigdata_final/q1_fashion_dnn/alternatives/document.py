"""As the document has it, in functions: tensors from the start, one callback without a list, evaluate for accuracies."""

import matplotlib.pyplot as plt
import tensorflow as tf
import tensorflow.experimental.numpy as tnp

tnp.experimental_enable_numpy_behavior()


def build_network(seed):
    tf.random.set_seed(seed)
    tf.keras.utils.set_random_seed(seed)
    net = tf.keras.Sequential()
    net.add(tf.keras.layers.Flatten())
    net.add(tf.keras.layers.Dense(20, activation="relu"))
    net.add(tf.keras.layers.Dense(30, activation="relu"))
    net.add(tf.keras.layers.Dense(10, activation="softmax"))
    net.compile(optimizer="adam", loss=tf.losses.categorical_crossentropy, metrics=["accuracy"])
    return net


def fit(net, X, y, epochs, batch_size):
    net.fit(X, y, epochs=epochs, batch_size=batch_size)


def test_probabilities(net, XX):
    return net(tf.constant(XX, dtype=tf.float64))


def accuracy(probabilities, labels):
    yy = tf.keras.utils.to_categorical(labels, 10)
    return tf.keras.metrics.categorical_accuracy(yy, probabilities).mean()


def fit_with_validation(net, X, y, epochs, batch_size, validation_split, log_dir):
    cb1 = tf.keras.callbacks.TensorBoard(log_dir)
    net.fit(
        X,
        y,
        epochs=epochs,
        batch_size=batch_size,
        validation_split=validation_split,
        callbacks=cb1,
        verbose=1,
    )


def plot_accuracy(train, validation):
    plt.plot(train, ".-")
    plt.plot(validation, "--")
    return plt.gca()


OVERFITTING = False
OVERFITTING_REASON = "train accuracy와 validation accuracy가 0.01 정도 차이 난다. 오버피팅은 아니다."


def compare_accuracy(first, second, labels):
    before, after = accuracy(first, labels), accuracy(second, labels)
    return before, after, after - before


CAUSE = "epochs"
COMPARISON = "에폭이 늘어나니 정확도가 높아졌다."


def fit_with_early_stopping(net, X, y, epochs, batch_size, validation_split, patience, log_dir):
    cb1 = tf.keras.callbacks.TensorBoard(log_dir)
    cb2 = tf.keras.callbacks.EarlyStopping(patience=patience)
    net.fit(
        X, y, epochs=epochs, batch_size=batch_size, validation_split=validation_split, callbacks=[cb1, cb2]
    )
