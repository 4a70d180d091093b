"""Inputs and probes: telling 0 from 1."""

from __future__ import annotations

import numpy as np

# -- what is given ------------------------------------------------------------------------------------------

SEED = 12345  # the document's own
PIXELS = 784  # 28 times 28


def given(seed, profile, data):
    """The training images of 0 and 1: all of them for the document's seed, a few dozen of each for another.

    Besides `zeros` (n0, 28, 28) and `ones` (n1, 28, 28), uint8, outputs (n, 1) and labels (n, 1), float32, whose
    accuracy is asked for: `plain`; `half`, of which many outputs are exactly 0.5; and `nan`, nothing but NaN for
    the labels of these images.
    """
    rng = np.random.default_rng(seed)
    images, labels = data["mnist"].train_images, data["mnist"].train_labels
    digits = [images[labels == digit] for digit in (0, 1)]
    if seed != SEED:
        sizes = rng.permutation([rng.integers(60, 71), rng.integers(76, 86)])  # never as many of both
        digits = [some(of_class, size, rng) for of_class, size in zip(digits, sizes, strict=True)]
    zeros, ones = digits
    half_yhat = rng.permutation(np.repeat(np.float32([0.5, 0.2, 0.8]), [24, 10, 7]))
    return {
        "zeros": zeros,
        "ones": ones,
        "plain_yhat": rng.random((53, 1), dtype=np.float32),
        "plain_y": (rng.random((53, 1)) < 0.6).astype(np.float32),
        "half_yhat": half_yhat[:, None],
        "half_y": (rng.permutation(41)[:, None] < 13).astype(np.float32),
        "nan_yhat": np.full((len(zeros) + len(ones), 1), np.nan, np.float32),
        "nan_y": np.repeat(np.float32([0, 1]), [len(zeros), len(ones)])[:, None],
    }


def some(images, size, rng):
    """`size` of the images, in their order."""
    return images[np.sort(rng.choice(len(images), size, replace=False))]


# -- probes -------------------------------------------------------------------------------------------------

FEW = 6  # images of each class, where a few are enough
PARAMETERS = ["weight_1", "bias_1", "weight_2", "bias_2"]


def raw_data(given, device):
    """X, float32 (n, 784), raw, and y, float32 (n, 1): ours, so that make_data does not weigh on later parts."""
    import torch

    images = np.concatenate([given["zeros"], given["ones"]])
    y = np.repeat(np.float32([0, 1]), [len(given["zeros"]), len(given["ones"])])
    return torch.from_numpy(images).reshape(-1, PIXELS).float().to(device), torch.from_numpy(y)[:, None].to(
        device
    )


def probe_network(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy
    from autograder.probing.networks import classes, parameters

    torch.manual_seed(given["seed"])
    network = student.build_network()
    few = {name: given[name][:FEW] for name in ("zeros", "ones")}
    found = {"layers": classes(network), "parameters": parameters(network)}
    if len(found["parameters"]) == len(PARAMETERS):
        found |= {name: to_numpy(p) for name, p in zip(PARAMETERS, network.parameters(), strict=True)}
    found["output"] = to_numpy(network.to(device)(raw_data(few, device)[0] / 255), "build_network()(X)")
    return found | data_made(student, few)


def data_made(student, few):
    """What make_data gives; nothing where it is not written, which then costs its own points only."""
    import torch

    from autograder.probing.arrays import pair, to_numpy

    make_data = getattr(student, "make_data", None)
    try:
        made = make_data and make_data(torch.from_numpy(few["zeros"]), torch.from_numpy(few["ones"]))
    except NotImplementedError:
        made = None
    if made is None:
        return {}
    X, y = pair(made, "make_data")
    return {"X": to_numpy(X, "X"), "y": to_numpy(y, "y")}


def watch_losses(names):
    """A context in which every cross entropy of torch's own that is computed puts its name into `names`.

    It sees the functions behind torch.nn.BCELoss as well, whatever they are called by.
    """
    import torch

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            name = getattr(function, "__name__", "")
            if "cross_entropy" in name:
                names.add(name)
            return function(*args, **(kwargs or {}))

    return Watch()


def run_train(student, X, y, loss, given, device, epochs):
    """Call the student's train on copies; return the network, yhat, losses and the losses of torch in use."""
    from autograder.probing.arrays import BadReturnError, to_numpy

    names = set()
    with watch_losses(names):
        result = student.train(
            X.clone(), y.clone(), loss=loss, epochs=epochs, lr=given["lr"], seed=given["seed"], device=device
        )
    if not isinstance(result, tuple | list) or len(result) != 3:
        raise BadReturnError("train must return three values: network, yhat, losses")
    network, yhat, losses = result
    return network, to_numpy(yhat, "yhat"), to_numpy(losses, "losses"), sorted(names)


def probe_training(student, X, y, loss, given, device):
    """Train for one epoch and for all; report the outputs and losses of both, and the network before and after."""
    import torch

    from autograder.probing.arrays import to_numpy
    from autograder.probing.networks import parameters

    torch.manual_seed(given["seed"])
    initial = student.build_network().to(device)
    initial_bias = to_numpy(list(initial.parameters())[-1])
    network, first_yhat, first_losses, _ = run_train(student, X, y, loss, given, device, 1)
    bias_step = to_numpy(list(network.parameters())[-1]) - initial_bias
    network, yhat, losses, names = run_train(student, X, y, loss, given, device, given["epochs"])
    return {
        "initial_yhat": to_numpy(initial(X)),
        "first_yhat": first_yhat,
        "first_losses": first_losses,
        "bias_step": bias_step,
        "yhat": yhat,
        "losses": losses,
        "trained_yhat": to_numpy(network(X), "network(X)"),
        "counts": counts(first_yhat, yhat, to_numpy(y)),
        "torch_losses": names,
        "parameters": parameters(network),
        **drawn(student, y, yhat),
    }


def counts(first_yhat, yhat, y):
    """Images, right answers, outputs of exactly 1 in the first epoch, outputs that are NaN: for pinned values only."""
    right = np.count_nonzero((yhat.ravel() > 0.5)[: len(y)] == (y.ravel() == 1)[: yhat.size])
    return np.array([len(y), right, np.count_nonzero(first_yhat == 1), np.count_nonzero(np.isnan(yhat))])


def drawn(student, y, yhat):
    """The student's figure, and the heights of the two lines in it; nothing where plot_fit is not written."""
    import torch
    from matplotlib import pyplot as plt

    from autograder.probing.figures import figure_of, lines, picture

    plt.close("all")
    plot_fit = getattr(student, "plot_fit", None)
    try:
        value = plot_fit and plot_fit(y.detach().cpu(), torch.from_numpy(yhat.copy()))
    except NotImplementedError:
        value = None
    if value is None:
        return {}
    figure = figure_of(value, "plot_fit")
    heights = [line[:, 1] for line in lines(figure)]
    if len(heights) != 2 or len(heights[0]) != len(heights[1]):
        return {"figure": picture(figure)}
    return {"figure": picture(figure), "plotted": np.stack(heights)}


def answers(student, well, reason):
    """The student's judgement, true or false or anything else, and the reason for it."""
    judged = getattr(student, well, None)
    return {
        "trains_well": judged if isinstance(judged, bool | None) else str(judged),
        "reason": str(getattr(student, reason, "")),
    }


def probe_bce_loss(student, given, device):
    X, y = raw_data(given, device)
    return probe_training(student, X, y, "bce_loss", given, device)


def probe_manual(student, given, device):
    X, y = raw_data(given, device)
    found = probe_training(student, X, y, "manual_bce", given, device)
    _, second_yhat, _, _ = run_train(student, X, y, "manual_bce", given, device, 2)
    _, faint_yhat, faint_losses, _ = run_train(student, X / 255, y, "manual_bce", given, device, 1)
    stated = [getattr(student, name, 0) for name in ("NAN_LOSS_STEP", "NAN_OUTPUT_STEP")]
    return {
        **found,
        "second_yhat": second_yhat,
        "faint_yhat": faint_yhat,
        "faint_losses": faint_losses,
        "nan_steps": np.array([step if type(step) is int else -1 for step in stated]),
        **answers(student, "MANUAL_TRAINS_WELL", "MANUAL_REASON"),
    }


def probe_normalized(student, given, device):
    from autograder.probing.arrays import to_numpy

    X, y = raw_data(given, device)
    few = raw_data({name: given[name][:FEW] for name in ("zeros", "ones")}, device)[0]
    return {
        **probe_training(student, student.normalize(X), y, "manual_bce", given, device),
        "normalized": to_numpy(student.normalize(few), "normalize(X)"),
        **answers(student, "NORMALIZED_TRAINS_WELL", "NORMALIZED_REASON"),
    }


def probe_accuracy(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy

    found = {}
    for case in ("plain", "half", "nan"):
        yhat, y = (torch.from_numpy(given[f"{case}_{name}"]).to(device) for name in ("yhat", "y"))
        found[f"accuracy_{case}"] = to_numpy(student.accuracy(yhat, y), "accuracy(yhat, y)")
    return found
