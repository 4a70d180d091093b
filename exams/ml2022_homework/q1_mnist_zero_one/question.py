"""The homework's question: tell handwritten 0 from 1, and see what a formula in float32 does to training."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    Choice,
    Close,
    Data,
    Diagram,
    Essay,
    Facts,
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

from .probes import FEW, PARAMETERS, PIXELS, SEED

# -- the mathematics, in float64 and in numpy ---------------------------------------------------------------


def labels_of(inputs):
    """y (n, 1): the zeros come first."""
    return np.repeat([0.0, 1.0], [len(inputs["zeros"]), len(inputs["ones"])])[:, None]


def pixels(zeros, ones):
    """X (n, 784), raw."""
    return np.concatenate([zeros, ones]).reshape(-1, PIXELS).astype(np.float64)


def bce(yhat, y, least=-np.inf):
    """-mean(y log yhat + (1-y) log(1-yhat)), each logarithm at least `least`. Where 0 log 0 occurs it is NaN."""
    p = yhat.astype(np.float64)
    return -np.mean(y * np.maximum(np.log(p), least) + (1 - y) * np.maximum(np.log(1 - p), least))


def clamped_bce(yhat, y):
    """torch.nn.BCELoss: its documentation says that it holds each logarithm at -100 or above."""
    return bce(yhat, y, least=-100.0)


def first_pass_equation(evidence, inputs):
    return evidence["first_yhat"], evidence["initial_yhat"]


def first_loss_equation(evidence, inputs):
    """BCELoss of the output of the first epoch is its loss."""
    return evidence["first_losses"], np.array([clamped_bce(evidence["first_yhat"], labels_of(inputs))])


def plain_formula_equation(evidence, inputs):
    """So is the plain formula, NaN and all; for the faint images X/255 the same holds of finite numbers."""
    y = labels_of(inputs)
    losses = np.concatenate([evidence["first_losses"], evidence["faint_losses"]])
    return losses, np.array([bce(evidence["first_yhat"], y), bce(evidence["faint_yhat"], y)])


def last_loss_equation(formula):
    """The last loss is that of the returned output, which therefore is from before the last update."""

    def equation(evidence, inputs):
        return evidence["losses"][-1:], np.array([formula(evidence["yhat"], labels_of(inputs))])

    return equation


def plot_equation(evidence, inputs):
    return evidence["plotted"], np.stack([labels_of(inputs)[:, 0], evidence["yhat"][:, 0]])


def first_adam_step_equation(evidence, inputs):
    """Adam's first step is lr g / (|g| + 1e-8). The output layer's bias has g = mean(yhat - y)."""
    gradient = np.mean(evidence["first_yhat"].astype(np.float64) - labels_of(inputs))
    step = inputs["lr"] * gradient / (abs(gradient) + 1e-8)
    return evidence["bias_step"], np.array([-step])


def nan_steps_equation(evidence, inputs):
    """Asked of the document's start only: for another seed the NaN may come an epoch later, or after inf.

    What is compared is whether each answer is right, so that no message gives the right one away.
    """
    right = np.ones(2)
    if inputs["seed"] != SEED:
        return right, right
    broken = [
        np.isnan(evidence["losses"]),
        np.array([np.isnan(evidence[name]).any() for name in ("first_yhat", "second_yhat", "yhat")]),
    ]
    found = np.array([np.argmax(steps) + 1 if steps.any() else 0 for steps in broken])
    return (evidence["nan_steps"] == found).astype(np.float64), right


def forward_equation(evidence, inputs):
    """sigmoid(relu(X W1' + b1) W2' + b2) of the first and last few images, /255, with the network's own numbers."""
    X = pixels(inputs["zeros"][:FEW], inputs["ones"][:FEW]) / 255
    w1, b1, w2, b2 = (evidence[name].astype(np.float64) for name in PARAMETERS)
    return evidence["output"], 1 / (1 + np.exp(-(np.maximum(X @ w1.T + b1, 0) @ w2.T + b2)))


def images_equation(evidence, inputs):
    return evidence["X"], pixels(inputs["zeros"][:FEW], inputs["ones"][:FEW])


def labels_equation(evidence, inputs):
    few = len(inputs["zeros"][:FEW]), len(inputs["ones"][:FEW])
    return evidence["y"], np.repeat([0.0, 1.0], few)[:, None]


def normalized_equation(evidence, inputs):
    return evidence["normalized"], pixels(inputs["zeros"][:FEW], inputs["ones"][:FEW]) / 255


def accuracy_equation(case):
    """The share of i with I(yhat_i > 0.5) = y_i; NaN > 0.5 does not hold."""

    def equation(evidence, inputs):
        right = (inputs[f"{case}_yhat"] > 0.5) == (inputs[f"{case}_y"] == 1)
        return evidence[f"accuracy_{case}"], np.asarray(np.mean(right))

    return equation


def share_right(seen):
    """Accuracy of the submitted output."""
    yhat = seen.evidence.arrays.get("yhat")
    y = labels_of(seen.inputs)
    if yhat is None or yhat.shape != y.shape:
        return Text(ko="yhat의 모양이 (n, 1)이 아닙니다.", en="yhat does not have the shape (n, 1).")
    return float(np.mean((yhat > 0.5) == (y == 1)))


# -- what is asked ------------------------------------------------------------------------------------------

# Greatest differences in float32 on the CPU over 1, 2 and 4 threads, foreach and fused Adam, BCELoss for the
# formula, and a start moved by 1e-7 in every weight; mini, full and small subsets (8 network seeds in all).
# Raw pixels (logits of size 10 to 100): losses 6.3e-5. float64 departs by more than 1 there, because its sigmoid
# saturates much later: float32 is asked for. The nearest mistake departs by more than 0.05.
RAW_LOSS = {"rtol": {"cpu": 1e-4, "cuda": 1e-2}, "atol": {"cpu": 5e-4, "cuda": 1e-2}}
RAW_OUTPUT = {"rtol": 0, "atol": {"cpu": 1e-3, "cuda": 1e-2}}
# Pixels from 0 to 1: losses 1.7e-6, outputs 1.3e-4 (one image of 150 near a dead unit), else 2e-7.
LOSS = {"rtol": 0, "atol": {"cpu": 1e-5, "cuda": 1e-4}}
OUTPUT = {"rtol": 0, "atol": {"cpu": 5e-4, "cuda": 2e-3}}
# The same arithmetic done twice, or once in float32 and once in float64 from the same outputs.
SAME = {"rtol": 0, "atol": {"cpu": 1e-5, "cuda": 1e-3}}
FORMULA = {"rtol": 1e-4, "atol": 1e-6}


def formula_check(name, names, equation, ko, en, points, tolerance, *, label, **more):
    """A public equation on the student's own numbers."""
    statement = Text(ko=ko, en=en)
    return Relation(
        name,
        label=label,
        arrays=names,
        equation=equation,
        statement=statement,
        points=points,
        **tolerance,
        **more,
    )


def first_pass_check(points):
    return formula_check(
        "first forward pass",
        ["first_yhat", "initial_yhat"],
        first_pass_equation,
        "첫 epoch의 출력은 torch.manual_seed(seed) 직후에 만든 build_network()의 출력과 같아야 합니다(갱신 전의 출력).",
        "The output of the first epoch must be that of build_network() called right after torch.manual_seed(seed), "
        "before any update.",
        points,
        SAME,
        label=Text(ko="첫 epoch의 출력", en="first forward pass"),
    )


def last_loss_check(formula, points):
    return formula_check(
        "last loss",
        ["losses", "yhat"],
        last_loss_equation(formula),
        "마지막 손실은 돌려준 yhat의 손실(평균)과 같아야 합니다. yhat은 마지막 갱신 전의 출력입니다.",
        "The last loss must be the mean loss of the returned yhat, which is the output before the last update.",
        points,
        FORMULA,
        label=Text(ko="마지막 손실", en="last loss"),
    )


def plot_checks(points):
    return [
        Picture("figure", points=1),
        formula_check(
            "plotted lines",
            ["plotted", "yhat"],
            plot_equation,
            "그림에는 선이 두 개 있어야 합니다: 먼저 y, 그다음 yhat.",
            "The figure must hold two lines: y first, then yhat.",
            points,
            {"rtol": 0, "atol": 1e-6},
            label=Text(ko="그림의 두 선", en="plotted lines"),
        ),
    ]


OUTPUT_SHAPES = [Shape("losses", ("epochs",)), Shape("yhat", (None, 1))]
NETWORK_PARAMETERS = [["0.weight", [64, 784]], ["0.bias", [64]], ["2.weight", [1, 64]], ["2.bias", [1]]]

LOSSES = Curves(
    Text(
        ko="epoch별 손실. 실선은 제출한 것, 점선은 기준.",
        en="The loss by epochs: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"loss": evidence["losses"]},
)

QUESTION = Question(
    framework="torch",
    seed=SEED,
    pool=2,
    datasets=["mnist"],
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=60),
    parts=[
        Part(
            name="network",
            diagram=Diagram(
                [
                    Data("X", "(n, 784)"),
                    Layer("l1", "784 → 64"),
                    Layer("a1", "ReLU"),
                    Layer("l2", "64 → 1"),
                    Layer("a2", "Sigmoid"),
                    Data("yhat", "(n, 1)"),
                ]
            ),
            points=13,
            probe="probe_network",
            settings={"seed": SEED},
            vary={"seed": [1, 10, 14]},
            limit=Limit(seconds=60),
            checks=[
                Facts(
                    "layers",
                    expected=[
                        "torch.nn.Sequential",
                        "torch.nn.Linear",
                        "torch.nn.ReLU",
                        "torch.nn.Linear",
                        "torch.nn.Sigmoid",
                    ],
                    points=3,
                ),
                Facts("parameters", expected=NETWORK_PARAMETERS, points=2),
                Close("output", rtol=0, atol={"cpu": 1e-5, "cuda": 1e-4}, points=2),
                formula_check(
                    "forward pass",
                    ["output", *PARAMETERS],
                    forward_equation,
                    "출력은 sigmoid(relu(X W1ᵀ + b1) W2ᵀ + b2)와 같아야 합니다.",
                    "The output must be sigmoid(relu(X W1ᵀ + b1) W2ᵀ + b2).",
                    2,
                    {"rtol": 0, "atol": {"cpu": 1e-5, "cuda": 1e-4}},
                    label=Text(ko="신경망의 출력식", en="forward pass"),
                ),
                formula_check(
                    "images as rows",
                    ["X"],
                    images_equation,
                    "X의 각 행은 이미지 한 장의 784개 픽셀(0~255 그대로)이고, 숫자 0이 먼저여야 합니다.",
                    "Each row of X must be one image's 784 raw pixels, the zeros first.",
                    2,
                    {"rtol": 0, "atol": 0},
                    label=Text(ko="이미지의 행렬 X", en="images as rows of X"),
                ),
                formula_check(
                    "labels",
                    ["y"],
                    labels_equation,
                    "y는 모양이 (n, 1)이고 숫자 0에 0, 숫자 1에 1이어야 합니다.",
                    "y must have the shape (n, 1), with 0 for the digit 0 and 1 for the digit 1.",
                    2,
                    {"rtol": 0, "atol": 0},
                    label=Text(ko="라벨 y", en="labels y"),
                ),
            ],
        ),
        Part(
            name="train_bce_loss",
            points=25,
            probe="probe_bce_loss",
            settings={"epochs": 200, "lr": 0.002, "seed": SEED},
            vary={"epochs": [12, 16, 20], "lr": [0.001, 0.003], "seed": [1, 10, 14]},
            limit=Limit(seconds=600),
            pictures=[LOSSES],
            checks=[
                *OUTPUT_SHAPES,
                Facts("torch_losses", expected=["binary_cross_entropy"], open=True),
                Facts("parameters", expected=NETWORK_PARAMETERS, points=1),
                Close("losses", **RAW_LOSS, points=8),
                Close("yhat", **RAW_OUTPUT, points=6),
                Close("trained_yhat", **RAW_OUTPUT, points=3),
                first_pass_check(1),
                formula_check(
                    "first loss",
                    ["first_losses", "first_yhat"],
                    first_loss_equation,
                    "첫 epoch의 손실은 그때의 출력으로 계산한 BCELoss(평균)여야 합니다.",
                    "The loss of the first epoch must be BCELoss (the mean) of the output of that epoch.",
                    1,
                    FORMULA,
                    label=Text(ko="첫 손실", en="first loss"),
                ),
                last_loss_check(clamped_bce, 2),
                *plot_checks(2),
            ],
        ),
        Part(
            name="train_manual_bce",
            points=25,
            probe="probe_manual",
            settings={"epochs": 200, "lr": 0.002, "seed": SEED},
            # With these seeds the first loss may be finite, infinite or NaN: as the formula gives it.
            vary={"epochs": [5, 8], "lr": [0.001, 0.003], "seed": [2, 3, 7]},
            limit=Limit(seconds=600),
            pictures=[LOSSES],
            checks=[
                *OUTPUT_SHAPES,
                Facts("torch_losses", expected=[], open=True),
                formula_check(
                    "plain formula",
                    ["first_losses", "first_yhat", "faint_losses", "faint_yhat"],
                    plain_formula_equation,
                    "첫 epoch의 손실은 그때의 출력을 수식에 그대로 넣은 값이어야 합니다. 0·log 0이 있으면 NaN입니다.",
                    "The loss of the first epoch must be what the plain formula gives for the output of that epoch: NaN "
                    "where 0·log 0 occurs.",
                    None,
                    FORMULA,
                    label=Text(ko="수식대로의 손실", en="loss by the plain formula"),
                ),
                Facts("parameters", expected=NETWORK_PARAMETERS, points=1),
                Close("losses", **RAW_LOSS, points=5),
                Close("yhat", **RAW_OUTPUT, points=4),
                first_pass_check(2),
                formula_check(
                    "steps of the first NaN",
                    ["nan_steps", "losses", "first_yhat", "second_yhat", "yhat"],
                    nan_steps_equation,
                    "NAN_LOSS_STEP과 NAN_OUTPUT_STEP은 자신의 학습에서 손실과 출력이 처음 NaN이 된 epoch이어야 합니다.",
                    "NAN_LOSS_STEP and NAN_OUTPUT_STEP must be the epochs of your own training in which the loss and the "
                    "output are NaN for the first time.",
                    3,
                    {"rtol": 0, "atol": 0},
                    label=Text(ko="처음 NaN이 된 epoch", en="steps of the first NaN"),
                    open=False,
                ),
                Choice("trains_well", points=2),
                *plot_checks(2),
                Essay(
                    "reason",
                    points=5,
                    rubric=Text(
                        ko="학습이 되지 않았고 출력이 모두 NaN이 되었음을 말한다 1점; raw 픽셀 때문에 sigmoid의 입력이 커져 float32의 출력이 "
                        "정확히 1(또는 0)이 됨을 말한다 2점; 그때 0·log 0 = 0·(−∞) = NaN이 손실에 들어감을 말한다 1점; NaN인 손실의 "
                        "미분도 NaN이어서 한 번의 갱신으로 모든 가중치가 NaN이 됨을 말한다 1점. BCELoss는 로그를 −100에서 자르기 "
                        "때문에 괜찮다는 설명은 넷째 항목을 대신할 수 있다.",
                        en="1 point for saying that training failed, all outputs having become NaN; 2 points for the cause: raw pixels "
                        "make the sigmoid's input great, so that its float32 output is exactly 1 (or 0); 1 point for "
                        "0·log 0 = 0·(−∞) = NaN in the loss; 1 point for the spread: the gradient of a NaN loss is NaN, and one "
                        "update makes every weight NaN. That BCELoss survives because it cuts its logarithms off at −100 may "
                        "stand in for the last item.",
                    ),
                ),
            ],
        ),
        Part(
            name="train_normalized",
            points=25,
            probe="probe_normalized",
            settings={"epochs": 200, "lr": 0.002, "seed": SEED},
            vary={"epochs": [30, 35, 40], "lr": [0.001, 0.003], "seed": [1, 2, 3]},
            limit=Limit(seconds=600),
            pictures=[LOSSES],
            checks=[
                *OUTPUT_SHAPES,
                Facts("torch_losses", expected=[], open=True),
                formula_check(
                    "pixels between 0 and 1",
                    ["normalized"],
                    normalized_equation,
                    "normalize(X)는 모든 픽셀을 255로 나눈 값이어야 합니다.",
                    "normalize(X) must be every pixel divided by 255.",
                    3,
                    {"rtol": 0, "atol": 1e-6},
                    label=Text(ko="0과 1 사이의 픽셀", en="pixels between 0 and 1"),
                ),
                Close("losses", **LOSS, points=4),
                Close("yhat", **OUTPUT, points=4),
                Close("trained_yhat", **OUTPUT, points=2),
                first_pass_check(1),
                last_loss_check(bce, 1),
                formula_check(
                    "first step of Adam",
                    ["bias_step", "first_yhat"],
                    first_adam_step_equation,
                    "Adam의 첫 갱신은 출력층의 편향을 미분계수의 반대 방향으로 학습률만큼 움직여야 합니다.",
                    "Adam's first update must move the output layer's bias by the learning rate, against the gradient.",
                    1,
                    {"rtol": 1e-3, "atol": 0},
                    label=Text(ko="Adam의 첫 갱신", en="first step of Adam"),
                ),
                AtLeast(
                    "accuracy",
                    label=Text(ko="정확도", en="accuracy"),
                    metric=share_right,
                    bound=0.95,
                    points=1,
                    open=False,
                ),
                Choice("trains_well", points=1),
                *plot_checks(2),
                Essay(
                    "reason",
                    points=4,
                    rubric=Text(
                        ko="학습이 잘 되었음을 수치나 그림으로 보인다(손실이 약 0.0015로 줄었고, 12665장 중 12661장을 맞힌다, 출력이 y와 "
                        "겹친다 등) 2점; (3)과 다른 까닭을 말한다(입력이 작아 sigmoid의 출력이 정확히 0이나 1이 되지 않으므로 로그가 "
                        "유한하다) 2점.",
                        en="2 points for showing, with a number or the figure, that training went well (the loss fell to about 0.0015, "
                        "12661 of 12665 images are right, the outputs lie on y, ...); 2 points for why it differs from (3): the "
                        "input is small, so that no output of the sigmoid is exactly 0 or 1 and the logarithms are finite.",
                    ),
                ),
            ],
        ),
        Part(
            name="accuracy",
            points=12,
            probe="probe_accuracy",
            limit=Limit(seconds=60),
            checks=[
                formula_check(
                    f"accuracy, {kind}",
                    [f"accuracy_{case}"],
                    accuracy_equation(case),
                    ko,
                    en,
                    4,
                    {"rtol": 0, "atol": 1e-6},
                    label=Text(ko=f"정확도: {case_ko}", en=f"accuracy, {kind}"),
                )
                for case, kind, case_ko, ko, en in (
                    (
                        "plain",
                        "plain outputs",
                        "보통의 출력",
                        "accuracy는 맞힌 비율이어야 합니다.",
                        "Accuracy must be the share of right answers.",
                    ),
                    (
                        "half",
                        "outputs of exactly 0.5",
                        "정확히 0.5인 출력",
                        "출력이 정확히 0.5이면 0으로 보아야 합니다.",
                        "An output of exactly 0.5 must count as 0.",
                    ),
                    (
                        "nan",
                        "outputs that are NaN",
                        "NaN인 출력",
                        "출력이 NaN이면 0으로 보아야 합니다.",
                        "An output that is NaN must count as 0.",
                    ),
                )
            ],
        ),
    ],
)
