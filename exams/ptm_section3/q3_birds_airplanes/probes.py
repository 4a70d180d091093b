"""The inputs of birds and airplanes, and what is observed."""

from __future__ import annotations

from itertools import islice

import numpy as np

from autograder.probing.arrays import BadReturnError, to_numpy
from autograder.probing.figures import drawn, in_reading_order, rows_and_columns, title_of
from autograder.probing.networks import after_each_step, classes, parameters

PUBLIC_SEED = 0
AIRPLANE, BIRD = 0, 2

# Epochs, the least accuracy on the validation images and the greatest loss of the training images, from the runs in
# data/measured/ptm_section3/q3_birds_airplanes_accuracies.json. Untrained networks have a loss of 0.61 and more.
FULL, HIDDEN_FULL, MINI = (100, 0.75, 0.3), (5, 0.65, 0.55), (10, 0.6, 0.4)

ITEM = 99  # the document's cifar10[99]
HIDDEN = 8  # neurons of the small network that the student's functions are given
EACH = 40  # airplanes and birds that are trained on in the part `training`
SINGLE = 10  # of them, one by one
ONCE = {"epochs": 1, "batch_size": 16}
SMALL_LR = 4e-5  # so small that the order within an epoch hardly matters
COMPARED = 8  # images of either set, whose log-probabilities are compared with the trained network's


def given(seed, profile, data):
    """CIFAR-10: all training images for the public seed, in their order; a sample in a new order for others.

    images (n, 32, 32, 3) uint8, labels (n,); x (80, 3, 32, 32) float32 and y (80,): airplanes and birds in turn, as
    a network takes them; the airplanes and birds of the other split as validation_images (m, 32, 32, 3) and, withheld,
    validation_labels (m,); classifier_epochs, threshold and most_loss, see above; one_by_one, how many images are trained on one
    by one: those of x or, as in the document, all; scores (6, 4) for softmax; log_rows (60, 2) and log_labels (60,) for the accuracy; and whether it is public.
    """
    cifar10 = data["cifar10"]
    rng = np.random.default_rng(seed)
    public, full = seed == PUBLIC_SEED, profile == "full"
    wanted = np.flatnonzero(np.isin(cifar10.test_labels, [AIRPLANE, BIRD]))
    chosen = np.arange(len(cifar10.train_labels))
    if not public:
        chosen, wanted = hidden_sample(cifar10.train_labels, rng), rng.permutation(wanted)
    epochs, threshold, most_loss = (FULL if public else HIDDEN_FULL) if full else MINI
    images, labels = cifar10.train_images[chosen], cifar10.train_labels[chosen]
    x, y = in_turn(images, labels)
    return {
        "images": images,
        "labels": labels,
        "x": x,
        "y": y,
        "validation_images": cifar10.test_images[wanted],
        "validation_labels": (cifar10.test_labels[wanted] == BIRD).astype(np.int64),
        "classifier_epochs": np.array(epochs),
        "threshold": np.array(threshold),
        "most_loss": np.array(most_loss),
        "one_by_one": np.array(len(two_classes(images, labels)[1]) if full and public else len(y)),
        "scores": rng.normal(0, 2, (6, 4)).astype(np.float32),
        "log_rows": np.log(rng.dirichlet([1, 1], 60)).astype(np.float32),
        "log_labels": rng.integers(0, 2, 60),
        "public": np.array(public),
    }


def hidden_sample(labels, rng):
    """Indices, in random order, of at most 250 airplanes and 250 birds, and of 15 of each other class."""
    most = {AIRPLANE: 250, BIRD: 250}
    each = [rng.permutation(np.flatnonzero(labels == label))[: most.get(label, 15)] for label in range(10)]
    return rng.permutation(np.concatenate(each))


def two_classes(images, labels):
    """The airplanes and birds in the given order, and their labels: 0 for airplanes, 1 for birds."""
    two = np.flatnonzero(np.isin(labels, [AIRPLANE, BIRD]))
    return images[two], (labels[two] == BIRD).astype(np.int64)


def pixels_of(images):
    """Images (n, 32, 32, 3) uint8 as a network's input (n, 3, 32, 32), float32, from -2 to 2."""
    return ((images / 255 - 0.5) / 0.25).astype(np.float32).transpose(0, 3, 1, 2).copy()


def in_turn(images, labels):
    """The first EACH airplanes and birds in turn, as a network's input, with their labels."""
    order = np.stack([np.flatnonzero(labels == label)[:EACH] for label in (AIRPLANE, BIRD)], axis=1).ravel()
    return pixels_of(images[order]), np.tile(np.array([0, 1]), EACH)


# -- networks of ours ---------------------------------------------------------------------------------------


def known_weights(shapes):
    """Weights of these shapes that look random and are the same everywhere, float32; of size 1/√(inputs)."""
    weights = []
    for k, shape in enumerate(shapes):
        period = (np.arange(2003) * 7919 + 104729 * (k + 1)) % 2003 / 2003 - 0.5
        values = (2 * period / np.sqrt(shape[-1])).astype(np.float32)
        weights.append(np.resize(values, shape))
    return weights


def filled(network, device):
    """A network on the device with the known weights, whatever its shapes."""
    import torch

    found = list(network.parameters())
    for parameter, weight in zip(found, known_weights([tuple(p.shape) for p in found]), strict=True):
        parameter.data = torch.from_numpy(weight)
    return network.to(device)


def plain_network(hidden):
    """The network 3072-hidden-2, which gives logits, with whatever weights the memory has."""
    import torch
    from torch.nn.utils import skip_init

    linear = torch.nn.Linear
    return torch.nn.Sequential(skip_init(linear, 3072, hidden), torch.nn.Tanh(), skip_init(linear, hidden, 2))


def known_network(device):
    """The small network with the known weights."""
    return filled(plain_network(HIDDEN), device)


def partly_frozen():
    """A small network of which the first layer is not trained."""
    network = plain_network(HIDDEN)
    network[0].requires_grad_(False)
    return network


def kinds(network):
    """The classes of a network and of its layers, but for those that change nothing here."""
    idle = ("torch.nn.Flatten", "torch.nn.Identity")
    return [name for name in classes(network, "build_network(hidden)") if name not in idle]


def shapes_of(network):
    return [shape for _, shape in parameters(network, "build_network(hidden)")]


def flat(values):
    """The numbers of several tensors or arrays in one array."""
    return np.concatenate([to_numpy(value).ravel() for value in values])


# -- probes -------------------------------------------------------------------------------------------------


def arrays(given, *names):
    """Inputs as numpy arrays."""
    return [given[name].cpu().numpy() for name in names]


def inverted(image):
    """A transform of ours: the negative."""
    return 255 - image


def image_axes(figure):
    """The axes of a figure that show images, in the order of reading."""
    found = in_reading_order(axes for axes in figure.axes if axes.get_images())
    if not found:
        raise BadReturnError(
            "must show its images with imshow; the figure has none",
            "이미지를 imshow로 보여야 하는데 그림에 이미지가 없습니다",
        )
    return found


def images_in(figure):
    """The images that a figure shows, (n, height, width, 3), as matplotlib draws them: from 0 to 1."""
    found = to_numpy([np.ma.filled(axes.get_images()[-1].get_array(), np.nan) for axes in image_axes(figure)])
    return found / 255 if found.dtype == np.uint8 else np.clip(found.astype(np.float64), 0, 1)


def dataset(student, given, observe):
    import torch

    images, labels = arrays(given, "images", "labels")
    plain = observe("_plain", student.make_dataset, images, labels)
    observe("is_dataset", isinstance, plain, torch.utils.data.Dataset)
    observe("own_class", of_own_class, plain, torch.utils.data.Dataset)
    observe("length", lambda: len(plain))
    observe("item, label", lambda: plain[ITEM])
    changed = observe("_changed", student.make_dataset, images, labels, inverted)
    observe("transformed_item", lambda: changed[ITEM][0])
    tensor = observe("tensor", student.to_tensor, images[ITEM].copy())
    observe("tensor_range", lambda: [tensor.min(), tensor.max()])
    image = torch.from_numpy(pixels_of(images[ITEM : ITEM + 1])[0])  # its numbers go beyond 0 and 1
    figure = drawn(observe, "show_image", student.show_image, image, keep=given.public)
    observe("shown", lambda: images_in(figure)[0])
    ten = drawn(observe, "plot_classes", student.plot_classes, images, labels, keep=given.public)
    observe("shown_classes", lambda: images_in(ten))
    observe("titles", lambda: [title_of(axes).lower() for axes in image_axes(ten)])
    observe("grid", lambda: rows_and_columns(image_axes(ten)))
    observe("hierarchy", lambda: [kind.__name__ for kind in student.class_hierarchy(numbered_images())])
    stream = observe("_stream", student.make_iterable_dataset, images[:5], labels[:5])
    observe("is_iterable", isinstance, stream, torch.utils.data.IterableDataset)
    observe("streamed", lambda: [flat([image, label]) for image, label in islice(stream, 6)])


def of_own_class(thing, base):
    return isinstance(thing, base) and not type(thing).__module__.startswith("torch")


def numbered_images():
    """A dataset whose class is two steps away from torch's."""
    from torch.utils.data import Dataset

    return type("NumberedImages", (type("Images", (Dataset,), {}),), {})()


TRAIN, VALIDATION = slice(0, 32), slice(32, 48)  # of the given images, for normalize_both
ASKED_MEAN, ASKED_STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def normalization(student, given, observe):
    import torch

    [images] = arrays(given, "images")
    observe("mean, std", student.channel_statistics, images)
    scaled = torch.from_numpy((images[:16] / 255).astype(np.float32)).permute(0, 3, 1, 2)
    mean, std = torch.tensor(ASKED_MEAN), torch.tensor(ASKED_STD)
    observe("normalized", student.normalize, scaled, mean, std)
    observe("train, validation", student.normalize_both, images[TRAIN].copy(), images[VALIDATION].copy())


def chosen_classes(student, given, observe):
    chosen, _ = observe("_chosen, labels", student.airplanes_and_birds, *arrays(given, "images", "labels"))
    chosen = observe("_array", to_numpy, chosen)
    # All images would be 30 MB: the sums tell which they are, and in which order.
    observe("sums", lambda: chosen.sum(axis=tuple(range(1, chosen.ndim)), dtype=np.float64))
    observe("first_images", lambda: chosen[:8])


def softmax_and_classes(student, given, observe):
    import torch

    row = torch.tensor([1.0, 2.0, 3.0], device=given.device)
    rows = torch.stack([row, row])
    with observe.operators():
        observe("vector", student.softmax, row, 0)
        observe("batch", student.softmax, rows, 1)
        observe("rows", student.softmax, given.scores, 1)
    network, other, images = known_network(given.device), known_network(given.device), given.x[:4]
    for parameter in other[2].parameters():
        parameter.data.neg_()  # logits of the other sign, so that the other class is the more probable one
    observe("probabilities, _", student.classify, network, images[0])
    observe(
        "indices", lambda: [student.classify(one, image)[1] for one in (network, other) for image in images]
    )


def training(student, given, observe):
    x, y, lr = given.x, given.y, given.lr
    asked = {"epochs": given.epochs, "batch_size": given.batch_size, "lr": lr}
    runs = {
        "ordered": (len(y), {**asked, "shuffle": False}),
        "single": (SINGLE, {"epochs": 2, "batch_size": 1, "lr": lr, "shuffle": False}),
        "whole": (len(y), {**asked, "batch_size": len(y), "shuffle": True}),
        "once": (len(y), {**ONCE, "lr": SMALL_LR, "shuffle": True}),
        "shuffled": (len(y), {**ONCE, "lr": lr, "shuffle": True}),
    }
    for name, (count, how) in runs.items():
        network = known_network(given.device)
        order = (how[key] for key in ("epochs", "lr", "batch_size", "shuffle"))
        observe(f"{name}_losses", student.train, network, x[:count], y[:count], *order)
        observe(f"{name}_weights", lambda network=network: flat(network.parameters()))
    network, images, labels = one_by_one(given)
    with after_each_step() as seen:
        observe("_losses", student.train, network, images, labels, 1, lr, 1, False)
    observe("updates_one_by_one", lambda: seen.steps)


def one_by_one(given):
    """The document's loop over single images: its network and its 10,000 images in the profile full, else fewer."""
    import torch

    if given.one_by_one == len(given.y):
        return known_network(given.device), given.x, given.y
    images, labels = two_classes(*arrays(given, "images", "labels"))
    tensors = torch.from_numpy(pixels_of(images)), torch.from_numpy(labels)
    return filled(plain_network(512), given.device), *(tensor.to(given.device) for tensor in tensors)


def trained(updates):
    """The parameters of the last update.

    Raises:
        BadReturnError: there was none that changed anything.
    """
    if not updates.changed:
        raise BadReturnError(
            "train_classifier made no update with an optimiser of torch",
            "train_classifier가 torch의 옵티마이저로 파라미터를 한 번도 갱신하지 않았습니다",
        )
    return updates.parameters


def layers_of(tensors):
    """W1 (512, 3072), b1, W2 (2, 512) and b2, in float64 on the CPU, among a network's parameters."""
    by_size = {tensor.numel(): tensor.detach().cpu().double() for tensor in tensors}
    wanted = {int(np.prod(shape)): shape for shape in [(512, 3072), (512,), (2, 512), (2,)]}
    if sorted(by_size) != sorted(wanted) or len(tensors) != 4:
        sizes = sorted(by_size)
        raise BadReturnError(
            f"the trained network is no 3072-512-2: its parameters have {sizes} numbers",
            f"학습한 네트워크가 3072-512-2가 아닙니다. 파라미터의 원소 수가 {sizes}입니다",
        )
    found = [(by_size[size], shape) for size, shape in wanted.items()]
    return [value if value.shape == shape else value.T.reshape(shape) for value, shape in found]


def rows_of(layers, images):
    """The log-probabilities that a network of these layers gives for images (n, 3, 32, 32)."""
    import torch

    w1, b1, w2, b2 = layers
    hidden = torch.tanh(images.flatten(1).double() @ w1.T + b1)
    return torch.log_softmax(hidden @ w2.T + b2, dim=1)


def normalized_by(train, images):
    """Images (n, 3, 32, 32), float64, less the training images' mean, over their deviation."""
    import torch

    values = torch.from_numpy(train).double() / 255
    mean, std = values.mean(dim=(0, 1, 2)), values.std(dim=(0, 1, 2))
    return ((torch.from_numpy(images) / 255 - mean) / std).permute(0, 3, 1, 2)


def validation(student, given, observe):
    predicted = observe("predicted", student.predict, known_network(given.device), given.x)
    observe("records_gradients", getattr, predicted, "requires_grad", False)
    observe("accuracy", student.accuracy, given.log_rows, given.log_labels)
    images, labels = two_classes(*arrays(given, "images", "labels"))
    [unseen] = arrays(given, "validation_images")
    names = "training_log_probabilities, validation_log_probabilities"
    how = given.classifier_epochs, given.seed, given.device
    with after_each_step() as seen:
        observe(names, student.train_classifier, images.copy(), labels.copy(), unseen.copy(), *how)
    observe("optimizer", lambda: seen.optimizer)
    observe("updates", lambda: seen.steps if seen.changed else 0)
    compared = normalized_by(images, np.concatenate([images[:COMPARED], unseen[:COMPARED]]))
    observe("network_rows", lambda: rows_of(layers_of(trained(seen)), compared))
    observe("first_in_order", lambda: in_order(seen, normalized_by(images, images[:64]), labels[:64]))


def in_order(seen, images, labels):
    """Whether the first update was made by the first images in the given order: its gradient tells.

    That of the 1,024 last weights, which no other minibatch has. The bias's is one number, near that of many.
    """
    import torch

    _, before, grads = map(layers_of, (trained(seen), *seen.first))
    last = before[2].requires_grad_()
    loss = torch.nn.functional.nll_loss(rows_of(before, images), torch.from_numpy(labels))
    [expected] = torch.autograd.grad(loss, last)
    return torch.allclose(expected, grads[2], atol=1e-4)
