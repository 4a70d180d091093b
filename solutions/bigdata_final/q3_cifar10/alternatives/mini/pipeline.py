"""A tf.data pipeline; two branches that are put together; logits, and the softmax where they are asked for."""

import keras
import tensorflow as tf


def network():
    picture = keras.Input((32, 32, 3))
    fine = keras.layers.Conv2D(16, 3, strides=2, activation="relu")(picture)
    fine = keras.layers.Conv2D(32, 3, strides=2, activation="relu")(fine)
    coarse = keras.layers.Conv2D(32, 8, strides=4, activation="relu")(picture)
    both = [keras.layers.Flatten()(branch) for branch in (fine, coarse)]
    return keras.Model(picture, keras.layers.Dense(10)(keras.layers.Concatenate()(both)))


def build_and_train(X, y, seed):
    keras.utils.set_random_seed(seed)
    data = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(len(X), seed=seed).batch(32).prefetch(1)
    net = network()
    cost = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05)
    net.compile(optimizer=keras.optimizers.AdamW(2e-3), loss=cost)
    net.fit(data, epochs=14 if len(X) < 10_000 else 5, verbose=0)
    return net


def predict_probabilities(model, XX):
    logits = model(tf.convert_to_tensor(XX), training=False)
    return tf.nn.softmax(logits, axis=-1).numpy()


TRAINED_MODEL = ""
