"""Question 1 of the final: the next character of hi?hello!!, with torch's recurrent networks and by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

# -- the interface: what a student fills in -----------------------------------------------------------------


def encode(text: Sequence[str], mapping: Mapping[str, int]) -> torch.Tensor:
    """Return the characters as one-hot rows: float32, shape (len(text), 7), the one at mapping[character].

    The width is that of the mapping, 7, even if some character does not occur in the text.
    """
    raise NotImplementedError


def plot_probabilities(probabilities: torch.Tensor, letters: Sequence[str]) -> Figure:
    """Return the figure that shows the first ten rows of probabilities, shape (n, 7), with matshow.

    letters holds the seven characters in the order of the columns; they label the ticks of the x axis.
    """
    raise NotImplementedError


def train_rnn(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Train torch.nn.RNN(7, 8) and torch.nn.Linear(8, 7) to tell y from x, both one-hot of shape (n, 7).

    Right after torch.manual_seed(seed) build the recurrent network, then the linear layer. Each epoch starts
    from a hidden state of zeros and makes one update, torch.optim.Adam(..., lr=lr), of
    torch.nn.CrossEntropyLoss over all n characters. Train on `device`.

    Returns (module, probabilities): the trained torch.nn.Module, which called on x gives the logits, shape
    (n, 7); and the softmax, shape (n, 7), of the logits of the last epoch, computed before its update.
    """
    raise NotImplementedError


def train_rnn_cell(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_rnn does, with torch.nn.RNNCell(7, 8)."""
    raise NotImplementedError


def train_rnn_from_scratch(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_rnn_cell does, with a class of your own that inherits from torch.nn.Module.

    The initial values are those of the RNNCell and the Linear that train_rnn_cell builds for the same seed.
    """
    raise NotImplementedError


def train_lstm(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_rnn does, with torch.nn.LSTM(7, 4) and torch.nn.Linear(4, 7); the cell state starts at zero."""
    raise NotImplementedError


def train_lstm_cell(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_lstm does, with torch.nn.LSTMCell(7, 4)."""
    raise NotImplementedError


def train_lstm_from_scratch(
    x: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, seed: int, device: str
) -> tuple[Callable[[torch.Tensor], torch.Tensor], torch.Tensor]:
    """Do as train_lstm_cell does, with a network of your own; a class is not required.

    The initial values are those of the LSTMCell and the Linear that train_lstm_cell builds for the same seed.
    """
    raise NotImplementedError


# -- what is given ------------------------------------------------------------------------------------------

LETTERS = "!?hielo"  # in the order of the document's mapping
WORD = "hi?hello!!"
PUBLIC_SEED = 2022
LONG_TRAINING = 50  # epochs; from here on every character is expected to be right


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


# -- probes: worker side ------------------------------------------------------------------------------------

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


# -- equations: trusted side --------------------------------------------------------------------------------


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
            "difference from the cell", metric=distance_from_twin, bound=TWIN_DISTANCE, points=2, open=False
        ),
    ]


def everything_right(points):
    return AtLeast("characters right", metric=right_fraction, bound=1.0, points=points, open=False)


PREPARATION = Text(
    ko="""아래와 같은 데이터가 있다고 하자.

    txt = list('hi?hello!!')*100
    txt_x = txt[:-1]
    txt_y = txt[1:]

`txt_x`와 `txt_y`를 이용하여 아래와 같은 순서로 다음 문자를 예측하는 신경망을 설계하고 싶다.

    h → i → ? → h → e → l → l → o → ! → ! → h → i → ? → h → e → …

같은 h 다음에 i도 오고 e도 오므로 앞의 문자를 기억해야 한다. 길이가 $n=999$ 인 수열의 $t$ 번째 문자를
one-hot 벡터 $x_t \\in \\mathbb{R}^7$ 로, 다음 문자를 $y_t = x_{t+1}$ 로 둔다. 문자의 번호는
`mapping = {'!':0, '?':1, 'h':2, 'i':3, 'e':4, 'l':5, 'o':6}` 이다.

(1)–(6)에 공통인 준비로, `encode(text, mapping)` 은 문자들을 one-hot 행렬로 바꾸고(문자가 하나도 나오지 않는
열이 있어도 폭은 7이다), `plot_probabilities(probabilities, letters)` 는 적합값의 처음 열 행을 `matshow` 로 그려
(`cmap='bwr', vmin=-1, vmax=1`) 가로축 눈금에 문자를 적은 그림을 돌려준다. 이 둘은 (1)에서 채점한다.""",
    en="""Suppose that the data are

    txt = list('hi?hello!!')*100
    txt_x = txt[:-1]
    txt_y = txt[1:]

With `txt_x` and `txt_y` we want a network that predicts the next character, in this order:

    h → i → ? → h → e → l → l → o → ! → ! → h → i → ? → h → e → …

An h is followed by i at one time and by e at another, so what came before has to be remembered. Let the
one-hot vector $x_t \\in \\mathbb{R}^7$ stand for the $t$-th of $n=999$ characters and $y_t = x_{t+1}$ for the next
one. The characters are numbered by `mapping = {'!':0, '?':1, 'h':2, 'i':3, 'e':4, 'l':5, 'o':6}`.

What (1) to (6) have in common: `encode(text, mapping)` turns characters into one-hot rows (7 wide even if some
character does not occur), and `plot_probabilities(probabilities, letters)` returns a figure of the first ten
rows of the fitted values, drawn with `matshow` (`cmap='bwr', vmin=-1, vmax=1`), with the characters as tick
labels of the x axis. These two are graded in (1).""",
)

TRAINING = Text(
    ko="""`torch.manual_seed(seed)` 바로 다음에 순환신경망을, 이어서 `torch.nn.Linear` 를 만든다(순서가 바뀌면 초기값이
달라진다). 에폭마다 상태를 0에서 시작하여 $n$ 개의 로짓을 구하고, `torch.nn.CrossEntropyLoss` 로 계산한 손실로
`torch.optim.Adam(lr=0.1)` 을 한 번 갱신한다. 함수는 `(module, probabilities)` 를 돌려준다. `module(x)` 는 학습된
신경망의 로짓 $(n, 7)$ 이고, `probabilities` 는 마지막 에폭의 로짓에 softmax를 취한 값, 곧 마지막 갱신 직전의
적합값이다. `device` 에서 계산한다. 에폭 수, 학습률, 시드는 인자로 받은 것을 쓴다. 다른 값과 다른 문자열로도
채점한다.""",
    en="""Right after `torch.manual_seed(seed)` build the recurrent network, and then `torch.nn.Linear` (in the other
order the initial values differ). In every epoch start from a state of zeros, find the $n$ logits, and make one
update of `torch.optim.Adam(lr=0.1)` with the loss that `torch.nn.CrossEntropyLoss` gives. The function returns
`(module, probabilities)`: `module(x)` are the trained network's logits, $(n, 7)$, and `probabilities` is the
softmax of the last epoch's logits, that is, the fitted values just before the last update. Compute on
`device`. Take the number of epochs, the learning rate and the seed from the arguments: other values, and other
texts, are graded too.""",
)

NOTHING_BUILT_IN = Text(
    ko="""{names} 을 이용한 네트워크를 학습시키면 점수가 없다. 초기값을 복사하기 위해 만드는 것은 되지만, 불러서
계산하거나 돌려주는 module 안에 두면 안 된다. 같은 계산을 하는 `torch.{calls}` 등의 함수와, 그리로 이어지는
`torch._VF`, `torch._C`, `torch.ops`, `torch.jit`, `torch.compile` 등도 쓰지 않는다. 무엇을 쓰는지 코드에서 알 수
있어야 하므로, 이름을 실행 중에 만들거나(`exec`, `eval`, `importlib`, `vars(torch)` 등) 모듈을 값으로 넘기거나
`import *` 를 쓰지 않는다.""",
    en="""Training a network that uses {names} earns nothing. You may build one to copy its initial
values, but it must neither be called nor be kept inside the module that you return. Do not use the functions
that compute the same either, such as `torch.{calls}`, nor what leads to them, such as `torch._VF`, `torch._C`,
`torch.ops`, `torch.jit` and `torch.compile`. What you use must be plain from the code: do not make names at run
time (`exec`, `eval`, `importlib`, `vars(torch)`, ...), pass modules around as values, or use `import *`.""",
)


def statement(task, *, first=False, forbidden=None):
    """Put a part's own sentences together with what the parts share."""
    pieces = [PREPARATION] if first else []
    pieces += [task, TRAINING]
    pieces += [NOTHING_BUILT_IN.format(**forbidden)] if forbidden else []
    return Text(ko="\n\n".join(piece.ko for piece in pieces), en="\n\n".join(piece.en for piece in pieces))


RNN_TASK = Text(
    ko="""(1) `torch.nn.RNN()` 을 이용하여 다음 문자를 예측하는 신경망을 설계하고 학습하라. 은닉 노드는 8개이고 500 에폭을
학습한다. 모든 문자에서 확률이 가장 큰 것이 실제 다음 문자여야 한다.

    x (n,7) ──▶ RNN(7, 8) ──▶ h (n,8) ──▶ Linear(8, 7) ──▶ 로짓 (n,7) ──▶ softmax""",
    en="""(1) With `torch.nn.RNN()` design a network that predicts the next character, and train it. It has 8 hidden
nodes and is trained for 500 epochs; at every character the greatest probability must be that of the true next one.

    x (n,7) ──▶ RNN(7, 8) ──▶ h (n,8) ──▶ Linear(8, 7) ──▶ logits (n,7) ──▶ softmax""",
)
RNN_CELL_TASK = Text(
    ko="""(2) `torch.nn.RNNCell()` 을 이용하여 다음 문자를 예측하는 신경망을 설계하고 학습하라. 은닉 노드는 8개, 시드는
12345이고 100 에폭을 학습한다.

               ┌───────────── h ◀────────────┐
               ▼                             │
    x_t ──▶ RNNCell(7, 8) ──▶ h_t ──┬────────┘
                                    └──▶ Linear(8, 7) ──▶ 로짓_t

힌트: $h_0 = 0$ 에서 시작하여 $h_t$ 를 차례로 모은 다음 `torch.stack` 으로 쌓는다.""",
    en="""(2) With `torch.nn.RNNCell()` design a network that predicts the next character, and train it: 8 hidden nodes,
seed 12345, 100 epochs.

               ┌───────────── h ◀────────────┐
               ▼                             │
    x_t ──▶ RNNCell(7, 8) ──▶ h_t ──┬────────┘
                                    └──▶ Linear(8, 7) ──▶ logits_t

Hint: start from $h_0 = 0$, collect the $h_t$ one after another, and stack them with `torch.stack`.""",
)
RNN_FROM_SCRATCH_TASK = Text(
    ko="""(3) `torch.nn.Module` 을 상속받은 클래스를 정의하고 (2)의 결과와 동일한 적합값이 나오는 신경망을 설계한 뒤
학습하라. 초기값을 적절하게 설정할 것. class를 이용하지 않으면 점수가 없다. 여기서 동일하다는 것은 같은 시드에서
(2)와 같은 값이 나온다는 뜻이며, 이 문항의 시드는 43052, 에폭은 100이다.

$$h_t = \\tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}), \\qquad o_t = W h_t + b$$

힌트: 시드를 정한 다음 `torch.nn.RNNCell(7, 8)` 과 `torch.nn.Linear(8, 7)` 을 차례로 만들어 `weight_ih`,
`weight_hh`, `bias_ih`, `bias_hh` 를 복사한다. 두 편향은 따로 학습한다.""",
    en="""(3) Define a class that inherits from `torch.nn.Module`, and with it design and train a network that gives the
same fitted values as (2). Set the initial values accordingly. Without a class there are no points. The same
means: the values that (2) gives for the same seed; here the seed is 43052, with 100 epochs.

$$h_t = \\tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}), \\qquad o_t = W h_t + b$$

Hint: after setting the seed build `torch.nn.RNNCell(7, 8)` and `torch.nn.Linear(8, 7)` in this order, and copy
`weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`. The two biases are trained separately.""",
)
LSTM_TASK = Text(
    ko="""(4) `torch.nn.LSTM()` 을 이용하여 다음 문자를 예측하는 신경망을 설계하고 학습하라. 은닉 노드는 4개이고 500 에폭을
학습한다. 은닉 상태와 셀 상태는 모두 0에서 시작한다. 모든 문자에서 확률이 가장 큰 것이 실제 다음 문자여야 한다.

    x (n,7) ──▶ LSTM(7, 4) ──▶ h (n,4) ──▶ Linear(4, 7) ──▶ 로짓 (n,7) ──▶ softmax""",
    en="""(4) With `torch.nn.LSTM()` design a network that predicts the next character, and train it. It has 4 hidden
nodes and is trained for 500 epochs; hidden and cell state both start from zero. At every character the greatest
probability must be that of the true next one.

    x (n,7) ──▶ LSTM(7, 4) ──▶ h (n,4) ──▶ Linear(4, 7) ──▶ logits (n,7) ──▶ softmax""",
)
LSTM_CELL_TASK = Text(
    ko="""(5) `torch.nn.LSTMCell()` 을 이용하여 다음 문자를 예측하는 신경망을 설계하고 학습하라. 은닉 노드는 4개, 시드는
43052이고 100 에폭을 학습한다.

               ┌────────── (h, c) ◀──────────┐
               ▼                             │
    x_t ──▶ LSTMCell(7, 4) ──▶ h_t, c_t ─────┤
                                             └── h_t ──▶ Linear(4, 7) ──▶ 로짓_t""",
    en="""(5) With `torch.nn.LSTMCell()` design a network that predicts the next character, and train it: 4 hidden nodes,
seed 43052, 100 epochs.

               ┌────────── (h, c) ◀──────────┐
               ▼                             │
    x_t ──▶ LSTMCell(7, 4) ──▶ h_t, c_t ─────┤
                                             └── h_t ──▶ Linear(4, 7) ──▶ logits_t""",
)
LSTM_FROM_SCRATCH_TASK = Text(
    ko="""(6) (5)의 결과와 동일한 적합값을 출력하는 신경망을 직접 설계한 뒤 학습시켜라. 초기값을 적절하게 설정할 것. class를
이용하지 않아도 무방하다. 그때는 module 대신 $x$ 를 받아 로짓을 돌려주는 함수를 돌려주면 된다. 시드는 43052, 에폭은
100이다.

$$(i_t, f_t, g_t, o_t) = (\\sigma, \\sigma, \\tanh, \\sigma)(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})$$
$$c_t = f_t \\odot c_{t-1} + i_t \\odot g_t, \\qquad h_t = o_t \\odot \\tanh(c_t)$$

힌트: `weight_ih` 는 (16, 7)이고 네 행씩 차례로 $i, f, g, o$ 의 것이다.""",
    en="""(6) Design a network of your own that gives the same fitted values as (5), and train it. Set the initial values
accordingly. A class is not required: then return, in place of the module, a function that takes $x$ and
returns the logits. The seed is 43052, with 100 epochs.

$$(i_t, f_t, g_t, o_t) = (\\sigma, \\sigma, \\tanh, \\sigma)(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})$$
$$c_t = f_t \\odot c_{t-1} + i_t \\odot g_t, \\qquad h_t = o_t \\odot \\tanh(c_t)$$

Hint: `weight_ih` is (16, 7); its rows, four at a time, are those of $i, f, g, o$ in this order.""",
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
    title=Text(ko="hi?hello!! 다음 문자 예측", en="hi?hello!!: predicting the next character"),
    framework="torch",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    given=given,
    preamble="from collections.abc import Callable, Mapping, Sequence\n\n"
    "import matplotlib.pyplot as plt\nimport torch\nfrom matplotlib.figure import Figure",
    preload=["matplotlib.pyplot"],
    interface=[
        encode,
        plot_probabilities,
        train_rnn,
        train_rnn_cell,
        train_rnn_from_scratch,
        train_lstm,
        train_lstm_cell,
        train_lstm_from_scratch,
    ],
    setup=Limit(seconds=30),
    parts=[
        Part(
            name="rnn",
            diagram=sequence_diagram("RNN", 8),
            points=15,
            statement=statement(RNN_TASK, first=True),
            probe=probe_rnn,
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
            statement=statement(RNN_CELL_TASK),
            probe=probe_rnn_cell,
            settings={"lr": 0.1, "seed": 12345},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=training_checks("RNNCell", "rnn_tanh_cell", (1, 3, 2, 2, 1, 6), RNN_PROBABILITIES),
        ),
        Part(
            name="rnn_from_scratch",
            points=15,
            statement=statement(
                RNN_FROM_SCRATCH_TASK,
                forbidden={"names": "`torch.nn.RNN()`, `torch.nn.RNNCell()`", "calls": "rnn_tanh_cell"},
            ),
            probe=probe_rnn_from_scratch,
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
            statement=statement(LSTM_TASK),
            probe=probe_lstm,
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
            statement=statement(LSTM_CELL_TASK),
            probe=probe_lstm_cell,
            settings={"lr": 0.1, "seed": 43052},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=training_checks("LSTMCell", "lstm_cell", (1, 3, 2, 2, 1, 6), LSTM_PROBABILITIES),
        ),
        Part(
            name="lstm_from_scratch",
            points=15,
            statement=statement(
                LSTM_FROM_SCRATCH_TASK,
                forbidden={"names": "`torch.nn.LSTM()`, `torch.nn.LSTMCell()`", "calls": "lstm_cell"},
            ),
            probe=probe_lstm_from_scratch,
            settings={"lr": 0.1, "seed": 43052},
            vary=VARY,
            limit=LIMIT,
            pictures=TABLE,
            checks=from_scratch_checks((1, 2, 2, 2, 1, 5), LSTM_PROBABILITIES),
        ),
    ],
)
