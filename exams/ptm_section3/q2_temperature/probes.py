"""The inputs of the thermometer's scale, and what is observed."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from autograder.probing.arrays import BadReturnError
from autograder.probing.figures import drawn, lines
from autograder.probing.networks import after_each_step, classes, parameters

SEED = 11
T_C = (0.5, 14.0, 15.0, 28.0, 11.0, 8.0, 3.0, -4.0, 6.0, 13.0, 21.0)
T_U = (35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4)
# The document gives no seed. Its validation outputs 3.0174 and 6.6819 of the line with weight 0.7634 and bias
# 0.4294 tell the validation samples: t_u = 33.9 and 81.9, the samples 6 and 3. Of the training samples' order
# nothing can be told; it changes the losses by 1e-5 (float32), and with this one all printed digits come out.
SHUFFLED = (10, 0, 7, 5, 2, 9, 8, 1, 4, 6, 3)
# The two lines whose outputs are printed, to five digits by these outputs; and the start of the printed training,
# to seven digits by its first two losses.
LINES = ((-0.05360, -0.55558), (0.76343, 0.42937))
START = (0.0702065, 0.2531503)
WIDEST = 32  # no hidden layer that is asked for is wider

# From about the 3500th epoch on, gradient descent on the network with lr = 0.001 is at the edge of stability: a
# change of 1e-6 in the start changes single losses by 1 and more. Up to the 3000th float32 and float64 differ by
# 3e-5. So the losses of the first 1000 epochs are compared with the reference, and every epoch with the student's
# own parameters.
EARLY = 1000


def samples(seed):
    """t_u, t_c (n,) and a permutation: the document's, or others on another line with noise."""
    if seed == SEED:
        return np.array(T_U), np.array(T_C), np.array(SHUFFLED)
    rng = np.random.default_rng(seed)
    t_u = rng.uniform(20, 85, rng.integers(12, 17)).round(1)
    t_c = rng.uniform(0.4, 0.7) * (t_u - rng.uniform(25, 40)) + rng.normal(0, 1.5, len(t_u))
    return t_u, t_c.round(1), rng.permutation(len(t_u))


def network_start(rng, hidden):
    """Weights and biases (3 hidden + 1,) of 1-hidden-1 from the distribution of torch's nn.Linear."""
    bound = np.repeat([1.0, hidden**-0.5], [2 * hidden, hidden + 1])
    return rng.uniform(-bound, bound)


def given(seed, profile):
    """The document's data and split for the public seed; other lines, splits and starts for any other seed.

    float32 but for the indices: `t_u`, `t_c` (n,), `shuffled_indices` (n,); the four halves of the split as
    `split` returns them; `lines` (2, 2): weight and bias of two linear models; `start` (2,): those before
    training; `weights` (4, 32) for networks of any width; `net_start` (25,) for 1-8-1; `t_range` (m, 1). The
    document's 3000 and 5000 epochs, `n_epochs` and `net_epochs`, are fewer in the profile mini and on hidden data.
    """
    rng = np.random.default_rng([seed, 1])
    t_u, t_c, indices = samples(seed)
    n_val = int(0.2 * len(t_u))
    t_un, t_c = np.float32(0.1) * t_u.astype(np.float32)[:, None], t_c.astype(np.float32)
    training, validation = indices[:-n_val], indices[-n_val:]
    public = seed == SEED
    epochs = ((3000, 5000) if profile == "full" else (1000, 300)) if public else (100 + seed % 7 * 5, 60)
    arrays = {
        "t_u": t_u,
        "t_c": t_c,
        "t_un_train": t_un[training],
        "t_un_val": t_un[validation],
        "t_c_train": t_c[training, None],
        "t_c_val": t_c[validation, None],
        "lines": np.array(LINES) if public else rng.uniform(-1, 1, (2, 2)),
        "start": np.array(START) if public else rng.uniform(-1, 1, 2),
        "weights": rng.uniform(-1, 1, (4, WIDEST)),
        "net_start": network_start(rng, 8),
        "t_range": np.arange(20.0, 90.0 if public else 80.0)[:, None],
    }
    numbers = {"n_epochs": epochs[0], "net_epochs": epochs[1], "public": public}
    return {
        **{name: array.astype(np.float32) for name, array in arrays.items()},
        **{name: np.array(number) for name, number in numbers.items()},
        "shuffled_indices": indices.astype(np.int64),
    }


# -- models of ours, and what is said of a student's --------------------------------------------------------


def line(weight_and_bias):
    """A linear model with this weight and bias, on their device."""
    import torch

    model = torch.nn.Linear(1, 1).to(weight_and_bias.device)
    model.weight.data, model.bias.data = weight_and_bias[:1, None].clone(), weight_and_bias[1:].clone()
    return model


def counted(model):
    """A model whose attribute `calls` counts how often hooks run before and after it."""
    model.calls = {"before": 0, "after": 0}

    def count(name):
        def hook(*_):
            model.calls[name] += 1

        return hook

    model.register_forward_pre_hook(count("before"))
    model.register_forward_hook(count("after"))
    return model


def flat_weights(weights, hidden):
    """Parameters (3 hidden + 1,) of 1-hidden-1 from the given (4, 32), as array or tensor."""
    pieces = [*weights[0, :hidden], *weights[1, :hidden], *weights[2, :hidden], weights[3, 0]]
    return np.array([float(piece) for piece in pieces])


def load(model, values, device):
    """Copy parameters (3h + 1,) of 1-h-1 into a model as far as its own shapes agree; return it on the device."""
    import torch

    hidden = (len(values) - 1) // 3
    pieces = np.split(np.asarray(values, np.float32), [hidden, 2 * hidden, 3 * hidden])
    shapes = [(hidden, 1), (hidden,), (1, hidden), (1,)]
    for value, piece, shape in zip(model.parameters(), pieces, shapes, strict=False):
        if tuple(value.shape) == shape:
            value.data = torch.from_numpy(piece.reshape(shape).copy())
    return model.to(device)


def thirteen(device):
    """The document's 1-13-1 without names."""
    import torch

    return torch.nn.Sequential(torch.nn.Linear(1, 13), torch.nn.Tanh(), torch.nn.Linear(13, 1)).to(device)


def named_network(inputs, hidden, device):
    """Our own network with the names that named_model asks for."""
    import torch

    layers = [
        ("hidden_linear", torch.nn.Linear(inputs, hidden)),
        ("hidden_activation", torch.nn.Tanh()),
        ("output_linear", torch.nn.Linear(hidden, 1)),
    ]
    return torch.nn.Sequential(OrderedDict(layers)).to(device)


def updated(model, run):
    """Return what run() returns, and a list that gets the model's parameters after each update of any optimiser."""
    import torch

    path = []

    def note(_):
        path.append(torch.cat([value.detach().reshape(-1) for value in model.parameters()]))

    with after_each_step(note):
        return run(), path


# -- probes -------------------------------------------------------------------------------------------------


def halves(given):
    return [given[name] for name in ("t_un_train", "t_un_val", "t_c_train", "t_c_val")]


def training_loop(student, given, observe):
    import torch

    model, mse, scale = line(given.start), torch.nn.MSELoss(), given.loss_scale
    optimizer = torch.optim.SGD(model.parameters(), lr=given.lr)

    def loss_fn(prediction, target):
        return scale * mse(prediction, target)

    def run():
        names = "training_losses, validation_losses"
        observe(names, student.training_loop, given.n_epochs, optimizer, model, loss_fn, *halves(given))

    _, path = updated(model, run)
    observe("path", lambda: path)
    observe("fitted", lambda: [model.weight[0, 0], model.bias[0]])


def drawn_line(found, x, wanted=lambda y: True):
    """The first line over x whose y is wanted among a figure's lines (n, 2), whatever their order."""
    for one in found:
        if one.shape == (len(x), 2) and np.allclose(one[:, 0], x, atol=1e-3) and wanted(one[:, 1]):
            return one
    counts = [len(one) for one in found]
    raise BadReturnError(
        f"the figure has no such line; its lines have {counts} points",
        f"그림에 이런 선이 없습니다. 그려진 선의 점의 개수는 {counts}입니다",
    )


def named_model(student, given, observe):
    model = load(named_network(1, 8, given.device), given.net_start.cpu(), given.device)
    eight = observe("_eight", student.named_model, 8)
    observe("modules", classes, eight, "named_model(8)")
    observe("parameters_of_eight", parameters, eight, "named_model(8)")
    observe("parameters", lambda: parameters(student.named_model(given.hidden), "named_model(hidden)"))
    observe("output_bias", student.output_bias, model)

    def run():
        names = "training_losses, validation_losses, output, hidden_gradient"
        return observe(names, student.fit_named_model, model, *halves(given), given.net_epochs, given.lr)

    losses, path = updated(model, run)
    observe("early_training_losses", lambda: losses[0][:EARLY])
    observe("early_validation_losses", lambda: losses[1][:EARLY])
    observe("path", lambda: path)
    t_u, t_c, t_range = given.t_u, given.t_c, given.t_range
    shown = t_u[:, None], t_c[:, None], t_range
    figure = drawn(observe, "plot_fit", student.plot_fit, model, *shown, keep=given.public)
    x, y, over = (values.cpu().numpy().ravel() for values in (t_u, t_c, t_range))
    found = observe("_lines", lines, figure)
    observe("points_drawn", lambda: drawn_line(found, x, lambda ys: np.allclose(ys, y, atol=1e-3)))
    observe("curve_drawn", lambda: drawn_line(found, over))
    observe("crosses_drawn", lambda: drawn_line(found, x, lambda ys: not np.allclose(ys, y, atol=1e-3)))
    observe("xlabel", lambda: figure.axes[0].get_xlabel().strip())
    observe("ylabel", lambda: figure.axes[0].get_ylabel().strip())
    observe("comparison", lambda: student.COMPARISON)
