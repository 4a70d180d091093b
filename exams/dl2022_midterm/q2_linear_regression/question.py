"""Question 2 of the midterm: a straight line fitted with Adam, then with SGD, and read by its gradient."""

from __future__ import annotations

import numpy as np

from autograder import Choice, Close, Essay, Facts, Limit, Part, Question, Text, relation
from autograder.pictures import LossPath

from .probes import JUDGED, START


@relation(
    label=Text(ko="첫 예측값", en="first prediction"),
    statement=Text(ko="최초의 예측값은 −5+10x 이어야 합니다.", en="The first prediction must be −5+10x."),
)
def first_prediction(prediction, x):
    return prediction, START[0] + START[1] * x[:, None].astype(float)


def data_of(inputs):
    """X (n, 2) and y (n, 1) in float64."""
    x = inputs["x"].astype(float)
    return np.stack([np.ones_like(x), x], axis=1), inputs["y"].astype(float)


def path_of(weights, inputs):
    """The weights (steps + 1, 1, 2) in float64, the first being the start."""
    return np.concatenate([inputs[inputs["start"]][None], weights]).astype(float)


@relation(
    label=Text(ko="미분계수 식", en="gradient formula"),
    statement=Text(
        ko="미분계수는 갱신 직전의 가중치에서 2/n·Xᵀ(Xw−y)와 같아야 합니다.",
        en="Each gradient must equal 2/n Xᵀ(Xw−y) at the weight before the update.",
    ),
)
def gradient_formula(gradients, weights, y, inputs):
    X, _ = data_of(inputs)
    return gradients, 2 / len(X) * (path_of(weights, inputs)[:-1] @ X.T - y.T) @ X


@relation(
    label=Text(ko="Adam의 갱신", en="Adam's updates"),
    statement=Text(
        ko="각 갱신은 보고한 미분계수와 주어진 학습률로 계산한 Adam의 갱신과 같아야 합니다.",
        en="Each update must be Adam's, for the reported gradients and the given learning rate.",
    ),
)
def adam_formula(gradients, weights, lr, inputs):
    """Kingma and Ba, Adam (2015), algorithm 1, with its default parameters."""
    first, second, steps = 0, 0, []
    for t, gradient in enumerate(gradients.astype(float), start=1):
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        steps.append(lr * first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8))
    return weights, path_of(weights, inputs)[:-1] - steps


@relation(
    label=Text(ko="SGD의 갱신", en="SGD's updates"),
    statement=Text(
        ko="각 갱신은 w ← w − lr·미분계수 이어야 합니다.", en="Each update must be w ← w − lr · gradient."
    ),
)
def sgd_formula(gradients, weights, lr, inputs):
    return weights, path_of(weights, inputs)[:-1] - lr * gradients.astype(float)


def convergence_key(inputs):
    """The loss is convex: a gradient of zero is the minimum, one of length 1 and more is far from it."""
    return dict(zip(JUDGED, (np.abs(inputs["judged"]).max(axis=(1, 2)) < 1e-3).tolist(), strict=True))


PATH = LossPath(
    Text(
        ko="자료와 학습된 직선, 그리고 손실의 등고선 위에서 가중치가 지나간 길. 제출한 것은 실선, 기준은 점선.",
        en="The data with the trained line, and the path of the weights over the contours of the loss: yours drawn "
        "through, the reference dashed.",
    ),
    data=data_of,
    path=lambda evidence, inputs: path_of(evidence["weights"], inputs)[:, 0],
)


OPTIMIZER = Text(ko="갱신한 optimizer", en="optimiser that made the updates")


def updates_part(name, optimizer, points, *, formula, lr, steps, vary, pictures=()):
    """A part with updates; the points are those of the gradients and of the weights."""
    return Part(
        name=name,
        points=8,
        probe=optimizer.lower(),
        settings={"lr": lr, "steps": steps, "start": f"{optimizer.lower()}_start"},
        vary=vary,
        limit=Limit(seconds=10),
        checks=[
            Close("gradients", points=points[0]),
            gradient_formula.worth(1),
            Close("weights", points=points[1]),
            formula.worth(0.5),
            Facts("optimizer", expected=[optimizer], label=OPTIMIZER, points=0.5, open=True),
            Close("net_weight", points=1),
        ],
        pictures=pictures,
    )


ADAM = {"formula": adam_formula, "lr": 0.1}
ADAM_RATES, SGD_RATES = [0.03, 0.05, 0.3], [0.05, 0.15, 0.25]
FIVE, TEN = {"lr": ADAM_RATES, "steps": [3, 7, 8]}, {"lr": SGD_RATES, "steps": [6, 8, 12]}

QUESTION = Question(
    framework="torch",
    seed=7676,
    setup=Limit(seconds=20),
    parts=[
        Part(
            name="initial_network",
            points=8,
            calls=[
                "design_matrix(x)",
                "_net = initial_network().to(device)",
                "prediction = _net(design_matrix)",
                "parameters = [[name, list(value.shape)] for name, value in _net.named_parameters()]",
            ],
            limit=Limit(seconds=10),
            checks=[
                Close("design_matrix", points=2),
                first_prediction.worth(4),
                Facts("parameters", points=2),
            ],
        ),
        updates_part("adam_first_update", "Adam", (3, 2), steps=1, vary={"lr": ADAM_RATES}, **ADAM),
        updates_part("adam_five_updates", "Adam", (2, 3), steps=5, vary=FIVE, pictures=[PATH], **ADAM),
        updates_part(
            *("sgd_ten_updates", "SGD", (2, 3)),
            formula=sgd_formula,
            lr=0.2,
            steps=10,
            vary=TEN,
            pictures=[PATH],
        ),
        Part(
            name="convergence",
            points=8,
            calls=[
                "converged = {name: bool(converged(one)) for name, one in zip(JUDGED, judged)}",
                "trained_well = said(TRAINED_WELL)",
                "reason = CONVERGENCE_REASON",
            ],
            limit=Limit(seconds=10),
            checks=[
                Choice("converged", key=convergence_key, points=4),
                Essay(
                    "trained_well",
                    points=1,
                    rubric=Text(
                        ko="(4)의 결과로 학습이 잘 되었는지 판단하였고, 그 판단이 아래 근거와 맞는다 1점. 문서의 답은 '잘 되었다'이지만 "
                        "수렴은 정도의 문제이므로 근거가 있으면 '아직 덜 되었다'도 인정한다.",
                        en="1 point for a judgement whether the training of (4) went well that agrees with the reason below. The "
                        "document's answer is yes; convergence is a matter of degree, so 'not yet' counts too if it is argued.",
                    ),
                ),
                Essay(
                    "reason",
                    points=3,
                    rubric=Text(
                        ko="마지막 미분계수가 0에 가깝다는(또는 아직 0은 아니라는) 사실을 수치로 든다 2점; 손실함수가 "
                        "볼록하여 미분계수가 0인 곳이 전역 최솟값임을 말한다 1점. 참값 2.5, 4와 비교하면 0점.",
                        en="2 points for the fact, with a number, that the last gradient is near zero (or not yet zero); "
                        "1 point for convexity: where the gradient is zero is the global minimum. Comparing with the true 2.5 "
                        "and 4 earns nothing.",
                    ),
                ),
            ],
        ),
    ],
)
