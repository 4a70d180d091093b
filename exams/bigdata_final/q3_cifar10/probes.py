"""Inputs and probes: the classifier for CIFAR10."""

from __future__ import annotations

import numpy as np

# -- what is given ------------------------------------------------------------------------------------------

PUBLIC_SEED = 1213  # the document's
REQUIRED = 0.70  # the document: only a test accuracy of 70 % and more counts
# The ten kinds of drawn pictures, 400 to learn from and 200 to be told: five times a guesser's 0.10 (one in
# 10^45 gets so far). Over 12 seeds the solution has 0.91 to 0.99, and a plain network of three convolutions more
# than this after 10 epochs and after 20: data/measured/bigdata_final/q3_cifar10_accuracies.json has all numbers.
REQUIRED_MINI = 0.50
# Five thousand pictures, or 300 drawn ones, are too few to be good, but enough to be better than a guess:
# one guesser in 3,000 gets 0.15 of 500 right, none in a hundred million 0.30 of 150.
REQUIRED_FEW = {"full": 0.15, "mini": 0.30}
FEW = {"full": (5000, 500), "mini": (300, 150)}  # pictures to learn from, to be told


def given(seed, profile, data):
    """The document's own data for its seed: all pictures, uint8 (n, 32, 32, 3), and labels 0..9, int64 (n,).

    Another seed gives a few of them, the test pictures mirrored, so that a network that learns is quick and a
    table of the known test pictures is of no use. `required_accuracy`, 0-d, is what is asked of the variant.
    """
    cifar10, draw = data["cifar10"], np.random.default_rng(seed)
    train = mixed(cifar10.train_labels, draw)
    test = mixed(cifar10.test_labels, draw)
    test_images, required = cifar10.test_images, REQUIRED if profile == "full" else REQUIRED_MINI
    if seed != PUBLIC_SEED:
        few_train, few_test = FEW[profile]
        train, test = draw.permutation(train)[:few_train], draw.permutation(test)[:few_test]
        test_images, required = test_images[:, :, ::-1], REQUIRED_FEW[profile]
    return {
        "train_images": cifar10.train_images[train],
        "train_labels": cifar10.train_labels[train],
        "test_images": np.ascontiguousarray(test_images[test]),
        "test_labels": cifar10.test_labels[test],
        "required_accuracy": np.array(required),
        "seed": np.array(seed),
    }


def mixed(labels, draw):
    """The official order is mixed and stays; folders of images come class by class, which gives labels away."""
    order = np.arange(len(labels))
    return draw.permutation(order) if (np.diff(labels) >= 0).all() else order


# -- the probe ----------------------------------------------------------------------------------------------

RECOGNISED = 200  # training pictures that are asked about, to tell what went wrong


def asked_again(count):
    """Which pictures are shown a second time, alone and backwards."""
    return np.arange(count)[::-1][:: max(1, count // 50)]


def probe_classifier(student, given, device):
    import tensorflow as tf

    from autograder.probing.arrays import to_numpy

    def predict(model, pictures):
        return to_numpy(student.predict_probabilities(model, pictures), "predict_probabilities(model, XX)")

    def scaled(pictures):
        return pictures.astype(np.float32) / 255

    X, XX = scaled(given["train_images"]), scaled(given["test_images"])
    y = np.eye(10, dtype=np.float32)[given["train_labels"]]
    known, labels = X[:RECOGNISED].copy(), given["train_labels"][:RECOGNISED]
    with tf.device("/GPU:0" if device.startswith("cuda") else "/CPU:0"):
        model = model_of(student, X, y, int(given["seed"]))
        del X, y
        probabilities = predict(model, XX)
        again = predict(model, XX[asked_again(len(XX))])
        facts = {"outputs": outputs(probabilities, again), "trained": trained(model)}
        if facts["outputs"] == OUTPUTS:
            facts["recognised"] = recognised(lambda pictures: predict(model, pictures), known, labels)
    return {"probabilities": probabilities, "asked_again": again, **facts}


def model_of(student, X, y, seed):
    """The model that the student hands in, loaded without running code of its file, or else trains here."""
    import os

    import keras

    from autograder.probing.arrays import BadReturnError

    name = str(getattr(student, "TRAINED_MODEL", ""))
    if not name:
        model = student.build_and_train(X, y, seed)
    elif not name.endswith(".keras") or os.path.basename(name) != name:
        raise BadReturnError(
            f"TRAINED_MODEL must be the name of a .keras file beside the module, got {name!r}"
        )
    elif not os.path.isfile(name):
        raise BadReturnError(f"TRAINED_MODEL: there is no file {name!r} beside the module")
    else:
        try:
            model = keras.saving.load_model(name, safe_mode=True)
        except Exception as error:
            raise BadReturnError(f"TRAINED_MODEL: {name} cannot be loaded: {error}") from error
    if not isinstance(model, keras.Model):
        raise BadReturnError(f"build_and_train must return a keras.Model, got {type(model).__name__}")
    return model


OUTPUTS = {"from 0 to 1": True, "rows sum to 1": True, "columns sum to 1": False, "repeatable": True}


def outputs(rows, again):
    """What kind of numbers these are: the same for everyone who makes the same mistake, whatever the network."""
    if rows.ndim != 2 or again.ndim != 2 or not np.isfinite(rows).all():
        return {}
    chosen = rows[asked_again(len(rows))]
    return {
        "from 0 to 1": bool((rows >= 0).all() and (rows <= 1 + 1e-3).all()),
        "rows sum to 1": bool(np.allclose(rows.sum(axis=1), 1, atol=5e-3)),
        "columns sum to 1": bool(np.allclose(rows.sum(axis=0), 1, atol=5e-3)),
        "repeatable": bool(chosen.shape == again.shape and np.allclose(chosen, again, atol=5e-3)),
    }


def trained(model):
    """False if the model was compiled, but its optimiser never made a step."""
    optimizer = getattr(model, "optimizer", None)
    return optimizer is None or int(optimizer.iterations) > 0


def recognised(predict, pictures, labels):
    """In which form the model knows its training pictures best; as they are, unless another is far better.

    0.2 of 200 is four standard deviations between two accuracies near 1/2, and more elsewhere. A network that
    guesses knows 0.1, drawn pictures, which look alike within a class, up to 0.2.
    """
    forms = {
        "as they are": pictures,
        "divided by 255": pictures / 255,
        "times 255": pictures * 255,
        "cut up by reshape": pictures.transpose(0, 3, 1, 2).reshape(pictures.shape),
        "colours apart, by reshape": pictures.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1),
    }
    chosen = predict(np.concatenate(list(forms.values()))).argmax(axis=1).reshape(len(forms), -1)
    found = dict(zip(forms, (chosen == labels).mean(axis=1).tolist(), strict=True))
    best = max(found, key=lambda name: found[name])
    if found[best] < found["as they are"] + 0.2:
        best = "as they are"
    return best if found[best] >= 0.3 else "in no form"
