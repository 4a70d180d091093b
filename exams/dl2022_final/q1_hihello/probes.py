"""The text of hi?hello!!, and what is observed of the networks that were trained on it."""

from __future__ import annotations

import numpy as np

from autograder.probing.arrays import to_numpy
from autograder.probing.figures import drawn, matrices
from autograder.probing.networks import noting_classes

LETTERS = "!?hielo"  # in the order of the document's mapping
WORD = "hi?hello!!"
PUBLIC_SEED = 2022
TRIAL, TRIAL_EPOCHS = 12, 3  # characters and epochs of the short training, whose operators are observed
ELSEWHERE = 4  # where in WORD the text begins that no network was trained on


def given(seed, profile):
    """Two texts as numbers of LETTERS, the mapping's code of each letter, (7,), and the numbers of epochs.

    The document's text: WORD a hundred times, 500 epochs for the fused networks, 100 for the cells. On embedded
    data: twice, 40 and 12. Hidden variants begin elsewhere in the word, permute the mapping, and train for a
    few epochs only. The text `other`, (20,), is not trained on.
    """
    random = np.random.default_rng(seed)
    word, codes, times, layer_epochs, cell_epochs = WORD, np.arange(7), 2, 40, 12
    if profile == "full":
        times, layer_epochs, cell_epochs = 100, 500, 100
    if seed != PUBLIC_SEED:
        start = int(random.integers(1, len(WORD)))
        word, codes, times = WORD[start:] + WORD[:start], random.permutation(7), 2
        layer_epochs = cell_epochs = int(random.integers(4, 7))
    other = (word[ELSEWHERE:] + word[:ELSEWHERE]) * 2
    return {
        "text": np.array([LETTERS.index(letter) for letter in word * times]),
        "other": np.array([LETTERS.index(letter) for letter in other]),
        "codes": codes,
        "layer_epochs": np.array(layer_epochs),
        "cell_epochs": np.array(cell_epochs),
    }


def mapping_of(given):
    """The mapping as a dictionary, its keys in the order of the codes."""
    return {LETTERS[index]: code for code, index in enumerate(given.codes.argsort().tolist())}


def one_hot(text, given):
    """One-hot rows, float32 (n, 7), on the device."""
    import torch

    return torch.eye(7, device=given.device)[given.codes[text]]


def observe_training(train, epochs, student, given, observe):
    """Train as asked, and twice on the first characters: once observed, once for one more epoch; then draw.

    Returns what was trained as asked.
    """
    rows, elsewhere = one_hot(given.text, given), one_hot(given.other, given)[:-1]
    x, y = rows[:-1], rows[1:]
    settings = given.lr, given.seed, given.device
    first = x[:TRIAL].clone(), y[:TRIAL].clone()
    with observe.operators():
        trial, _ = observe("_trial, trial_probabilities", train, *first, TRIAL_EPOCHS, *settings)
        observe("trial_logits", trial, first[0].clone())
        observe("other_logits", trial, elsewhere.clone())
    observe("_, later_probabilities", train, x[:TRIAL], y[:TRIAL], TRIAL_EPOCHS + 1, *settings)
    module, probabilities = observe("_module, probabilities", train, x.clone(), y.clone(), epochs, *settings)
    observe("logits_elsewhere", module, elsewhere)
    observe_drawing(probabilities, student, given, observe)
    return module


def observe_drawing(probabilities, student, given, observe):
    """Observe the matrix in the figure of these probabilities, and its columns in the order of the tick labels."""
    import torch

    letters = list(mapping_of(given))

    def matrix_in(figure):
        return next(iter(matrices(figure)), np.empty((0, 0)))

    def labelled(figure):
        matrix = matrix_in(figure)
        if matrix.ndim < 2 or not matrix.size:
            return matrix
        axes = figure.axes[0]
        names = [label.get_text() for label in axes.get_xticklabels()]
        columns = dict(zip(names, np.round(axes.get_xticks()).astype(int).tolist(), strict=False))
        absent = np.full(len(matrix), np.nan)
        known = range(matrix.shape[1])
        return np.stack(
            [matrix[:, columns[name]] if columns.get(name) in known else absent for name in letters], 1
        )

    shown = observe("_", lambda: torch.from_numpy(to_numpy(probabilities)))
    figure = drawn(observe, "plot_probabilities", student.plot_probabilities, shown, letters, keep=False)
    observe("drawn", matrix_in, figure)
    observe("labelled", labelled, figure)


def rnn(student, given, observe):
    letters, mapping = [LETTERS[index] for index in given.text.tolist()], mapping_of(given)
    observe("encoded", student.encode, letters[:-1], dict(mapping))
    observe("encoded_few", student.encode, list("hi?"), dict(mapping))
    observe_training(student.train_rnn, given.layer_epochs, student, given, observe)


def rnn_cell(student, given, observe):
    observe_training(student.train_rnn_cell, given.cell_epochs, student, given, observe)


def rnn_from_scratch(student, given, observe):
    classes = set()
    train = noting_classes(student.train_rnn_from_scratch, classes)
    trained = observe_training(train, given.cell_epochs, student, given, observe)
    observe("own_class", lambda _: bool(classes), trained)


def lstm(student, given, observe):
    observe_training(student.train_lstm, given.layer_epochs, student, given, observe)


def lstm_cell(student, given, observe):
    observe_training(student.train_lstm_cell, given.cell_epochs, student, given, observe)


def lstm_from_scratch(student, given, observe):
    observe_training(student.train_lstm_from_scratch, given.cell_epochs, student, given, observe)
