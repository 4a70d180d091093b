"""A class of the student's own, with dropout; lists returned; no constant TRAINED_MODEL at all."""

import keras


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = [
            keras.layers.Conv2D(24, 3, strides=2, activation="relu"),
            keras.layers.Conv2D(48, 3, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(10),
        ]

    def call(self, x, training=False):
        for layer in self.steps[:-2]:
            x = layer(x)
        return self.steps[-1](self.steps[-2](x, training=training))


def build_and_train(X, y, seed):
    keras.utils.set_random_seed(seed)
    net = Net()
    net.compile(
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.RMSprop(0.002),
        metrics=["accuracy"],
    )
    stop = keras.callbacks.EarlyStopping("loss", patience=3)
    net.fit(X, y, batch_size=20, epochs=16, validation_split=0.1, callbacks=[stop], verbose=0)
    return net


def predict_probabilities(model, XX):
    rows = []
    for i in range(0, len(XX), 100):
        rows += list(keras.ops.softmax(model(XX[i : i + 100])))
    return rows
