"""Pictures are flipped at random while it trains, and normalised by a layer that saw them; a mean over places."""

import keras
import numpy as np

layers = keras.layers


def build_and_train(X, y, seed):
    keras.utils.set_random_seed(seed)
    scale = layers.Normalization()
    scale.adapt(X)
    net = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            scale,
            layers.RandomFlip("horizontal"),
            layers.Conv2D(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(0.1),
            layers.Conv2D(64, 3, strides=2, padding="same", activation="elu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10),
            layers.Activation("softmax"),
        ]
    )
    net.compile(keras.optimizers.Nadam(3e-3), "categorical_crossentropy")
    net.fit(X, y, batch_size=32, epochs=12 if len(X) < 10_000 else 4, verbose=0)
    return net


def predict_probabilities(model, XX):
    return np.asarray(model.predict(XX, batch_size=200, verbose=0))


TRAINED_MODEL = ""
