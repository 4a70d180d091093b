"""Question 2 of PTM section 3: a thermometer's scale, fitted with a line and with small neural networks."""

from __future__ import annotations

import numpy as np

from autograder import Close, Data, Diagram, Essay, Facts, Layer, Limit, Part, Question, Text, relation
from autograder.pictures import Curves

from .probes import SEED

# -- the mathematics, in float64 and in numpy ---------------------------------------------------------------


def halves(inputs):
    """x (n, 1) and y (n, 1) in float64, of the training and then of the validation samples."""
    names = ("t_un_train", "t_c_train", "t_un_val", "t_c_val")
    return tuple(inputs[name].astype(np.float64) for name in names)


def before(path, start):
    """The parameters before each update, from those after it: both (epochs, p).

    Raises:
        ValueError: nothing was updated.
    """
    if not len(path) or np.array_equal(path[-1], start):
        raise ValueError("the parameters are those of the start")
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


# -- what must hold -----------------------------------------------------------------------------------------

# Measured on the CPU, float32 against the formulas in float64, 8 seeds: losses differ by at most 8e-5 (2e-6 of their
# size), one update by 1e-6, 3000 updates of the line by 2.4e-5, the hidden gradient by 1.3e-5, outputs by 2e-6.
# CUDA adds in another order, also in float32 (TF32 is off): the same tolerances, not measured.
OUTPUT = {"rtol": 1e-5, "atol": 2e-5}
LOSS = {"rtol": 2e-5, "atol": 2e-4}
UPDATE = {"rtol": 0, "atol": 1e-5}
FITTED = {"rtol": 0, "atol": 2e-4}
PIXEL = {"rtol": 1e-5, "atol": 1e-4}


def formula(ko, en, *statement, **fields):
    """Make a relation of the function below: its label, its statement, and a tolerance."""
    return relation(label=Text(ko, en), statement=Text(*statement), **fields)


LOSSES_BEFORE = formula(
    "갱신 직전의 손실",
    "losses before the update",
    "에포크마다의 훈련·검증 손실은 그 에포크의 갱신 직전 파라미터에서 계산한 것이어야 합니다.",
    "Each epoch's training and validation loss must be those of the parameters before its update.",
    **LOSS,
    points=1,
)
UPDATES = formula(
    "경사 하강법의 갱신",
    "update by gradient descent",
    "갱신은 θ ← θ − lr·∇(훈련 손실)이어야 합니다. 검증 자료는 기울기에 들어가지 않습니다.",
    "Each update must be θ ← θ − lr ∇(training loss); the validation samples have no part in the gradient.",
    **UPDATE,
)


def losses_of(losses, parameters, inputs):
    """Training and validation losses (2, epochs) of a function of parameters, x and y."""
    x, y, x_val, y_val = halves(inputs)
    return np.stack([losses(parameters, x, y), losses(parameters, x_val, y_val)])


@LOSSES_BEFORE
def line_losses_before(training_losses, validation_losses, path, loss_scale, inputs):
    due = losses_of(line_losses, before(path, inputs["start"]), inputs)
    return np.stack([training_losses, validation_losses]), loss_scale * due


@LOSSES_BEFORE
def network_losses_before(training_losses, validation_losses, path, inputs):
    due = losses_of(network_losses, before(path, inputs["net_start"]), inputs)
    return np.stack([training_losses, validation_losses]), due


def most_of(epochs, path):
    """A path of nearly so many updates: one too few costs what is compared with the reference, and no more."""
    if len(path) < 0.9 * epochs:
        raise ValueError(f"{len(path)} updates")
    return path


@UPDATES
def line_updates(path, start, lr, loss_scale, n_epochs, inputs):
    x, y, _, _ = halves(inputs)
    lines = before(most_of(n_epochs, path), start)
    return path, lines - lr * loss_scale * line_gradients(lines, x, y)


@UPDATES
def network_updates(path, net_start, lr, net_epochs, inputs):
    x, y, _, _ = halves(inputs)
    networks = before(most_of(net_epochs, path), net_start)
    return path, networks - lr * network_gradients(networks, x, y)


@formula(
    "갱신의 닫힌 식",
    "closed form of the updates",
    "k번 갱신한 뒤의 (w, b)는 θ* + (I − ηH)ᵏ(θ₀ − θ*)이어야 합니다. θ*는 최소제곱 해입니다.",
    "After k updates (w, b) must be θ* + (I − ηH)ᵏ(θ₀ − θ*), with θ* the least-squares fit.",
    **FITTED,
    points=2,
)
def closed_form(path, start, lr, loss_scale, n_epochs, inputs):
    x, y, _, _ = halves(inputs)
    epochs = len(most_of(n_epochs, path))
    return path, descent_in_closed_form(x, y, start.astype(np.float64), lr * loss_scale, epochs)


@formula(
    "은닉층의 기울기",
    "gradient of the hidden layer",
    "은닉층의 기울기는 마지막 갱신 직전 파라미터에서 훈련 손실을 hidden_linear.weight로 미분한 것이어야 합니다.",
    "The hidden gradient must be that of the training loss with respect to hidden_linear.weight, at the parameters "
    "before the last update.",
    **FITTED,
    points=1,
)
def last_gradient(hidden_gradient, path, net_start, inputs):
    x, y, _, _ = halves(inputs)
    return hidden_gradient, network_gradients(before(path, net_start)[-1:], x, y)[0, :8, None]


def output_of(path, x):
    """The output (n,) of the network that the training ended with."""
    return network_of(path[-1].astype(np.float64), x.astype(np.float64))[1]


@formula(
    "학습된 신경망의 출력",
    "output of the trained network",
    "output은 학습이 끝난 신경망의 검증 표본 출력이어야 합니다.",
    "output must be the trained network's for the validation samples.",
    **OUTPUT,
    points=0.5,
)
def trained_output(output, path, net_start, t_un_val):
    before(path, net_start)
    return output, output_of(path, t_un_val)[:, None]


@formula(
    "그림의 모델 곡선",
    "model's curve drawn",
    "t_range 위에 그린, 입력 0.1·t에서의 모델 출력이 선으로 있어야 합니다.",
    "There must be a line over t_range: the model's output for inputs 0.1 t.",
    **PIXEL,
    points=0.5,
)
def curve(curve_drawn, path, t_range):
    return curve_drawn, np.stack([t_range[:, 0], output_of(path, 0.1 * t_range.astype(np.float64))], axis=1)


@formula(
    "그림의 예측",
    "predictions drawn",
    "t_u에서의 모델 예측이 가위표로 있어야 합니다.",
    "There must be crosses at the model's predictions for t_u.",
    **PIXEL,
    points=0.5,
)
def crosses(crosses_drawn, path, t_u):
    return crosses_drawn, np.stack([t_u, output_of(path, 0.1 * t_u.astype(np.float64)[:, None])], axis=1)


LOSSES = Curves(
    Text(
        ko="에포크별 훈련 손실과 검증 손실. 실선은 제출한 것, 점선은 기준.",
        en="Training and validation loss by epochs: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {
        "training": evidence["training_losses"],
        "validation": evidence["validation_losses"],
    },
)

# -- what is asked ------------------------------------------------------------------------------------------


def value(name, points, ko, en, **fields):
    """What is compared with the solution's, under a label."""
    return Close(name, points=points, label=Text(ko, en), **fields)


def fact(name, expected, points, ko, en):
    return Facts(name, expected=expected, points=points, label=Text(ko, en))


LAYERS = ["torch.nn.Sequential", "torch.nn.Linear", "torch.nn.Tanh", "torch.nn.Linear"]
THIRTEEN = {"0.weight": [13, 1], "0.bias": [13], "2.weight": [1, 13], "2.bias": [1]}
EIGHT = [
    ["hidden_linear.weight", [8, 1]],
    ["hidden_linear.bias", [8]],
    ["output_linear.weight", [1, 8]],
    ["output_linear.bias", [1]],
]
NETWORK = Diagram(
    [
        Data("t_un", "(B, 1)"),
        Layer("Linear", "1 → 13"),
        Layer("Tanh"),
        Layer("Linear", "13 → 1"),
        Data("t_p", "(B, 1)"),
    ]
)

QUESTION = Question(
    framework="torch",
    seed=SEED,
    pool=2,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=20),
    parts=[
        Part(
            name="linear_model",
            points=7,
            calls=[
                "x_train, x_val, y_train, y_val = split(t_u, t_c, shuffled_indices)",
                "parameters_of_one_input = parameters(linear_model(1))",
                "parameters_of_two_inputs = parameters(linear_model(2))",
                "output = predict(line(lines[0]), t_un_val)",
                "other_output = predict(line(lines[1]), t_un_val)",
                "_model = counted(line(lines[1]))",
                "ten = predict(_model, torch.ones(10, 1, device=device))",
                "hooks = _model.calls if len(ten) else {}",
                "one = predict(line(lines[1]), torch.ones(1, device=device))",
                "weight, bias = weight_and_bias(line(lines[1]))",
                "why_call = WHY_CALL",
            ],
            limit=Limit(seconds=20),
            checks=[
                value("x_train", 0.5, "훈련 표본의 입력", "inputs of the training samples"),
                value("y_train", 0.5, "훈련 표본의 목표값", "targets of the training samples"),
                value("x_val", 0.5, "검증 표본의 입력", "inputs of the validation samples"),
                value("y_val", 0.5, "검증 표본의 목표값", "targets of the validation samples"),
                fact(
                    "parameters_of_one_input",
                    [["weight", [1, 1]], ["bias", [1]]],
                    0.5,
                    "입력 하나",
                    "one input",
                ),
                fact(
                    "parameters_of_two_inputs",
                    [["weight", [1, 2]], ["bias", [1]]],
                    0.5,
                    "입력 둘",
                    "two inputs",
                ),
                value("output", 0.5, "배치의 출력", "output for a batch", **OUTPUT),
                value("other_output", 0.5, "다른 모델의 출력", "output of another model", **OUTPUT),
                value("ten", 0.75, "1로 된 배치의 출력", "output for a batch of ones", **OUTPUT),
                fact("hooks", {"before": 1, "after": 1}, 1, "훅의 실행 횟수", "how often hooks ran"),
                value(
                    "one",
                    0.25,
                    "배치 축이 없는 샘플의 출력",
                    "output for a sample without batch axis",
                    **OUTPUT,
                ),
                value("weight", 0, "가중치 읽기(배점 없음)", "the weight read (no points)", **OUTPUT),
                value("bias", 0, "편향 읽기(배점 없음)", "the bias read (no points)", **OUTPUT),
                Essay(
                    "why_call",
                    points=1,
                    rubric=Text(
                        ko="`__call__`이 forward 앞뒤의 훅을 실행하며 forward를 직접 부르면 조용히 빠진다는 점 0.5점; 배치의 "
                        "까닭(연산량을 크게 하여 하드웨어를 다 쓴다, 또는 배치가 클수록 통계값이 좋다) 하나 이상 0.5점.",
                        en="0.5 points for saying that `__call__` runs the hooks before and after forward, which calling "
                        "forward directly silently skips; 0.5 points for at least one reason for batches (enough work "
                        "at once to use the hardware fully, or better statistics from more samples).",
                    ),
                ),
            ],
        ),
        Part(
            name="training_loop",
            points=10,
            pictures=[LOSSES],
            settings={"lr": 1e-2, "loss_scale": 1.0},
            vary={"lr": [0.005, 0.008, 0.015], "loss_scale": [0.5, 0.75]},
            limit=Limit(seconds=60),
            checks=[
                value("training_losses", 1.5, "훈련 손실", "training losses", **LOSS),
                value("validation_losses", 1.5, "검증 손실", "validation losses", **LOSS),
                line_losses_before,
                line_updates.worth(2),
                closed_form,
                value("fitted", 2, "학습된 가중치와 편향", "weight and bias in the end", **FITTED),
            ],
        ),
        Part(
            name="sequential",
            points=4,
            diagram=NETWORK,
            calls=[
                "_model = sequential_model(hidden)",
                "modules = classes(_model, 'sequential_model')",
                "shapes = [shape for _, shape in parameters(_model)]",
                "output = load(_model, flat_weights(weights, hidden), device)(t_un_train)",
            ],
            settings={"hidden": 13},
            vary={"hidden": [5, 9, 17]},
            limit=Limit(seconds=10),
            checks=[
                fact("modules", LAYERS, 1, "신경망의 계층", "layers of the network"),
                fact("shapes", ..., 1, "파라미터의 모양", "shapes of the parameters"),
                value("output", 2, "주어진 가중치에서의 출력", "output with the given weights", **OUTPUT),
            ],
        ),
        Part(
            name="parameters",
            points=4,
            calls=[
                "of_thirteen = parameter_shapes(thirteen(device))",
                "named_of_thirteen = dict(named_parameter_shapes(thirteen(device)))",
                "of_names = parameter_shapes(named_network(2, hidden, device))",
                "named_of_names = dict(named_parameter_shapes(named_network(2, hidden, device)))",
            ],
            settings={"hidden": 8},
            vary={"hidden": [4, 6, 21]},
            limit=Limit(seconds=10),
            checks=[
                fact("of_thirteen", [*THIRTEEN.values()], 1, "1-13-1의 모양", "shapes of 1-13-1"),
                fact("named_of_thirteen", THIRTEEN, 1, "1-13-1의 이름", "names of 1-13-1"),
                fact("of_names", ..., 1, "이름 붙인 모델의 모양", "shapes of a model with names"),
                fact("named_of_names", ..., 1, "이름 붙인 모델의 이름", "names of a model with names"),
            ],
        ),
        Part(
            name="named_model",
            points=10,
            pictures=[LOSSES],
            settings={"hidden": 8, "lr": 1e-3},
            vary={"hidden": [5, 12], "lr": [5e-4, 8e-4]},
            limit=Limit(seconds=90),
            checks=[
                fact("modules", LAYERS, 0.5, "신경망의 계층", "layers of the network"),
                fact("parameters_of_eight", EIGHT, 0.5, "1-8-1의 파라미터", "parameters of 1-8-1"),
                fact("parameters", ..., 0.5, "다른 크기의 파라미터", "parameters of another size"),
                value("output_bias", 0.5, "출력층의 편향", "output bias", rtol=1e-6, atol=0),
                value("early_training_losses", 0.75, "처음의 훈련 손실", "first training losses", **LOSS),
                value("early_validation_losses", 0.75, "처음의 검증 손실", "first validation losses", **LOSS),
                network_losses_before,
                network_updates.worth(1),
                trained_output,
                last_gradient,
                value("points_drawn", 0.5, "그림의 자료", "data points drawn", **PIXEL),
                curve,
                crosses,
                fact("xlabel", "Fahrenheit", 0.25, "가로축의 이름", "label of the horizontal axis"),
                fact("ylabel", "Celsius", 0.25, "세로축의 이름", "label of the vertical axis"),
                Essay(
                    "comparison",
                    points=1,
                    rubric=Text(
                        ko="신경망의 훈련 손실이 더 작다(예: 2.06 대 2.74)는 사실 또는 곡선이 자료를 따라 휜다는 관찰 0.5점; 검증 "
                        "손실은 더 크므로(예: 16.5 대 4.74) 자료 11개로는 과적합이며 새 자료, 특히 자료의 범위 밖에서는 직선을 "
                        "믿겠다는 판단과 근거 0.5점. 자기 손실값에 근거하면 다른 판단도 인정한다.",
                        en="0.5 points for the network's lower training loss (2.06 against 2.74, say) or the observation "
                        "that its curve bends after the data; 0.5 points for the judgement, with a reason, that its higher "
                        "validation loss (16.5 against 4.74, say) is overfitting to 11 samples, so that the line is to be "
                        "trusted on new data, above all outside their range. Another judgement counts if it rests on one's "
                        "own losses.",
                    ),
                ),
            ],
        ),
    ],
)
