"""Question 1 of the final: the next character of hi?hello!!, with torch's recurrent networks and by hand."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    AtMost,
    Axis,
    Close,
    Data,
    Diagram,
    Dtype,
    Facts,
    Layer,
    Limit,
    Operators,
    Part,
    Question,
    Text,
    relation,
)
from autograder.checks.operators import ACTIVATIONS, BY_HAND, LOGSUMEXP, LOSSES, OPTIMISERS, SOFTMAX
from autograder.pictures import Matrix

from .probes import LETTERS, PUBLIC_SEED

LONG_TRAINING = 12  # epochs; after fewer a network need not have learned anything

# Six right ways to write each cell (joined input, other orders of summation, gate by gate, all inputs projected
# at once, integer targets, ...) differ from torch's cells by at most 2.4e-7 in the probabilities and 1.4e-6 in
# the logits of five epochs, over four seeds; a start moved by 1e-6 by 1e-5 and 6e-5.
# Of logits and probabilities: (characters, 7).
AXES = (Axis(Text("글자", "character")), Axis(Text("출력", "output"), first=0))
TRIAL_PROBABILITIES = {"rtol": 0, "atol": {"cpu": 1e-5, "cuda": 1e-4}, "axes": AXES}
TRIAL_LOGITS = {"rtol": 0, "atol": {"cpu": 5e-5, "cuda": 5e-4}, "axes": AXES}

# The same ways after the document's training on 999 characters: 5e-7 at most for the RNN (4.6e-5 on the way, at
# epoch 20), 3.1e-4 for the LSTM. The tolerances on CUDA are not measured.
RNN_PROBABILITIES = {"rtol": 0, "atol": {"cpu": 5e-4, "cuda": 5e-3}, "axes": AXES}
LSTM_PROBABILITIES = {"rtol": 0, "atol": {"cpu": 5e-3, "cuda": 2e-2}, "axes": AXES}


def softmax(logits):
    """Along the last axis, in float64."""
    logits = logits.astype(np.float64)
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# Rounding of one matrix product and one softmax is 2e-6 at most.
@relation(rtol=0, atol={"cpu": 2e-5, "cuda": 2e-4})
def one_update(later_probabilities, trial_logits, trial_probabilities):
    moved = np.abs(later_probabilities - trial_probabilities).max() > 1e-3
    return np.append(later_probabilities, moved), np.append(softmax(trial_logits), True)


def loss_elsewhere(seen):
    """The mean loss of the trained module on a text that begins elsewhere, from its fourth character on.

    Over a hundred seeds a trained one has at most 1.3 after 12 epochs on embedded data; an untrained one, or the
    frequencies of the characters, at least 1.8.
    """
    if seen.inputs["cell_epochs"] < LONG_TRAINING:
        return 0.0
    right = seen.inputs["codes"][seen.inputs["other"][1:]]
    likelihoods = softmax(seen.evidence.arrays["logits_elsewhere"])[np.arange(len(right)), right]
    return float(-np.log(likelihoods[3:]).mean())


def right_fraction(seen):
    """How many next characters have the largest probability after a long training."""
    if seen.inputs["layer_epochs"] < LONG_TRAINING:
        return 1.0
    right = seen.inputs["codes"][seen.inputs["text"][1:]]
    return float((seen.evidence.arrays["probabilities"].argmax(axis=1) == right).mean())


LEARNED = AtMost("loss elsewhere", metric=loss_elsewhere, bound=1.6, open=False)
EVERYTHING_RIGHT = AtLeast("characters right", metric=right_fraction, bound=1.0, open=False)

BY_OWN_NETWORK = Operators(
    allowed=BY_HAND | ACTIVATIONS | SOFTMAX | LOGSUMEXP | LOSSES | OPTIMISERS,
    needed={"tanh", "sigmoid", "exp", "exp2", "expm1", "sinh"},
)
OWN_CLASS = Facts("own_class", expected=True, open=True)

ENCODING = [
    Dtype("encoded", ("float32", "float64"), points=0.25),
    Close("encoded", points=0.25),
    Close("encoded_few", points=0.5),
]


def training(points, probabilities, *required):
    """The checks that the six parts share.

    Args:
        points: for what the trial's probabilities, one update, learning, and the full training's probabilities
            earn; the logits of the trial earn 4, the drawing 1.
        probabilities: their tolerance after the full training.
        required: the checks without points.
    """
    trial, update, learned, full = points
    return [
        *required,
        Close("trial_probabilities", **TRIAL_PROBABILITIES, points=trial),
        Close("trial_logits", **TRIAL_LOGITS, points=2),
        Close("other_logits", **TRIAL_LOGITS, points=2),
        one_update.worth(update),
        LEARNED.worth(learned),
        Close("probabilities", **probabilities, points=full),
        Close("drawn", **probabilities, points=0.5),
        Close("labelled", **probabilities, points=0.5),
    ]


def layers(name, hidden, h, rows):
    """A recurrent layer or cell of torch's, what it gives for so many characters, and the linear layer on it."""
    recurrent, linear = Layer(f"torch.nn.{name}", f"7 → {hidden}"), Layer("torch.nn.Linear", f"{hidden} → 7")
    return recurrent, Data(h, f"({rows}, {hidden})"), linear


def sequence_diagram(name, hidden):
    """A recurrent network that takes the whole sequence at once."""
    after = Data("logits", "(n, 7)"), Layer("softmax"), Data("probabilities", "(n, 7)")
    return Diagram([Data("x", "(n, 7)"), *layers(name, hidden, "h", "n"), *after])


def cell_diagram(name, hidden, state):
    """A cell that takes one character after another, and its own state again."""
    boxes = [Data("xₜ", "(1, 7)"), *layers(name, hidden, "hₜ", 1), Data("logitsₜ", "(1, 7)")]
    return Diagram(boxes, back=(2, 1, state))


def shown_labels(inputs):
    """The characters that are read, and those that may come next in the order of their codes."""
    text = [LETTERS[index] for index in inputs["text"][:10]]
    return text, [LETTERS[index] for index in np.argsort(inputs["codes"])]


TABLE = Matrix(
    values=lambda evidence, inputs: evidence["probabilities"][:10],
    labels=shown_labels,
    x="next character",
    y="character read",
    limits=(-1, 1),  # the documents' matshow(..., cmap="bwr", vmin=-1, vmax=1)
)


def part(name, seed, checks, diagram=None):
    return Part(
        name=name,
        points=15,
        probe=name,
        settings={"lr": 0.1, "seed": seed},
        vary={"lr": [0.03, 0.05, 0.07], "seed": [7, 77, 777, 2023, 31337]},
        limit=Limit(seconds=300),  # 500 epochs of torch.nn.RNN take 20 s on one core, and 60 s on a busy one
        checks=checks,
        diagram=diagram,
        pictures=[TABLE],
    )


RNN, RNN_CELL = Operators(needed={"rnn_tanh"}), Operators(needed={"rnn_tanh_cell"})
LSTM, LSTM_CELL = Operators(needed={"lstm"}), Operators(needed={"lstm_cell"})
CELL = (3, 2, 2, 3)
QUESTION = Question(
    framework="torch",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=30),
    parts=[
        part(
            "rnn",
            12345,
            [*training((2, 2, 2, 2), RNN_PROBABILITIES, RNN), EVERYTHING_RIGHT.worth(1), *ENCODING],
            sequence_diagram("RNN", 8),
        ),
        part("rnn_cell", 12345, training(CELL, RNN_PROBABILITIES, RNN_CELL), cell_diagram("RNNCell", 8, "h")),
        part("rnn_from_scratch", 43052, training(CELL, RNN_PROBABILITIES, BY_OWN_NETWORK, OWN_CLASS)),
        part(
            "lstm",
            43052,
            [*training((3, 2, 2, 2), LSTM_PROBABILITIES, LSTM), EVERYTHING_RIGHT.worth(1)],
            sequence_diagram("LSTM", 4),
        ),
        part(
            "lstm_cell",
            43052,
            training(CELL, LSTM_PROBABILITIES, LSTM_CELL),
            cell_diagram("LSTMCell", 4, "h, c"),
        ),
        part("lstm_from_scratch", 43052, training(CELL, LSTM_PROBABILITIES, BY_OWN_NETWORK)),
    ],
)
