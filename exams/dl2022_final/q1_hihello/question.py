"""Question 1 of the final: the next character of hi?hello!!, with torch's recurrent networks and by hand."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    AtMost,
    Close,
    Data,
    Diagram,
    Dtype,
    Facts,
    Finite,
    Forbids,
    Layer,
    Limit,
    Part,
    Picture,
    Question,
    Relation,
    Shape,
    Text,
)
from autograder.pictures import Matrix

from .probes import LETTERS, PUBLIC_SEED, RECURRENT_CALLS

# -- what is given ------------------------------------------------------------------------------------------

LONG_TRAINING = 50  # epochs; from here on every character is expected to be right


# -- equations ----------------------------------------------------------------------------------------------


def softmax(logits):
    """Along the last axis, in float64."""
    logits = logits.astype(np.float64)
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def encoding_equation(evidence, inputs):
    return evidence["encoded"], np.eye(7)[inputs["codes"][inputs["text"][:-1]]]


def few_letters_equation(evidence, inputs):
    few = [LETTERS.index(letter) for letter in "hi?"]
    return evidence["encoded_few"], np.eye(7)[inputs["codes"][few]]


def drawing_equation(evidence, inputs):
    return evidence["drawn"], evidence["probabilities"][:10]


def rows_equation(evidence, inputs):
    probabilities, rows = evidence["probabilities"].astype(np.float64), len(inputs["text"]) - 1
    sums, negative = probabilities.sum(axis=1), probabilities.clip(max=0).sum(axis=1)
    return np.stack([sums, negative]), np.stack([np.ones(rows), np.zeros(rows)])


def one_update_equation(evidence, inputs):
    return evidence["later_probabilities"], softmax(evidence["trial_logits"])


def prefix_equation(evidence, inputs):
    if len(evidence["logits"]) != len(inputs["text"]) - 1:
        raise ValueError("logits must have a row for every character")
    return evidence["first_logits"], evidence["logits"][:10]


def right_fraction(seen):
    """How many next characters have the greatest probability, and logit, after a long training."""
    if seen.inputs["layer_epochs"] < LONG_TRAINING:
        return 1.0  # a few epochs need not suffice
    wanted = seen.inputs["codes"][seen.inputs["text"][1:]]
    fractions = []
    for name in ("probabilities", "logits"):
        array = seen.evidence.arrays.get(name)
        if array is None or array.shape != (len(wanted), 7):
            return Text(ko=f"{name}의 모양이 (n, 7)이 아닙니다.", en=f"{name} is not of shape (n, 7).")
        fractions.append(float((array.argmax(axis=1) == wanted).mean()))
    return min(fractions)


def distance_from_twin(seen):
    """The largest difference between the student's trial and that of torch's cell with the same seed.

    A student's own check has no reference, and then nothing is asked here.
    """
    if seen.reference is None:
        return 0.0
    mine, cell = seen.evidence.arrays.get("trial_probabilities"), seen.reference["twin_probabilities"]
    if mine is None or mine.shape != cell.shape:
        return Text(
            ko=f"probabilities의 모양이 {cell.shape}이(가) 아닙니다.",
            en=f"probabilities is not of shape {cell.shape}.",
        )
    return float(np.abs(mine.astype(np.float64) - cell).max())


# -- what is asked ------------------------------------------------------------------------------------------

# Six right ways to write each cell (joined input, other orders of summation, gate by gate, all inputs projected
# at once, integer targets, ...) differ from torch's cells by at most 2.4e-7 in the probabilities and 1.4e-6 in
# the logits of five epochs, over four seeds; a start moved by 1e-6 by 1e-5 and 6e-5.
TRIAL_PROBABILITIES = {"rtol": 0, "atol": {"cpu": 1e-5, "cuda": 1e-4}}
TRIAL_LOGITS = {"rtol": 0, "atol": {"cpu": 5e-5, "cuda": 5e-4}}
TWIN_DISTANCE = 1e-4  # on any device

# The same ways after the document's training on 999 characters: 5e-7 at most for the RNN (4.6e-5 on the way, at
# epoch 20), 3.1e-4 for the LSTM. The tolerances on CUDA are not measured.
RNN_PROBABILITIES = {"rtol": 0, "atol": {"cpu": 5e-4, "cuda": 5e-3}}
LSTM_PROBABILITIES = {"rtol": 0, "atol": {"cpu": 5e-3, "cuda": 2e-2}}

# One run against itself: rounding of one matrix product and of one softmax, measured 2e-6 at most.
SAME_RUN = {"rtol": 0, "atol": {"cpu": 2e-5, "cuda": 2e-4}}

# Ways to the built-in networks that have no use for initial values; to other libraries' and to quantized ones; to
# code and objects from files; and to the record of what torch computes.
FORBIDDEN = [
    *(f"torch.{name}" for name in sorted(RECURRENT_CALLS)),
    *(f"torch._VF.{name}" for name in sorted(RECURRENT_CALLS)),
    *("torch._VF", "torch._C", "torch.ops", "torch.jit", "torch.fx", "torch.export", "torch.onnx"),
    *("torch.compile", "torch.compiler", "torch.overrides", "torch.library", "torch.utils.cpp_extension"),
    *("torch.ao", "torch.quantization", "torch.nn.quantized", "torch.nn.quantizable", "torch.nn.qat"),
    *("torch.load", "torch.serialization", "torch.hub", "torch.package", "torch.multiprocessing"),
    *("torch.profiler", "torch.autograd.profiler"),
    *("fastai", "keras", "tensorflow"),
]


def rows_check(points):
    return Relation(
        "rows sum to one",
        label=Text(ko="확률의 합", en="sum of each row"),
        arrays=["probabilities"],
        equation=rows_equation,
        statement=Text(
            ko="probabilities의 n개 행은 각각 음이 아닌 수이고 합이 1이어야 합니다.",
            en="Each of the n rows of probabilities must consist of non-negative numbers that sum to one.",
        ),
        **SAME_RUN,
        points=points,
    )


def one_update_check(points):
    return Relation(
        "one update",
        label=Text(ko="한 번의 갱신", en="one update"),
        arrays=["later_probabilities", "trial_logits"],
        equation=one_update_equation,
        statement=Text(
            ko="E번 학습한 module의 로짓에 softmax를 취하면 같은 시드로 E+1번 학습할 때의 probabilities와 "
            "같아야 합니다. probabilities는 마지막 갱신 직전의 값입니다.",
            en="The softmax of the logits of a module trained for E epochs must be the probabilities of E+1 "
            "epochs with the same seed, for probabilities are those before the last update.",
        ),
        **SAME_RUN,
        points=points,
    )


def prefix_check(points):
    return Relation(
        "prefix",
        label=Text(ko="처음 열 글자의 로짓", en="logits of the first ten characters"),
        arrays=["first_logits", "logits"],
        equation=prefix_equation,
        statement=Text(
            ko="module(x[:10])은 module(x)의 처음 열 행과 같아야 합니다. 은닉 상태는 호출할 때마다 0에서 시작합니다.",
            en="module(x[:10]) must equal the first ten rows of module(x): the hidden state starts from zero in "
            "every call.",
        ),
        rtol=0,
        atol={"cpu": 2e-4, "cuda": 2e-3},
        points=points,
    )


def training_checks(built_in, call, points, tolerance):
    """The checks that the six parts share.

    Args:
        built_in: the name of torch's class that the module tree must hold, alone; empty for none.
        call: the name under which torch computes it.
        points: for rows, trial probabilities, one update, trial logits, prefix and probabilities.
        tolerance: of the probabilities after the full training.
    """
    rows, trial, update, trial_logits, prefix, probabilities = points
    return [
        Facts("recurrent", expected=[built_in] if built_in else [], open=True),
        Facts("calls", expected=[call] if call else [], open=True),
        Shape("probabilities", (None, 7)),
        Shape("logits", (None, 7)),
        Finite("probabilities"),
        Finite("logits"),
        rows_check(rows),
        Close("trial_probabilities", **TRIAL_PROBABILITIES, points=trial),
        one_update_check(update),
        Close("trial_logits", **TRIAL_LOGITS, points=trial_logits),
        prefix_check(prefix),
        Close("probabilities", **tolerance, points=probabilities),
    ]


def from_scratch_checks(points, tolerance):
    """Those of a network by hand: nothing built in, and the built-in cell's values."""
    return [
        Forbids("built-in functions", names=FORBIDDEN),
        *training_checks("", "", points, tolerance),
        AtMost(
            "difference from the cell",
            label=Text(ko="torch의 셀과의 차이", en="difference from torch's cell"),
            metric=distance_from_twin,
            bound=TWIN_DISTANCE,
            points=2,
            open=False,
        ),
    ]


def everything_right(points):
    return AtLeast(
        "characters right",
        label=Text(ko="맞힌 글자의 비율", en="share of characters that are right"),
        metric=right_fraction,
        bound=1.0,
        points=points,
        open=False,
    )


def sequence_diagram(name, hidden):
    """A recurrent network that takes the whole sequence at once."""
    return Diagram(
        [
            Data("x", "(n, 7)"),
            Layer(f"torch.nn.{name}", f"7 → {hidden}"),
            Data("h", f"(n, {hidden})"),
            Layer("torch.nn.Linear", f"{hidden} → 7"),
            Data("logits", "(n, 7)"),
            Layer("softmax"),
            Data("probabilities", "(n, 7)"),
        ]
    )


def cell_diagram(name, hidden, state):
    """A cell that takes one character after another, and its own state again."""
    return Diagram(
        [
            Data("xₜ", "(1, 7)"),
            Layer(f"torch.nn.{name}", f"7 → {hidden}"),
            Data("hₜ", f"(1, {hidden})"),
            Layer("torch.nn.Linear", f"{hidden} → 7"),
            Data("logitsₜ", "(1, 7)"),
        ],
        back=(2, 1, state),
    )


PREPARATION_CHECKS = [
    Dtype("encoded", ("float32", "float64"), points=0.5),
    Relation(
        "one-hot",
        label=Text(ko="원-핫 인코딩", en="one-hot encoding"),
        arrays=["encoded"],
        equation=encoding_equation,
        statement=Text(
            ko="encode(text, mapping)의 각 행은 mapping[문자] 자리만 1이고 나머지는 0이어야 합니다.",
            en="Each row of encode(text, mapping) must be one at mapping[character] and zero elsewhere.",
        ),
        points=1,
    ),
    Relation(
        "one-hot of few characters",
        label=Text(ko="몇 글자의 원-핫 인코딩", en="one-hot encoding of a few characters"),
        arrays=["encoded_few"],
        equation=few_letters_equation,
        statement=Text(
            ko="나오지 않는 문자가 있어도 encode의 폭은 mapping의 문자 수 7이어야 합니다.",
            en="Even if some character does not occur, encode must be as wide as the mapping, 7.",
        ),
        points=0.5,
    ),
    Picture("figure", points=0.5),
    Relation(
        "drawn numbers",
        label=Text(ko="그림의 행렬", en="matrix in the figure"),
        arrays=["drawn", "probabilities"],
        equation=drawing_equation,
        statement=Text(
            ko="그림의 행렬은 probabilities의 처음 열 행이어야 합니다.",
            en="The matrix in the figure must be the first ten rows of probabilities.",
        ),
        rtol=0,
        atol=1e-6,
        points=1,
    ),
    Facts("tick_columns", expected=list(range(7)), points=0.5),
]

FEW_RATES = [0.03, 0.05, 0.07]
OTHER_SEEDS = [7, 77, 777, 2023, 31337]
VARY = {"lr": FEW_RATES, "seed": OTHER_SEEDS}


def shown_labels(inputs):
    """The characters that are read, and those that may come next in the order of their codes."""
    text = [LETTERS[index] for index in inputs["text"][:10]]
    return text, [LETTERS[index] for index in np.argsort(inputs["codes"])]


TABLE = [
    Matrix(
        Text(
            ko="처음 열 글자를 읽은 뒤 다음 글자의 확률. 기준과 다른 칸에는 테두리가 있습니다.",
            en="The probabilities of the next character after each of the first ten. What differs from the reference is "
            "framed.",
        ),
        values=lambda evidence, inputs: evidence["probabilities"][:10],
        labels=shown_labels,
        x="next character",
        y="character read",
        limits=(-1, 1),  # the documents' matshow(..., cmap="bwr", vmin=-1, vmax=1)
    )
]
LIMIT = Limit(seconds=300)  # 500 epochs of torch.nn.RNN take 20 s on one core, and 60 s on a busy one

QUESTION = Question(
    framework="torch",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=30),
    parts=[
        Part(
            name="rnn",
            diagram=sequence_diagram("RNN", 8),
            points=15,
            probe="probe_rnn",
            settings={"lr": 0.1, "seed": 12345},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=[
                *training_checks("RNN", "rnn_tanh", (1, 3, 2, 2, 1, 1), RNN_PROBABILITIES),
                everything_right(1),
                *PREPARATION_CHECKS,
            ],
        ),
        Part(
            name="rnn_cell",
            diagram=cell_diagram("RNNCell", 8, "h"),
            points=15,
            probe="probe_rnn_cell",
            settings={"lr": 0.1, "seed": 12345},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=training_checks("RNNCell", "rnn_tanh_cell", (1, 3, 2, 2, 1, 6), RNN_PROBABILITIES),
        ),
        Part(
            name="rnn_from_scratch",
            points=15,
            probe="probe_rnn_from_scratch",
            settings={"lr": 0.1, "seed": 43052},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=[
                Facts("own_class", expected=True, open=True),
                *from_scratch_checks((1, 2, 2, 2, 1, 5), RNN_PROBABILITIES),
            ],
        ),
        Part(
            name="lstm",
            diagram=sequence_diagram("LSTM", 4),
            points=15,
            probe="probe_lstm",
            settings={"lr": 0.1, "seed": 43052},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=[
                *training_checks("LSTM", "lstm", (1, 3, 2, 2, 1, 3), LSTM_PROBABILITIES),
                everything_right(3),
            ],
        ),
        Part(
            name="lstm_cell",
            diagram=cell_diagram("LSTMCell", 4, "h, c"),
            points=15,
            probe="probe_lstm_cell",
            settings={"lr": 0.1, "seed": 43052},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=training_checks("LSTMCell", "lstm_cell", (1, 3, 2, 2, 1, 6), LSTM_PROBABILITIES),
        ),
        Part(
            name="lstm_from_scratch",
            points=15,
            probe="probe_lstm_from_scratch",
            settings={"lr": 0.1, "seed": 43052},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=from_scratch_checks((1, 2, 2, 2, 1, 5), LSTM_PROBABILITIES),
        ),
    ],
)
