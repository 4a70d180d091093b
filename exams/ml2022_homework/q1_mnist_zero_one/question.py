"""The homework's question: tell handwritten 0 from 1, and see what a formula in float32 does to training."""

from __future__ import annotations

import numpy as np

from autograder import (
    Choice,
    Close,
    Data,
    Diagram,
    Essay,
    Facts,
    Layer,
    Limit,
    Operators,
    Part,
    Question,
    Relation,
    Text,
    normal,
    relation,
)
from autograder.checks.operators import ACTIVATIONS, BINARY_CROSS_ENTROPY, BY_HAND, OPTIMISERS
from autograder.pictures import Curves

from .probes import FEW, PIXELS, SEED, SHAPES

# -- the data and the network -------------------------------------------------------------------------------


def pixels(zeros, ones):
    """X (n, 784), raw."""
    return np.concatenate([zeros, ones]).reshape(-1, PIXELS).astype(np.float64)


def labels(zeros, ones):
    """y (n, 1): the zeros come first."""
    return np.repeat([0.0, 1.0], [len(zeros), len(ones)])[:, None]


@relation(
    label=Text(ko="이미지의 행렬 X", en="images as rows of X"),
    statement=Text(
        ko="X의 각 행은 이미지 한 장의 784개 픽셀(0~255 그대로)이고, 숫자 0이 먼저여야 합니다.",
        en="Each row of X must be one image's 784 raw pixels, the zeros first.",
    ),
)
def images_as_rows(X, zeros, ones):
    return X, pixels(zeros[:FEW], ones[:FEW])


@relation(
    label=Text(ko="라벨 y", en="labels y"),
    statement=Text(
        ko="y는 모양이 (n, 1)이고 숫자 0에 0, 숫자 1에 1이어야 합니다.",
        en="y must have the shape (n, 1), with 0 for the digit 0 and 1 for the digit 1.",
    ),
)
def labels_of_images(y, zeros, ones):
    return y, labels(zeros[:FEW], ones[:FEW])


@relation(
    label=Text(ko="신경망의 출력식", en="forward pass"),
    statement=Text(
        ko="출력은 sigmoid(relu(X W1ᵀ + b1) W2ᵀ + b2)와 같아야 합니다.",
        en="The output must be sigmoid(relu(X W1ᵀ + b1) W2ᵀ + b2).",
    ),
    rtol=0,
    atol={"cpu": 1e-5, "cuda": 1e-4},
)
def forward_pass(output, zeros, ones, weight_1, bias_1, weight_2, bias_2):
    hidden = np.maximum(pixels(zeros[:FEW], ones[:FEW]) / 255 @ weight_1.T.astype(float) + bias_1, 0)
    return output, 1 / (1 + np.exp(-(hidden @ weight_2.T.astype(float) + bias_2)))


# -- training -----------------------------------------------------------------------------------------------


def bce(yhat, y, least=-np.inf):
    """-mean(y log yhat + (1-y) log(1-yhat)), each logarithm at least `least`. Where 0 log 0 occurs it is NaN."""
    p = yhat.astype(np.float64)
    return -np.mean(y * np.maximum(np.log(p), least) + (1 - y) * np.maximum(np.log(1 - p), least))


def first_and_last(losses, start, yhat, zeros, ones, least):
    """The losses of the first and last epoch, and what their outputs give."""
    y = labels(zeros, ones)
    return losses[[0, -1]], np.array([bce(start, y, least), bce(yhat, y, least)])


FORMULA = {"rtol": 1e-4, "atol": 1e-6}
LAST = Text(ko="첫 손실과 마지막 손실", en="first and last loss")


@relation(
    label=LAST,
    statement=Text(
        ko="losses의 첫 값은 처음 네트워크의 출력의 BCELoss, 마지막 값은 반환한 yhat(마지막 갱신 전의 출력)의 BCELoss여야 합니다.",
        en="The first of losses must be the BCELoss of the first network's output, the last that of the returned yhat, "
        "which is the output before the last update.",
    ),
    **FORMULA,
)
def clamped_losses(losses, start, yhat, zeros, ones):
    """torch.nn.BCELoss: its documentation says that it holds each logarithm at -100 or above."""
    return first_and_last(losses, start, yhat, zeros, ones, -100.0)


@relation(
    label=LAST,
    statement=Text(
        ko="losses의 첫 값과 마지막 값은 처음 네트워크의 출력과 반환한 yhat(마지막 갱신 전의 출력)을 수식에 그대로 넣은 값이어야 합니다.",
        en="The first and last of losses must be what the plain formula gives for the first network's output and for the "
        "returned yhat, which is the output before the last update.",
    ),
    **FORMULA,
)
def plain_losses(losses, start, yhat, zeros, ones):
    return first_and_last(losses, start, yhat, zeros, ones, -np.inf)


@relation(
    label=Text(ko="그림의 두 선", en="plotted lines"),
    statement=Text(
        ko="그림에는 선이 두 개 있어야 합니다: 먼저 y, 그다음 yhat.",
        en="The figure must hold two lines: y first, then yhat.",
    ),
    rtol=0,
    atol=1e-6,
)
def plotted_lines(plotted, yhat, zeros, ones):
    return plotted, np.stack([labels(zeros, ones)[:, 0], yhat[:, 0]])


@relation(
    label=Text(ko="0과 1 사이의 픽셀", en="pixels between 0 and 1"),
    statement=Text(
        ko="normalize(X)는 모든 픽셀을 255로 나눈 값이어야 합니다.",
        en="normalize(X) must be every pixel divided by 255.",
    ),
    rtol=0,
    atol=1e-6,
)
def pixels_from_0_to_1(normalized, zeros, ones):
    return normalized, pixels(zeros[:FEW], ones[:FEW]) / 255


# -- accuracy -----------------------------------------------------------------------------------------------


def accuracy_check(case, label, statement, points):
    """The share of i with I(yhat_i > 0.5) = y_i; NaN > 0.5 does not hold."""

    def equation(evidence, inputs):
        right = (inputs[f"{case}_yhat"] > 0.5) == (inputs[f"{case}_y"] == 1)
        return evidence[f"accuracy_{case}"], np.asarray(np.mean(right))

    name = f"accuracy_{case}"
    return Relation(
        name,
        arrays=[name],
        equation=equation,
        label=label,
        statement=statement,
        points=points,
        rtol=0,
        atol=1e-6,
    )


@relation(
    label=Text(ko="(4)의 정확도", en="accuracy of (4)"),
    statement=Text(
        ko="NORMALIZED_ACCURACY는 (4)의 결과에 accuracy를 적용한 값이어야 합니다.",
        en="NORMALIZED_ACCURACY must be what accuracy gives for the result of (4).",
    ),
    rtol=0,
    atol=0,
    open=False,
)
def accuracy_of_four(stated, accuracies):
    """To four digits; the number of right answers is taken too. No message gives the right one away."""
    share = stated.ravel() / np.where(stated > 1, 12665, 1)
    return (np.abs(share - accuracies[:, None]) <= 6e-5).any(axis=0) * 1.0, np.ones(1)


# -- what is asked ------------------------------------------------------------------------------------------

# Pixels from 0 to 255, as in (2) and (3), give logits of size 10 to 100. float64 departs by more than 1 there,
# because its sigmoid saturates much later: float32 is asked for. Hidden variants divide the pixels by `scale`.
RAW = {"rtol": {"cpu": 1e-4, "cuda": 1e-2}, "atol": {"cpu": 3e-3, "cuda": 1e-2}}
FAINT = {"rtol": 0, "atol": {"cpu": 5e-4, "cuda": 2e-3}}
LOSS = {"rtol": 0, "atol": {"cpu": 1e-5, "cuda": 1e-4}}

PARAMETERS = Text(ko="파라미터의 모양", en="shapes of the parameters")
START = Text(ko="처음 네트워크의 출력", en="output of the first network")
FEW_LOSSES = Text(ko="몇 epoch의 손실", en="losses of a few epochs")
TRAINED = Text(ko="학습된 네트워크의 출력", en="output of the trained network")

BY_FORMULA = BY_HAND | ACTIVATIONS | OPTIMISERS

LOSSES = Curves(
    Text(
        ko="epoch별 손실. 실선은 제출한 것, 점선은 기준.",
        en="The loss by epochs: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"loss": evidence["losses"]},
)


def training_part(name, *checks, scale, scales):
    """Part (2), (3) or (4): 200 epochs on the document's data, a few on other data."""
    return Part(
        name=name,
        points=25,
        settings={"epochs": 200, "few": 3, "lr": 0.002, "seed": SEED, "scale": scale},
        vary={
            "epochs": [5, 6, 7],
            "few": [2, 4],
            "lr": [0.001, 0.003],
            "seed": [1, 10, 14],
            "scale": scales,
        },
        limit=Limit(seconds=600),
        pictures=[LOSSES],
        checks=checks,
    )


QUESTION = Question(
    framework="torch",
    seed=SEED,
    pool=2,
    datasets=["mnist"],
    withheld=frozenset({"accuracies"}),
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=60),
    inputs={
        "weight_1": normal(64, PIXELS, std=0.05),
        "bias_1": normal(64),
        "weight_2": normal(1, 64, std=0.3),
        "bias_2": normal(1),
    },
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
            calls=[
                f"X, y = make_data(zeros[:{FEW}], ones[:{FEW}])",
                f"_X, _y = data_of(zeros[:{FEW}], ones[:{FEW}])",
                "_network = started(build_network, seed, device)",
                "shapes = shapes_of(_network)",
                "start = _network(_X / 255)",
                "output = with_weights(_network, weight_1, bias_1, weight_2, bias_2)(_X / 255)",
            ],
            settings={"seed": SEED},
            vary={"seed": [1, 10, 14]},
            limit=Limit(seconds=60),
            checks=[
                images_as_rows.worth(2),
                labels_of_images.worth(2),
                Facts("shapes", expected=SHAPES, label=PARAMETERS, points=2, open=True),
                forward_pass.worth(4),
                Close("start", label=START, rtol=0, atol={"cpu": 1e-5, "cuda": 1e-4}, points=3),
            ],
        ),
        training_part(
            "train_bce_loss",
            Operators(allowed=BY_FORMULA | BINARY_CROSS_ENTROPY, needed=["binary_cross_entropy"], points=1),
            Close("few_losses", label=FEW_LOSSES, **RAW, points=6),
            Close("losses", **RAW, points=6),
            Close("yhat", **RAW, points=6),
            Close("trained", label=TRAINED, **RAW, points=5),
            clamped_losses.worth(0.5),
            plotted_lines.worth(0.5),
            scale=1,
            scales=[50, 60, 80],
        ),
        training_part(
            "train_manual_bce",
            Operators(allowed=BY_FORMULA),
            Close("few_losses", label=FEW_LOSSES, **LOSS, points=4),
            Close("losses", **LOSS, points=4),
            Close("yhat", **FAINT, points=3),
            Close("trained", label=TRAINED, **FAINT, points=2),
            plain_losses.worth(1),
            plotted_lines.worth(1),
            Choice("NAN_LOSS_STEP", points=2),
            Choice("NAN_OUTPUT_STEP", points=1),
            Choice("MANUAL_TRAINS_WELL", points=2),
            Essay(
                "MANUAL_REASON",
                points=5,
                rubric=Text(
                    ko="학습이 되지 않았고 출력이 모두 NaN이 되었음을 말한다 1점; raw 픽셀 때문에 sigmoid의 입력이 커져 float32의 출력이 "
                    "정확히 1(또는 0)이 됨을 말한다 2점; 그때 0·log 0 = 0·(−∞) = NaN이 손실에 들어감을 말한다 1점; NaN인 손실의 "
                    "미분도 NaN이어서 한 번의 갱신으로 모든 가중치가 NaN이 됨을 말한다 1점. BCELoss는 로그를 −100에서 자르기 "
                    "때문에 괜찮다는 설명은 넷째 항목을 대신할 수 있다.",
                    en="1 point for saying that training failed, all outputs having become NaN; 2 points for the cause: raw pixels "
                    "make the sigmoid's input large, so that its float32 output is exactly 1 (or 0); 1 point for "
                    "0·log 0 = 0·(−∞) = NaN in the loss; 1 point for the spread: the gradient of a NaN loss is NaN, and one "
                    "update makes every weight NaN. That BCELoss survives because it cuts its logarithms off at −100 may "
                    "stand in for the last item.",
                ),
            ),
            scale=1,
            scales=[50, 60, 80],
        ),
        training_part(
            "train_normalized",
            Operators(allowed=BY_FORMULA),
            pixels_from_0_to_1.worth(3),
            Close("few_losses", label=FEW_LOSSES, **LOSS, points=4),
            Close("losses", **LOSS, points=4),
            Close("yhat", **FAINT, points=3),
            Close("trained", label=TRAINED, **FAINT, points=5),
            plain_losses.worth(1),
            plotted_lines.worth(1),
            Choice("NORMALIZED_TRAINS_WELL", points=1),
            Essay(
                "NORMALIZED_REASON",
                points=3,
                rubric=Text(
                    ko="학습이 잘 되었음을 수치나 그림으로 보인다(손실이 약 0.0015로 줄었다, 출력이 y와 겹친다, 12665장 중 12661장을 "
                    "맞힌다 등) 1점; (3)과 다른 까닭을 말한다(입력이 작아 sigmoid의 출력이 정확히 0이나 1이 되지 않으므로 로그가 "
                    "유한하다) 2점.",
                    en="1 point for showing, with a number or the figure, that training went well (the loss fell to about 0.0015, "
                    "the outputs lie on y, 12661 of 12665 images are right, ...); 2 points for why it differs from (3): the "
                    "input is small, so that no output of the sigmoid is exactly 0 or 1 and the logarithms are finite.",
                ),
            ),
            scale=255,
            scales=[150, 200, 300],
        ),
        Part(
            name="accuracy",
            points=12,
            calls=[
                *(f"accuracy_{case} = accuracy({case}_yhat, {case}_y)" for case in ("plain", "half", "nan")),
                "stated = number(NORMALIZED_ACCURACY)",
            ],
            limit=Limit(seconds=60),
            checks=[
                accuracy_check(
                    "plain",
                    Text(ko="정확도: 보통의 출력", en="accuracy, plain outputs"),
                    Text(
                        ko="accuracy는 맞힌 비율이어야 합니다.",
                        en="Accuracy must be the share of right answers.",
                    ),
                    5,
                ),
                accuracy_check(
                    "half",
                    Text(ko="정확도: 정확히 0.5인 출력", en="accuracy, outputs of exactly 0.5"),
                    Text(
                        ko="출력이 정확히 0.5이면 0으로 보아야 합니다.",
                        en="An output of exactly 0.5 must count as 0.",
                    ),
                    3,
                ),
                accuracy_check(
                    "nan",
                    Text(ko="정확도: NaN인 출력", en="accuracy, outputs that are NaN"),
                    Text(
                        ko="출력이 NaN이면 0으로 보아야 합니다.", en="An output that is NaN must count as 0."
                    ),
                    3,
                ),
                accuracy_of_four.worth(1),
            ],
        ),
    ],
)
