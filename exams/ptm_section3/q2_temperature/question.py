"""Question 2 of PTM section 3: a thermometer's scale, fitted with a line and with small neural networks."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtMost,
    Close,
    Data,
    Diagram,
    Essay,
    Facts,
    Finite,
    Layer,
    Limit,
    Part,
    Picture,
    Question,
    Relation,
    Shape,
    Text,
)
from autograder.pictures import Curves

from .probes import HALVES, SEED, flat_weights

# -- the mathematics, in float64 and in numpy ---------------------------------------------------------------


def halves(inputs):
    """x (n, 1) and y (n, 1) in float64, of the training and then of the validation samples."""
    names = ("t_un_train", "t_c_train", "t_un_val", "t_c_val")
    return tuple(inputs[name].astype(np.float64) for name in names)


def before(path, start):
    """The parameters before each update, from those after it: both (epochs, p)."""
    return np.concatenate([start[None], path]).astype(np.float64)[:-1]


def line_losses(parameters, x, y):
    """Mean squared error of every line (epochs, 2): (epochs,)."""
    return np.mean((parameters[:, :1] * x.T + parameters[:, 1:] - y.T) ** 2, axis=1)


def line_gradients(parameters, x, y):
    """Gradient of line_losses: (epochs, 2)."""
    residual = parameters[:, :1] * x.T + parameters[:, 1:] - y.T
    return 2 / len(x) * residual @ np.concatenate([x, np.ones_like(x)], axis=1)


def least_squares(x, y):
    """(w, b) with the least squared error."""
    return np.linalg.lstsq(np.concatenate([x, np.ones_like(x)], axis=1), y[:, 0], rcond=None)[0]


def descent_in_closed_form(x, y, start, lr, epochs):
    """The line (w, b) after each epoch of gradient descent: θ* + (I − lr H)^k (θ0 − θ*), shape (epochs, 2).

    θ* is the least-squares line and H = 2/n XᵀX; the powers are taken in the basis of H's eigenvectors.
    """
    design = np.concatenate([x, np.ones_like(x)], axis=1)
    values, vectors = np.linalg.eigh(2 / len(x) * design.T @ design)
    best = least_squares(x, y)
    powers = (1 - lr * values) ** np.arange(1, epochs + 1)[:, None]
    return best + (powers * (vectors.T @ (start - best))) @ vectors.T


def network_of(parameters, x):
    """Hidden units (..., n, h) and output (..., n) of networks 1-h-1 with parameters (..., 3h + 1) for x (n, 1)."""
    hidden = (parameters.shape[-1] - 1) // 3
    w1, b1, w2, b2 = np.split(parameters, [hidden, 2 * hidden, 3 * hidden], axis=-1)
    units = np.tanh(x * w1[..., None, :] + b1[..., None, :])
    return units, (units * w2[..., None, :]).sum(axis=-1) + b2


def network_losses(parameters, x, y):
    """Mean squared error of every network (epochs, p): (epochs,)."""
    return np.mean((network_of(parameters, x)[1] - y[:, 0]) ** 2, axis=-1)


def network_gradients(parameters, x, y):
    """Gradient of network_losses, by the chain rule: (epochs, p)."""
    units, output = network_of(parameters, x)
    hidden = units.shape[-1]
    back = 2 / len(x) * (output - y[:, 0])[..., None]  # (epochs, n, 1)
    inner = back * parameters[:, None, 2 * hidden : 3 * hidden] * (1 - units**2)
    parts = [(inner * x).sum(axis=1), inner.sum(axis=1), (back * units).sum(axis=1), back.sum(axis=1)]
    return np.concatenate(parts, axis=1)


# -- the equations that checks judge by ---------------------------------------------------------------------


def split_equation(which):
    """The rows of one half: inputs times 0.1 beside targets."""

    def equation(evidence, inputs):
        n_val = int(0.2 * len(inputs["t_u"]))
        indices = inputs["shuffled_indices"]
        rows = indices[:-n_val] if which == "train" else indices[-n_val:]
        wanted = np.stack([0.1 * inputs["t_u"][rows].astype(np.float64), inputs["t_c"][rows]], axis=1)
        return np.concatenate([evidence[f"t_un_{which}"], evidence[f"t_c_{which}"]], axis=1), wanted

    return equation


def ones_equation(evidence, inputs):
    w, b = inputs["lines"][1].astype(np.float64)
    return evidence["ones"], np.full((10, 1), w + b)


def outputs_equation(evidence, inputs):
    w, b = inputs["lines"].astype(np.float64).T[..., None, None]
    return evidence["outputs"], w * inputs["t_un_val"] + b


def line_losses_equation(evidence, inputs):
    x, y, x_val, y_val = halves(inputs)
    lines = before(evidence["path"], inputs["start"])
    losses = [line_losses(lines, x, y), line_losses(lines, x_val, y_val)]
    return stacked_losses(evidence), inputs["loss_scale"] * np.stack(losses)


def line_update_equation(evidence, inputs):
    x, y, _, _ = halves(inputs)
    lines = before(evidence["path"], inputs["start"])
    step = inputs["lr"] * inputs["loss_scale"] * line_gradients(lines, x, y)
    return evidence["path"], lines - step


def closed_form_equation(evidence, inputs):
    x, y, _, _ = halves(inputs)
    start, rate = inputs["start"].astype(np.float64), inputs["lr"] * inputs["loss_scale"]
    return evidence["path"], descent_in_closed_form(x, y, start, rate, inputs["n_epochs"])


def excess_over_least_squares(seen):
    """By how much the fitted line's training loss exceeds the least, relative to what these epochs leave."""
    x, y, _, _ = halves(seen.inputs)
    fitted = seen.evidence["fitted"].astype(np.float64).reshape(1, -1)
    rate, epochs = seen.inputs["lr"] * seen.inputs["loss_scale"], seen.inputs["n_epochs"]
    start = seen.inputs["start"].astype(np.float64)
    left = descent_in_closed_form(x, y, start, rate, epochs)[-1:]
    got, best, due = (line_losses(line, x, y)[0] for line in (fitted, least_squares(x, y)[None], left))
    return float((got - best) / (due - best))


def stacked_losses(evidence):
    return np.stack([evidence["training_losses"], evidence["validation_losses"]])


def sequential_equation(evidence, inputs):
    parameters = flat_weights(inputs["weights"].astype(np.float64), inputs["hidden"])
    return evidence["output"], network_of(parameters, inputs["t_un_train"].astype(np.float64))[1][:, None]


def network_losses_equation(evidence, inputs):
    x, y, x_val, y_val = halves(inputs)
    networks = before(evidence["path"], inputs["net_start"])
    losses = [network_losses(networks, x, y), network_losses(networks, x_val, y_val)]
    return stacked_losses(evidence), np.stack(losses)


def network_update_equation(evidence, inputs):
    x, y, _, _ = halves(inputs)
    networks = before(evidence["path"], inputs["net_start"])
    return evidence["path"], networks - inputs["lr"] * network_gradients(networks, x, y)


def hidden_gradient_equation(evidence, inputs):
    x, y, _, _ = halves(inputs)
    last = before(evidence["path"], inputs["net_start"])[-1:]
    return evidence["hidden_gradient"], network_gradients(last, x, y)[0, :8, None]


def output_equation(evidence, inputs):
    trained = evidence["path"][-1].astype(np.float64)
    return evidence["output"], network_of(trained, inputs["t_un_val"].astype(np.float64))[1][:, None]


def drawn_points(evidence, inputs):
    t_u, t_c = inputs["t_u"].astype(np.float64), inputs["t_c"].astype(np.float64)
    return evidence["points_drawn"], np.stack([t_u, t_c], axis=1)


def drawn_model(name, over):
    """The model's curve, or its crosses, over `over`, with the parameters that the network had in the end."""

    def equation(evidence, inputs):
        t = inputs[over].astype(np.float64).reshape(-1, 1)
        output = network_of(evidence["path"][-1].astype(np.float64), 0.1 * t)[1]
        return evidence[name], np.stack([t[:, 0], output], axis=1)

    return equation


def loss_over_ceiling(seen):
    return float(seen.evidence["training_losses"][-1] / seen.inputs["ceiling"])


# -- what is asked ------------------------------------------------------------------------------------------

# Measured on the CPU, float32 against the formulas in float64, 8 seeds: losses differ by at most 8e-5 (2e-6 of their
# size), one update by 1e-6, 3000 updates of the line by 2.4e-5, the hidden gradient by 1.3e-5, outputs by 2e-6.
# CUDA adds in another order, also in float32 (TF32 is off): the same tolerances, not measured.
OUTPUT = {"rtol": 1e-5, "atol": 2e-5}
LOSS = {"rtol": 2e-5, "atol": 2e-4}
UPDATE = {"rtol": 0, "atol": 1e-5}
FITTED = {"rtol": 0, "atol": 2e-4}
GRADIENT = {"rtol": 0, "atol": 2e-4}
PIXEL = {"rtol": 1e-5, "atol": 1e-4}

LAYERS = ["torch.nn.Sequential", "torch.nn.Linear", "torch.nn.Tanh", "torch.nn.Linear"]
EIGHT = [
    ["hidden_linear.weight", [8, 1]],
    ["hidden_linear.bias", [8]],
    ["output_linear.weight", [1, 8]],
    ["output_linear.bias", [1]],
]
THIRTEEN = [["0.weight", [13, 1]], ["0.bias", [13]], ["2.weight", [1, 13]], ["2.bias", [1]]]

LOSS_ARRAYS = ["training_losses", "validation_losses", "path"]
LOSSES_STATEMENT = Text(
    ko="에포크마다의 훈련·검증 손실은 그 에포크의 갱신 직전 파라미터에서 계산한 것이어야 합니다.",
    en="Each epoch's training and validation loss must be those of the parameters before its update.",
)
UPDATE_STATEMENT = Text(
    ko="갱신은 θ ← θ − lr·∇(훈련 손실) 이어야 합니다. 검증 자료는 기울기에 들어가지 않습니다.",
    en="Each update must be θ ← θ − lr ∇(training loss); the validation samples have no part in the gradient.",
)

LOSSES = Curves(
    Text(
        ko="epoch별 훈련 손실과 검증 손실. 실선은 제출한 것, 점선은 기준.",
        en="Training and validation loss by epochs: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {
        "training": evidence["training_losses"],
        "validation": evidence["validation_losses"],
    },
)

LINEAR = Part(
    name="linear_model",
    points=7,
    probe="probe_linear",
    limit=Limit(seconds=20),
    checks=[
        *(Shape(name, (None, 1)) for name in HALVES),
        Relation(
            "training samples",
            label=Text(ko="훈련 표본", en="training samples"),
            arrays=["t_un_train", "t_c_train"],
            equation=split_equation("train"),
            statement=Text(
                ko="훈련 표본은 섞은 번호의 앞쪽이고 입력은 0.1·t_u 이어야 합니다.",
                en="The training samples must be those of the first shuffled indices, with inputs 0.1 t_u.",
            ),
            rtol=1e-6,
            atol=1e-6,
            points=1,
        ),
        Relation(
            "validation samples",
            label=Text(ko="검증 표본", en="validation samples"),
            arrays=["t_un_val", "t_c_val"],
            equation=split_equation("val"),
            statement=Text(
                ko="검증 표본은 섞은 번호의 마지막 int(0.2n)개이고 입력은 0.1·t_u 이어야 합니다.",
                en="The validation samples must be those of the last int(0.2 n) indices, with inputs 0.1 t_u.",
            ),
            rtol=1e-6,
            atol=1e-6,
            points=1,
        ),
        Facts("parameters", expected=[["weight", [1, 1]], ["bias", [1]]], points=0.5),
        Facts("parameters_of_two_inputs", expected=[["weight", [1, 2]], ["bias", [1]]], points=0.5),
        Relation(
            "ten equal rows",
            label=Text(ko="같은 열 행", en="ten equal rows"),
            arrays=["ones"],
            equation=ones_equation,
            statement=Text(
                ko="1로 된 (10, 1) 배치의 출력은 열 행이 모두 w + b 이어야 합니다.",
                en="For a (10, 1) batch of ones all ten rows of the output must be w + b.",
            ),
            **OUTPUT,
            points=1,
        ),
        Relation(
            "batch formula",
            label=Text(ko="배치의 출력식", en="formula for a batch"),
            arrays=["outputs"],
            equation=outputs_equation,
            statement=Text(
                ko="배치의 출력은 행마다 w·x + b 이어야 합니다.",
                en="The output for a batch must be w x + b in every row.",
            ),
            **OUTPUT,
            points=0.5,
        ),
        Close("outputs", **OUTPUT, points=0.5),
        Facts("hooks", expected={"before": 1, "after": 1}, points=1),
        Essay(
            "why_call",
            points=1,
            rubric=Text(
                ko="`__call__` 이 forward 앞뒤의 훅을 실행하며 forward를 직접 부르면 조용히 빠진다는 점 0.5점; 배치의 까닭 "
                "(연산량을 크게 하여 하드웨어를 다 쓴다, 또는 배치가 클수록 통계값이 좋다) 하나 이상 0.5점.",
                en="0.5 points for saying that `__call__` runs the hooks before and after forward, which calling forward "
                "directly silently skips; 0.5 points for at least one reason for batches (enough work at once to use "
                "the hardware fully, or better statistics from more samples).",
            ),
        ),
    ],
)

TRAINING = Part(
    name="training_loop",
    points=10,
    probe="probe_training",
    pictures=[LOSSES],
    settings={"n_epochs": 3000, "lr": 1e-2, "loss_scale": 1.0},
    vary={"n_epochs": [200, 250, 300], "lr": [0.005, 0.008, 0.015], "loss_scale": [0.5, 0.75]},
    limit=Limit(seconds=60),
    checks=[
        Shape("training_losses", ("n_epochs",)),
        Shape("validation_losses", ("n_epochs",)),
        Shape("path", ("n_epochs", 2)),
        Finite("training_losses"),
        Close("training_losses", **LOSS, points=2),
        Close("validation_losses", **LOSS, points=1),
        Relation(
            "losses before the update",
            label=Text(ko="갱신 직전의 손실", en="losses before the update"),
            arrays=LOSS_ARRAYS,
            equation=line_losses_equation,
            statement=LOSSES_STATEMENT,
            **LOSS,
            points=1,
        ),
        Relation(
            "gradient descent",
            label=Text(ko="경사 하강법의 갱신", en="update by gradient descent"),
            arrays=["path"],
            equation=line_update_equation,
            statement=UPDATE_STATEMENT,
            **UPDATE,
            points=1,
        ),
        Relation(
            "closed form",
            label=Text(ko="갱신의 닫힌 식", en="closed form of the updates"),
            arrays=["path"],
            equation=closed_form_equation,
            statement=Text(
                ko="k번 갱신한 뒤의 (w, b)는 θ* + (I − ηH)ᵏ(θ₀ − θ*) 이어야 합니다. θ*는 최소제곱 해입니다.",
                en="After k updates (w, b) must be θ* + (I − ηH)ᵏ(θ₀ − θ*), with θ* the least-squares fit.",
            ),
            **FITTED,
            points=2,
        ),
        Close("fitted", **FITTED, points=2),
        AtMost(
            "excess over least squares / what these epochs leave",
            label=Text(ko="최소제곱 해와의 차이", en="excess over least squares"),
            metric=excess_over_least_squares,
            bound=1.001,  # measured: 0.99999 to 1.000001
            points=1,
        ),
    ],
)

SEQUENTIAL = Part(
    name="sequential",
    diagram=Diagram(
        [
            Data("t_un", "(B, 1)"),
            Layer("Linear", "1 → 13"),
            Layer("Tanh"),
            Layer("Linear", "13 → 1"),
            Data("t_p", "(B, 1)"),
        ]
    ),
    points=4,
    probe="probe_sequential",
    settings={"hidden": 13},
    vary={"hidden": [5, 9, 17]},
    limit=Limit(seconds=10),
    checks=[
        Facts("modules", expected=LAYERS, points=1),
        Facts("parameters", points=1),
        Relation(
            "network formula",
            label=Text(ko="신경망의 식", en="formula of the network"),
            arrays=["output"],
            equation=sequential_equation,
            statement=Text(
                ko="출력은 Σ v·tanh(w·x + b) + c 이어야 합니다(가중치는 채점할 때 넣은 값).",
                en="The output must be Σ v tanh(w x + b) + c, with the weights that the grader puts in.",
            ),
            **OUTPUT,
            points=1,
        ),
        Close("output", **OUTPUT, points=1),
    ],
)

PARAMETERS = Part(
    name="parameters",
    points=4,
    probe="probe_parameters",
    settings={"hidden": 8},
    vary={"hidden": [4, 6, 21]},
    limit=Limit(seconds=10),
    checks=[
        Facts("shapes_of_thirteen", expected=[shape for _, shape in THIRTEEN], points=1),
        Facts("named_of_thirteen", expected=THIRTEEN, points=1),
        Facts("shapes_of_names", points=1),
        Facts("named_of_names", points=1),
    ],
)

NAMED = Part(
    name="named_model",
    points=10,
    probe="probe_named",
    pictures=[LOSSES],
    settings={"hidden": 8, "lr": 1e-3},
    vary={"hidden": [5, 12], "lr": [5e-4, 8e-4]},
    limit=Limit(seconds=90),
    checks=[
        Facts("modules", expected=LAYERS, points=0.5),
        Facts("parameters_of_eight", expected=EIGHT, points=0.5),
        Facts("parameters", points=0.5),
        Relation(
            "output bias",
            label=Text(ko="출력층의 편향", en="output bias"),
            arrays=["output_bias"],
            equation=lambda evidence, inputs: (evidence["output_bias"], inputs["net_start"][-1:]),
            statement=Text(
                ko="output_bias(model)은 모델의 output_linear.bias 이어야 합니다.",
                en="output_bias(model) must be the model's output_linear.bias.",
            ),
            rtol=1e-6,
            atol=0,
            points=0.5,
        ),
        Shape("training_losses", ("net_epochs",)),
        Shape("validation_losses", ("net_epochs",)),
        Shape("path", ("net_epochs", 25)),
        Relation(
            "losses before the update",
            label=Text(ko="갱신 직전의 손실", en="losses before the update"),
            arrays=LOSS_ARRAYS,
            equation=network_losses_equation,
            statement=LOSSES_STATEMENT,
            **LOSS,
            points=1,
        ),
        Relation(
            "gradient descent",
            label=Text(ko="경사 하강법의 갱신", en="update by gradient descent"),
            arrays=["path"],
            equation=network_update_equation,
            statement=UPDATE_STATEMENT,
            **UPDATE,
            points=1,
        ),
        Close("early_losses", **LOSS, points=1),
        AtMost(
            "last training loss / ceiling",
            label=Text(ko="마지막 훈련 손실", en="last training loss"),
            metric=loss_over_ceiling,
            bound=1.0,
            points=0.5,
        ),
        Relation(
            "output of the trained network",
            label=Text(ko="학습된 신경망의 출력", en="output of the trained network"),
            arrays=["output", "path"],
            equation=output_equation,
            statement=Text(
                ko="output은 학습이 끝난 신경망의 검증 표본 출력이어야 합니다.",
                en="output must be the trained network's for the validation samples.",
            ),
            **OUTPUT,
            points=0.5,
        ),
        Relation(
            "hidden gradient",
            label=Text(ko="은닉층의 기울기", en="gradient of the hidden layer"),
            arrays=["hidden_gradient", "path"],
            equation=hidden_gradient_equation,
            statement=Text(
                ko="은닉층의 기울기는 마지막 갱신 직전 파라미터에서 훈련 손실을 hidden_linear.weight로 미분한 것이어야 합니다.",
                en="The hidden gradient must be that of the training loss with respect to hidden_linear.weight, at the "
                "parameters before the last update.",
            ),
            **GRADIENT,
            points=1,
        ),
        Picture("figure"),
        Relation(
            "data points",
            label=Text(ko="그림의 자료", en="data points drawn"),
            arrays=["points_drawn"],
            equation=drawn_points,
            statement=Text(
                ko="그림의 첫째 선은 자료 (t_u, t_c)이어야 합니다.",
                en="The first line of the figure must be the data (t_u, t_c).",
            ),
            **PIXEL,
            points=0.5,
        ),
        Relation(
            "model's curve",
            label=Text(ko="그림의 모델 곡선", en="model's curve drawn"),
            arrays=["curve_drawn", "path"],
            equation=drawn_model("curve_drawn", "t_range"),
            statement=Text(
                ko="둘째 선은 t_range 위에 그린, 입력 0.1·t에서의 모델 출력이어야 합니다.",
                en="The second line must be the model's output for inputs 0.1 t, drawn over t_range.",
            ),
            **PIXEL,
            points=0.5,
        ),
        Relation(
            "predictions",
            label=Text(ko="그림의 예측", en="predictions drawn"),
            arrays=["crosses_drawn", "path"],
            equation=drawn_model("crosses_drawn", "t_u"),
            statement=Text(
                ko="셋째 선은 t_u에서의 모델 예측이어야 합니다.",
                en="The third line must be the model's predictions at t_u.",
            ),
            **PIXEL,
            points=0.5,
        ),
        Facts("labels", expected=["Fahrenheit", "Celsius"], points=0.5),
        Essay(
            "comparison",
            points=1,
            rubric=Text(
                ko="신경망의 훈련 손실이 더 작다(예: 2.06 대 2.74)는 사실 또는 곡선이 자료를 따라 휜다는 관찰 0.5점; 검증 손실은 "
                "더 크므로(예: 16.5 대 4.74) 자료 11개로는 과적합이며 새 자료, 특히 자료의 범위 밖에서는 직선을 믿겠다는 판단과 "
                "근거 0.5점. 자기 손실값에 근거하면 다른 판단도 인정한다.",
                en="0.5 points for the network's lower training loss (2.06 against 2.74, say) or the observation that its "
                "curve bends after the data; 0.5 points for the judgement, with a reason, that its higher validation "
                "loss (16.5 against 4.74, say) is overfitting to 11 samples, so that the line is to be trusted on new "
                "data, above all outside their range. Another judgement counts if it rests on one's own losses.",
            ),
        ),
    ],
)

QUESTION = Question(
    framework="torch",
    seed=SEED,
    pool=2,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=20),
    parts=[LINEAR, TRAINING, SEQUENTIAL, PARAMETERS, NAMED],
)
