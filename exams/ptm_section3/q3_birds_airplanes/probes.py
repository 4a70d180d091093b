"""Inputs and probes: birds and airplanes."""

from __future__ import annotations

import numpy as np

# -- what is given ------------------------------------------------------------------------------------------

PUBLIC_SEED = 0


AIRPLANE = 0
BIRD = 2

# Epochs, and the accuracy on the validation images that must be reached, from the accuracies over seeds in
# data/measured/ptm_section3/q3_birds_airplanes_accuracies.json. The last few updates can cost 0.1: of 20 runs of
# FULL 18 ended at 0.78 to 0.82 and two at 0.69. So the threshold is well below these, and still 9 standard errors
# above guessing.
FULL = (8, 0.60)
MINI = (20, 0.60)
HIDDEN_FULL = (5, 0.65)  # 250 + 250 images


def given(seed, profile, data):
    """CIFAR-10: all training images for the public seed, in their order; a sample in a new order for others.

    images (n, 32, 32, 3) uint8, labels (n,); the airplanes and birds of the other split as validation_images
    (m, 32, 32, 3) and validation_labels (m,) of 0 and 1, which are withheld; validation_counts (2,), how many
    there are of each; classifier_epochs () and threshold (), see above; scores (6, 4) for softmax.
    """
    cifar10 = data["cifar10"]
    rng = np.random.default_rng(seed)
    wanted = np.flatnonzero(np.isin(cifar10.test_labels, [AIRPLANE, BIRD]))
    chosen = np.arange(len(cifar10.train_labels))
    epochs, threshold = FULL if profile == "full" else MINI
    if seed != PUBLIC_SEED:
        chosen, wanted = hidden_sample(cifar10.train_labels, rng), rng.permutation(wanted)
        epochs, threshold = HIDDEN_FULL if profile == "full" else MINI
    validation_labels = (cifar10.test_labels[wanted] == BIRD).astype(np.int64)
    return {
        "images": cifar10.train_images[chosen],
        "labels": cifar10.train_labels[chosen],
        "validation_images": cifar10.test_images[wanted],
        "validation_labels": validation_labels,
        "validation_counts": np.bincount(validation_labels, minlength=2),
        "classifier_epochs": np.array(epochs),
        "threshold": np.array(threshold),
        "scores": rng.normal(0, 2, (6, 4)).astype(np.float32),
    }


def hidden_sample(labels, rng):
    """Indices, in random order, of at most 250 airplanes and 250 birds, and of 15 of each other class."""
    most = {AIRPLANE: 250, BIRD: 250}
    return rng.permutation(
        np.concatenate(
            [rng.permutation(np.flatnonzero(labels == label))[: most.get(label, 15)] for label in range(10)]
        )
    )


# -- what probes and formulas share -------------------------------------------------------------------------


def pixels_of(images):
    """Images (n, 32, 32, 3) uint8 as network input (n, 3, 32, 32), float32, from -2 to 2."""
    return ((images / 255 - 0.5) / 0.25).astype(np.float32).transpose(0, 3, 1, 2).copy()


def small_sample(inputs, each):
    """The first `each` airplanes and birds in turn: input (2·each, 3, 32, 32) float32, labels (2·each,)."""
    labels = inputs["labels"]
    order = np.stack([np.flatnonzero(labels == label)[:each] for label in (AIRPLANE, BIRD)], axis=1).ravel()
    return pixels_of(inputs["images"][order]), np.tile(np.array([0, 1]), each)


def known_weights(shapes):
    """Weights of these shapes that look random and are the same everywhere, float32; of size 1/√(inputs)."""
    weights = []
    for k, shape in enumerate(shapes):
        noise = (np.arange(np.prod(shape)) * 7919 + 104729 * (k + 1)) % 2003 / 2003 - 0.5
        weights.append((2 * noise / np.sqrt(shape[-1])).astype(np.float32).reshape(shape))
    return weights


HIDDEN = 8  # neurons of the small network that the probes hand to the student's functions


# -- probes -------------------------------------------------------------------------------------------------


def known_network(device):
    """A small network with the known weights: (n, 3072) to logits (n, 2)."""
    import torch

    network = torch.nn.Sequential(torch.nn.Linear(3072, HIDDEN), torch.nn.Tanh(), torch.nn.Linear(HIDDEN, 2))
    return fill(network).to(device)


def fill(network):
    """Put the known weights into a network's parameters, whatever their shapes."""
    import torch

    parameters = list(network.parameters())
    weights = known_weights([tuple(parameter.shape) for parameter in parameters])
    for parameter, weight in zip(parameters, weights, strict=True):
        parameter.data = torch.from_numpy(weight)
    return network


ITEM = 99


def inverted(image):
    """A transform of ours: the negative."""
    return 255 - image


def normalized_item(images):
    """Item 99 as a network input, (3, 32, 32): its numbers go beyond 0 and 1."""
    return pixels_of(images[ITEM : ITEM + 1])[0]


def pictures_in(figure, name):
    """The images that a figure shows, stacked."""
    from autograder.probing.arrays import BadReturnError, to_numpy
    from autograder.probing.figures import matrices

    if not (found := matrices(figure)):
        raise BadReturnError(f"{name} must show its images with imshow; the figure has none")
    return to_numpy(found, "the images shown")


def probe_dataset(student, given, device):
    import torch

    from autograder.probing.arrays import pair, to_numpy
    from autograder.probing.figures import figure_of, picture

    images, labels = given["images"], given["labels"]
    plain, changed = student.make_dataset(images, labels), student.make_dataset(images, labels, inverted)
    item, label = pair(plain[ITEM], "dataset[99]")
    tensor = to_numpy(student.to_tensor(images[ITEM].copy()), "to_tensor(image)")
    image = figure_of(student.show_image(torch.from_numpy(normalized_item(images))), "show_image")
    classes = figure_of(student.plot_classes(images, labels), "plot_classes")
    places = [axes.get_subplotspec() for axes in classes.axes]
    grids = {place.get_geometry()[:2] if place else (1, 1) for place in places}
    return {
        "is_dataset": isinstance(plain, torch.utils.data.Dataset),
        "own_class": not type(plain).__module__.startswith("torch"),
        "length_and_label": np.array([len(plain), int(label)]),
        "item": to_numpy(item, "dataset[99][0]"),
        "transformed_item": to_numpy(pair(changed[ITEM], "dataset[99]")[0], "dataset[99][0]"),
        "tensor": tensor,
        "tensor_range": np.array([tensor.min(), tensor.max()]),
        "shown": pictures_in(image, "show_image")[0],
        "figure_image": picture(image),
        "shown_classes": pictures_in(classes, "plot_classes"),
        "titles": [axes.get_title() for axes in classes.axes],
        "grid": [list(grid) for grid in sorted(grids)],
        "figure_classes": picture(classes),
    }


TRAIN = slice(0, 32)  # of the given images, for normalize_both
VALIDATION = slice(32, 48)
ASKED_MEAN = (0.4914, 0.4822, 0.4465)
ASKED_STD = (0.2470, 0.2435, 0.2616)


def probe_normalization(student, given, device):
    import torch

    from autograder.probing.arrays import pair, to_numpy

    images = given["images"]
    mean, std = pair(student.channel_statistics(images), "channel_statistics(images)")
    scaled = torch.from_numpy((images[:16] / 255).astype(np.float32)).permute(0, 3, 1, 2)
    asked = student.normalize(scaled, torch.tensor(ASKED_MEAN), torch.tensor(ASKED_STD))
    both = student.normalize_both(images[TRAIN].copy(), images[VALIDATION].copy())
    train, validation = pair(both, "normalize_both(train_images, validation_images)")
    return {
        "mean": to_numpy(mean, "mean"),
        "std": to_numpy(std, "std"),
        "normalized": to_numpy(asked, "normalize(tensors, mean, std)"),
        "train": to_numpy(train, "the normalised training images"),
        "validation": to_numpy(validation, "the normalised validation images"),
    }


def probe_two_classes(student, given, device):
    from autograder.probing.arrays import pair, to_numpy

    chosen = pair(
        student.airplanes_and_birds(given["images"], given["labels"]), "airplanes_and_birds(images, labels)"
    )
    images, labels = to_numpy(chosen[0], "images"), to_numpy(chosen[1], "labels")
    return {
        "labels": labels,
        "shape": np.array(images.shape),
        # all images would be 30 MB: the sums tell which images they are, and in which order
        "sums": images.sum(axis=tuple(range(1, images.ndim)), dtype=np.float64),
        "first_images": images[:8],
        "counts": np.bincount(labels.astype(np.int64).clip(0, 9).ravel(), minlength=2),
        "validation_counts": given["validation_counts"],
    }


def probe_network(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy
    from autograder.probing.networks import classes, parameters

    network = student.build_network(given["hidden"])
    kinds = classes(network, "build_network(hidden)")
    x, _ = small_sample(given, 4)
    logits = fill(network).to(device)(torch.from_numpy(x).to(device).flatten(1))
    return {
        "classes": kinds,
        "parameter_shapes": [shape for _, shape in parameters(network)],
        "logits": to_numpy(logits, "the network's output"),
    }


def operations_of(function, *arguments):
    """The torch operations that a call does, by name, and what it returns."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Recorder(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            seen.add(str(func))
            return func(*args, **(kwargs or {}))

    seen = set()
    with Recorder():
        value = function(*arguments)
    return value, sorted(seen)


def probe_softmax(student, given, device):
    import torch

    from autograder.probing.arrays import pair, to_numpy

    row = torch.tensor([1.0, 2.0, 3.0]).to(device)
    values, operations = operations_of(student.softmax, torch.stack([row, row]), 1)
    x, _ = small_sample(given, 1)
    image = torch.from_numpy(x[0]).to(device)
    probabilities, index = pair(student.classify(known_network(device), image), "classify(network, image)")
    return {
        "vector": to_numpy(student.softmax(row, 0), "softmax(x, 0)"),
        "batch": to_numpy(values, "softmax(x, 1)"),
        "operations": operations,
        "rows": to_numpy(student.softmax(torch.from_numpy(given["scores"]).to(device), 1), "softmax(x, 1)"),
        "probabilities": to_numpy(probabilities, "probabilities"),
        "index": to_numpy(index, "index"),
    }


def probe_loss(student, given, device):
    import torch

    from autograder.probing.arrays import BadReturnError, to_numpy

    x, y = small_sample(given, 4)
    images, labels = torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)
    network, found = known_network(device), {}
    for name, rows in (("", slice(8)), ("first_", slice(1))):
        values = student.classification_loss(network, images[rows], labels[rows])
        if not isinstance(values, tuple | list) or len(values) != 3:
            raise BadReturnError("classification_loss must return (log_probabilities, likelihood, loss)")
        for key, value in zip(("log_probabilities", "likelihood", "loss"), values, strict=True):
            found[name + key] = to_numpy(value, key)
    return found


EACH = 40  # airplanes and birds that are trained on in the part `training`
SINGLE = {"epochs": 2, "batch_size": 1, "shuffle": False}  # the document's first loop
ONCE = {"epochs": 1, "batch_size": 16}
SMALL_LR = 4e-5  # so small that the order within an epoch hardly matters


def probe_training(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy

    x, y = small_sample(given, EACH)
    images, labels = torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)
    settings = {name: given[name] for name in ("epochs", "lr", "batch_size")}
    runs = {
        "ordered": (len(y), {**settings, "shuffle": False}),
        "single": (10, {**SINGLE, "lr": given["lr"]}),
        "whole": (len(y), {**settings, "batch_size": len(y), "shuffle": True}),
        "once": (len(y), {**ONCE, "lr": SMALL_LR, "shuffle": True}),
        "shuffled": (len(y), {**ONCE, "lr": given["lr"], "shuffle": True}),
    }
    found = {}
    for name, (count, arguments) in runs.items():
        network = known_network(device)
        losses = student.train(network, images[:count], labels[:count], **arguments)
        found[f"{name}_losses"] = to_numpy(losses, "the losses")
        weights = [to_numpy(parameter, "a weight").ravel() for parameter in network.parameters()]
        found[f"{name}_weights"] = np.concatenate(weights)
    return found


def probe_validation(student, given, device):
    import torch

    from autograder.probing.arrays import pair, to_numpy

    two = np.isin(given["labels"], [AIRPLANE, BIRD])
    labels = (given["labels"][two] == BIRD).astype(np.int64)
    found = student.train_classifier(
        given["images"][two],
        labels,
        given["validation_images"],
        epochs=int(given["classifier_epochs"]),
        seed=given["seed"],
        device=device,
    )
    training, validation = map(torch.as_tensor, pair(found, "train_classifier(...)"))
    x, _ = small_sample(given, EACH)
    predicted = student.predict(known_network(device), torch.from_numpy(x).to(device))
    reported = student.accuracy(training, torch.from_numpy(labels).to(training.device))
    return {
        "training_log_probabilities": to_numpy(training, "log-probabilities"),
        "validation_log_probabilities": to_numpy(validation, "log-probabilities"),
        "predicted": to_numpy(predicted, "predict(network, images)"),
        "reported": to_numpy(reported, "accuracy(log_probabilities, labels)"),
    }


def probe_parameters(student, given, device):
    import torch

    from autograder.probing.arrays import pair, to_numpy

    own = pair(student.parameter_counts(student.build_network(given["hidden"])), "parameter_counts(network)")
    network = known_network(device)
    network[0].requires_grad_(False)
    frozen = pair(student.parameter_counts(network), "parameter_counts(network)")
    x, _ = small_sample(given, 1)
    image = torch.from_numpy(x[1]).to(device)
    shifted = student.shifted_probabilities(known_network(device), image, given["pixels"])
    return {
        "counts": {"total": int(own[0]), "parameters": [int(count) for count in own[1]]},
        "partly_frozen": {"total": int(frozen[0]), "parameters": [int(count) for count in frozen[1]]},
        "shifted": to_numpy(shifted, "shifted_probabilities(network, image, pixels)"),
        "reason": str(getattr(student, "TRANSLATION_REASON", "")),
    }
