"""Inputs and probes: hi?hello!!."""

from __future__ import annotations

import numpy as np

# -- what is given ------------------------------------------------------------------------------------------

LETTERS = "!?hielo"  # in the order of the document's mapping
WORD = "hi?hello!!"
PUBLIC_SEED = 2022


def given(seed, profile):
    """The text as numbers of LETTERS, (n + 1,), the mapping's code of each letter, (7,), and the epochs.

    The document's: WORD a hundred times, 500 epochs for the fused networks, 100 for the cells. On embedded
    data: twice, 60 and 12. Hidden variants start elsewhere in the word, permute the mapping, and train
    for a few epochs only.
    """
    random = np.random.default_rng(seed)
    word, codes, times, layer_epochs, cell_epochs = WORD, np.arange(7), 2, 60, 12
    if profile == "full":
        times, layer_epochs, cell_epochs = 100, 500, 100
    if seed != PUBLIC_SEED:
        start = int(random.integers(1, len(WORD)))
        word, codes, times = WORD[start:] + WORD[:start], random.permutation(7), 2
        layer_epochs = cell_epochs = int(random.integers(6, 10))
    return {
        "text": np.array([LETTERS.index(letter) for letter in word * times]),
        "codes": codes,
        "layer_epochs": np.array(layer_epochs),
        "cell_epochs": np.array(cell_epochs),
    }


# -- probes -------------------------------------------------------------------------------------------------

TRIAL = 12  # the characters of a short training, which is always watched
TRIAL_EPOCHS = 5
WATCHED_STEPS = 300  # characters times epochs; a full training of this length is watched too

# What torch calls its recurrent networks where it computes them, whichever way they were reached.
RECURRENT_CALLS = frozenset(
    [
        *("rnn_tanh", "rnn_relu", "lstm", "gru"),
        *("rnn_tanh_cell", "rnn_relu_cell", "lstm_cell", "gru_cell"),
    ]
)


def one_hot_pairs(given, device):
    """x and y, float32 tensors of shape (n, 7)."""
    import torch

    rows = torch.eye(7)[torch.from_numpy(given["codes"][given["text"]])].to(device)
    return rows[:-1], rows[1:]


def recurrent_classes(module):
    """The names of torch's recurrent classes in the module tree, those that a student's class inherits too."""
    import torch

    tree = torch.nn.Module.modules(module) if isinstance(module, torch.nn.Module) else []
    found = []
    for inner in tree:
        own = [kind.__name__ for kind in type(inner).__mro__ if kind.__module__.startswith("torch.")]
        found += [name for name in own if any(word in name for word in ("RNN", "LSTM", "GRU"))][:1]
    return found


def has_own_class(module):
    """Whether a class that is not torch's own is in the module tree."""
    import torch

    tree = torch.nn.Module.modules(module) if isinstance(module, torch.nn.Module) else []
    return any(not type(inner).__module__.startswith("torch.") for inner in tree)


def watched(train, x, y, *settings):
    """Train and call the module; return it, the probabilities, the logits and the recurrent calls of torch.

    torch's profiler records every operator below Python, so that no alias hides one.
    """
    from torch._C._profiler import _ExperimentalConfig
    from torch.autograd.profiler import profile

    with profile(experimental_config=_ExperimentalConfig(profile_all_threads=True)) as recorded:
        trained = unwatched(train, x, y, *settings)
    names = {event.name().removeprefix("aten::") for event in recorded.kineto_results.events()}
    return *trained[:3], names & RECURRENT_CALLS


def unwatched(train, x, y, *settings):
    """Do the same where the record would be too long."""
    from autograder.probing.arrays import pair

    module, probabilities = pair(train(x, y, *settings), "the training function")
    return module, probabilities, module(x), set()


def measure(train, given, epochs, device):
    """Train as asked, and twice on the first characters: once watched, once for one more epoch."""
    from autograder.probing.arrays import to_numpy

    x, y = one_hot_pairs(given, device)
    epochs, settings = int(epochs), (given["lr"], given["seed"], device)
    trial_x, trial_y = x[:TRIAL].clone(), y[:TRIAL].clone()
    _, trial, trial_logits, trial_calls = watched(train, trial_x, trial_y, TRIAL_EPOCHS, *settings)
    _, later, _, _ = unwatched(train, trial_x, trial_y, TRIAL_EPOCHS + 1, *settings)
    run = watched if len(x) * epochs <= WATCHED_STEPS else unwatched
    module, probabilities, logits, calls = run(train, x, y, epochs, *settings)
    return {
        "recurrent": recurrent_classes(module),
        "calls": sorted(trial_calls | calls),
        "own_class": has_own_class(module),
        "trial_probabilities": to_numpy(trial, "probabilities"),
        "trial_logits": to_numpy(trial_logits, "module(x)"),
        "later_probabilities": to_numpy(later, "probabilities"),
        "probabilities": to_numpy(probabilities, "probabilities"),
        "logits": to_numpy(logits, "module(x)"),
        "first_logits": to_numpy(module(x[:10]), "module(x[:10])"),
    }


def measure_twin(student, name, given, device):
    """The trial of torch's own cell with the same seed; only the reference solution names one."""
    from autograder.probing.arrays import pair, to_numpy

    twin = getattr(student, name, None)
    if twin is None:
        return {}
    x, y = one_hot_pairs(given, device)
    _, trial = pair(twin(x[:TRIAL], y[:TRIAL], TRIAL_EPOCHS, given["lr"], given["seed"], device), name)
    return {"twin_probabilities": to_numpy(trial, name)}


def probe_rnn(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy
    from autograder.probing.figures import figure_of, matrices, picture

    letters = [LETTERS[index] for index in given["text"]]
    mapping = {letter: int(code) for letter, code in zip(LETTERS, given["codes"], strict=True)}
    encoded = {
        "encoded": to_numpy(student.encode(letters[:-1], mapping), "encode(text, mapping)"),
        "encoded_few": to_numpy(student.encode(list("hi?"), mapping), "encode(text, mapping)"),
    }
    evidence = measure(student.train_rnn, given, given["layer_epochs"], device)
    columns = sorted(mapping, key=mapping.__getitem__)
    shown = torch.from_numpy(evidence["probabilities"])
    figure = figure_of(student.plot_probabilities(shown, columns), "plot_probabilities")
    drawn = matrices(figure)
    labels = figure.axes[0].get_xticklabels() if figure.axes else []
    return (
        encoded
        | evidence
        | {
            "figure": picture(figure),
            "drawn": to_numpy(drawn[0] if drawn else np.empty((0, 0)), "the figure"),
            "tick_columns": [mapping.get(label.get_text(), -1) for label in labels],
        }
    )


def probe_rnn_cell(student, given, device):
    return measure(student.train_rnn_cell, given, given["cell_epochs"], device)


def probe_rnn_from_scratch(student, given, device):
    evidence = measure(student.train_rnn_from_scratch, given, given["cell_epochs"], device)
    return evidence | measure_twin(student, "TWIN_OF_RNN_FROM_SCRATCH", given, device)


def probe_lstm(student, given, device):
    return measure(student.train_lstm, given, given["layer_epochs"], device)


def probe_lstm_cell(student, given, device):
    return measure(student.train_lstm_cell, given, given["cell_epochs"], device)


def probe_lstm_from_scratch(student, given, device):
    evidence = measure(student.train_lstm_from_scratch, given, given["cell_epochs"], device)
    return evidence | measure_twin(student, "TWIN_OF_LSTM_FROM_SCRATCH", given, device)
