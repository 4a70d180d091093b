"""A dense network is free to be chosen, too, where it learns enough; layers built without an input, plain lists."""

import keras

DENSE = keras.layers.Dense


def build_and_train(X, y, seed):
    keras.utils.set_random_seed(int(seed))
    net = keras.Sequential()
    net.add(keras.layers.AveragePooling2D(2))
    net.add(keras.layers.Flatten())
    net.add(DENSE(64, activation="relu"))
    net.add(DENSE(y.shape[1], activation="softmax"))
    net.compile("adam", "categorical_crossentropy")
    net.fit(X, y, epochs=25, verbose=0)
    return net


def predict_probabilities(model, XX):
    return model.predict_on_batch(XX).tolist()


TRAINED_MODEL = ""
