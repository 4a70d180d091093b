"""A perfect submission to question 3 of the big-data final."""

import keras
import numpy as np

EPOCHS = 3  # over the 50000 pictures
FEWEST_UPDATES = 30  # over fewer pictures: more epochs, until the network was updated so many times


def network():
    """Convolution, pooling, normalisation, relu, three times; pooled first, so that the rest is cheap."""
    layers = [keras.Input((32, 32, 3))]
    for filters in (24, 48, 96):
        layers += [
            keras.layers.Conv2D(filters, 3, padding="same", use_bias=False),
            keras.layers.MaxPooling2D(),
            keras.layers.BatchNormalization(momentum=0.8),
            keras.layers.ReLU(),
        ]
    return keras.Sequential([*layers, keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])


def build_and_train(X, y, seed):
    keras.utils.set_random_seed(seed)
    batch = 128 if len(X) > 10_000 else 32
    updates = int(np.ceil(len(X) / batch))  # of one epoch
    epochs = max(EPOCHS, int(np.ceil(FEWEST_UPDATES / updates)))
    rate = keras.optimizers.schedules.PolynomialDecay(0.005, epochs * updates, end_learning_rate=5e-5)
    net = network()
    net.compile(optimizer=keras.optimizers.Adam(rate), loss="categorical_crossentropy")
    net.fit(X, y, batch_size=batch, epochs=epochs, verbose=0)
    return net


def predict_probabilities(model, XX):
    parts = np.array_split(XX, len(XX) // 500 + 1)  # which keeps little in memory at a time
    return np.concatenate([model(part, training=False) for part in parts])


TRAINED_MODEL = ""
