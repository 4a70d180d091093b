"""Inputs and probe: the classifier for CIFAR10."""

from __future__ import annotations

import numpy as np

from autograder.probing.arrays import BadReturnError, describe, describe_korean, to_numpy
from exams._shared import keras_networks
from exams._shared.drawn_pictures import drawn

PUBLIC_SEED = 1213  # the document's
# What is asked: in full the document's 70 %; in mini, of the ten kinds of drawn pictures, five times a guesser's
# 0.10 (one in 10^45 gets so far). Over 12 seeds the solution has 0.88 to 0.96, and the document's own network 0.71
# to 0.77 after its five epochs: data/measured/bigdata_final/q3_cifar10_accuracies.json has more numbers.
REQUIRED = {"full": 0.70, "mini": 0.50}
# Five thousand pictures, or 300 drawn ones, are too few to be good, but enough to be better than a guess:
# one guesser in 3,000 gets 0.15 of 500 right, none in a hundred million 0.30 of 150.
REQUIRED_FEW = {"full": 0.15, "mini": 0.30}
FEW = 5000, 500  # pictures to learn from, to be told, in the profile full
FEW_DRAWN = 30, 15  # of each class, in the profile mini


def given(seed, profile, data):
    """The document's own data for its seed: all pictures, uint8 (n, 32, 32, 3), and labels 0..9, int64 (n,).

    Another seed gives few pictures that nobody has seen, so that a network that learns is quick and a table of the
    known test pictures is of no use: in mini they are drawn anew, in full the test pictures are changed one by one.
    `required_accuracy`, 0-d, is what is asked of the variant; `drawn` says that these are not CIFAR's pictures.
    """
    cifar10, draw, required = data["cifar10"], np.random.default_rng(seed), REQUIRED
    train, test = mixed(cifar10.train_labels, draw), mixed(cifar10.test_labels, draw)
    if seed != PUBLIC_SEED:
        train, test = draw.permutation(train)[: FEW[0]], draw.permutation(test)[: FEW[1]]
        required = REQUIRED_FEW
    train_images, train_labels = cifar10.train_images[train], cifar10.train_labels[train]
    test_images, test_labels = cifar10.test_images[test], cifar10.test_labels[test]
    if seed != PUBLIC_SEED and profile == "mini":
        train_images, train_labels = drawn(FEW_DRAWN[0], seed=[seed, 0])
        test_images, test_labels = drawn(FEW_DRAWN[1], seed=[seed, 1])
    elif seed != PUBLIC_SEED:
        test_images = changed(test_images, draw)
    return {
        "train_images": train_images,
        "train_labels": train_labels,
        "test_images": test_images,
        "test_labels": test_labels,
        "required_accuracy": np.array(required[profile]),
        "drawn": np.array(profile == "mini"),
        "seed": np.array(seed),
    }


def mixed(labels, draw):
    """The official order is mixed and stays; folders of images come class by class, which gives labels away."""
    order = np.arange(len(labels))
    return draw.permutation(order) if (np.diff(labels) >= 0).all() else order


def changed(images, draw):
    """Each picture mirrored or not, moved by up to two pixels, lighter or darker, and with noise."""
    padded, found = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge"), []
    for picture in padded:
        row, column = draw.integers(0, 5, 2)
        moved = picture[row : row + 32, column : column + 32][:, :: draw.choice([1, -1])]
        found.append(moved + draw.uniform(-20, 20) + draw.normal(0, 3, moved.shape))
    return np.clip(found, 0, 255).astype(np.uint8)


def asked_again(count):
    """Which pictures are shown a second time, alone and backwards."""
    return np.arange(count)[::-1][:: max(1, count // 50)]


def classifier(student, given, observe):
    import tensorflow as tf

    X, XX = (
        np.asarray(images).astype(np.float32) / 255 for images in (given.train_images, given.test_images)
    )
    labels = np.asarray(given.train_labels)
    known = X[:RECOGNISED].copy(), labels[:RECOGNISED]
    file = student.TRAINED_MODEL if isinstance(student.TRAINED_MODEL, str) else ""
    # On few pictures a graph takes longer to optimise than to run; the numbers are the same.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": len(X) <= 1000})
    with tf.device("/GPU:0" if given.device.startswith("cuda") else "/CPU:0"):
        if file:
            model = observe("_model", keras_networks.loaded, file)
        else:
            y = np.eye(10, dtype=np.float32)[labels]
            model = observe("_model", student.build_and_train, X, y, given.seed)
        observe("handed_in", lambda model: bool(file), model)
        rows = observe("probabilities", predicted, student.predict_probabilities, model, XX)
        again = observe("_", predicted, student.predict_probabilities, model, XX[asked_again(len(XX))])
        observe("outputs", outputs, rows, again)
        observe("trained", trained, model)
        observe("recognised", recognised, lambda x: student.predict_probabilities(model, x), *known)


def predicted(function, model, pictures):
    """What predict_probabilities returns for a Keras model, as an array."""
    import keras

    if not isinstance(model, keras.Model):
        raise BadReturnError(
            f"build_and_train must return a keras.Model, got {describe(model)}",
            f"build_and_train은 keras.Model을 반환해야 하는데 {describe_korean(model)}을(를) 반환했습니다",
        )
    return to_numpy(function(model, pictures), "predict_probabilities(model, XX)")


OUTPUTS = {
    "one_row_of_ten_each": True,
    "from_0_to_1": True,
    "rows_sum_to_1": True,
    "columns_sum_to_1": False,
    "same_beside_others": True,
}


def outputs(rows, again):
    """What kind of numbers these are: the same for everyone who makes the same mistake, whatever the network.

    In float32 rows sum to one within 3e-7 and a row is the same to the bit; float16 allows 1e-3. A sigmoid's rows
    miss one by more than 1, and a row changes by 0.05 and more where batch statistics are left on.
    """
    chosen = asked_again(len(rows)) if rows.ndim else []
    if rows.ndim != 2 or rows.shape[1] != 10 or again.shape != (len(chosen), 10):
        return {**OUTPUTS, "one_row_of_ten_each": False}
    sums = [rows.sum(axis=1, dtype=np.float64), rows.sum(axis=0, dtype=np.float64)]
    found = [True, bool((rows >= 0).all() and (rows <= 1 + 1e-3).all())]
    found += [bool(np.allclose(each, 1, atol=5e-3)) for each in sums]
    found += [bool(np.allclose(rows[chosen], again, atol=5e-3))]
    return dict(zip(OUTPUTS, found, strict=True))


def trained(model):
    """False if the model was compiled, but its optimiser never made a step."""
    optimizer = getattr(model, "optimizer", None)
    return optimizer is None or int(optimizer.iterations) > 0


RECOGNISED = 100  # training pictures that are asked about, to tell what went wrong


def recognised(predict, pictures, labels):
    """In which form the model knows its training pictures best; as they are, unless another is far better.

    A network that guesses knows 0.1, drawn pictures, which look alike within a class, up to 0.2; 0.2 of 100 is three
    standard deviations between two accuracies near 1/2, and more elsewhere.
    """
    forms = {
        "divided_by_255": pictures / 255,
        "times_255": pictures * 255,
        "cut_up_by_reshape": pictures.transpose(0, 3, 1, 2).reshape(pictures.shape),
        "colours_apart_by_reshape": pictures.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1),
    }

    def share(form):
        return (np.asarray(predict(form)).argmax(axis=1) == labels).mean()

    if (best := share(pictures)) >= 0.8:
        return "as_given"
    found = {name: share(form) for name, form in forms.items()}
    name = max(found, key=found.get)
    if found[name] < best + 0.2:
        return "as_given" if best >= 0.3 else "in_none"
    return name if found[name] >= 0.3 else "in_none"
