"""Functional, trained by a loop of the student's own; tensors returned, in float64."""

import keras
import numpy as np
import tensorflow as tf

L = keras.layers


def build_and_train(X, y, seed):
    keras.utils.set_random_seed(seed)
    image = keras.Input(shape=(32, 32, 3))
    h = L.Conv2D(32, 3, activation="relu", padding="same")(image)
    h = L.MaxPooling2D()(h)
    h = L.Conv2D(64, 3, activation="relu", padding="same")(h)
    h = L.MaxPooling2D(4)(h)
    network = keras.Model(image, L.Softmax()(L.Dense(10)(L.Flatten()(h))))
    adam, cost = keras.optimizers.Adam(0.004), keras.losses.SparseCategoricalCrossentropy()
    adam.build(network.trainable_variables)

    @tf.function
    def step(pictures, labels):
        with tf.GradientTape() as tape:
            loss = cost(labels, network(pictures, training=True))
        adam.apply_gradients(
            zip(tape.gradient(loss, network.trainable_weights), network.trainable_weights, strict=True)
        )

    labels = np.argmax(y, axis=1)
    for _ in range(max(8, 90 * 32 // len(X))):
        order = np.random.permutation(len(X))
        for i in range(0, len(X) - 31, 32):
            step(tf.constant(X[order[i : i + 32]]), tf.constant(labels[order[i : i + 32]]))
    return network


def predict_probabilities(model, XX):
    return tf.concat(
        [tf.cast(model(part), tf.float64) for part in np.array_split(XX, len(XX) // 500 + 1)], axis=0
    )
