"""Question 1 of PTM section 3: activation functions, what they look like and what composing them gives."""

from __future__ import annotations

import numpy as np

from autograder import Choice, Close, Essay, Facts, Limit, Part, Picture, Question, Relation, Shape, Text
from autograder.pictures import Panels

from .probes import CURVES, FUNCTIONS, SEED

# -- the mathematics ----------------------------------------------------------------------------------------


def softmax_of(x):
    """Softmax along the first axis; shifting by the greatest element changes nothing but the overflow."""
    powers = np.exp(x - x.max(axis=0))
    return powers / powers.sum(axis=0)


def activations_of(x):
    """The six functions of x (n,), in the order of the figure: (6, n)."""
    sigmoid_of_x = 1 / (1 + np.exp(-x))
    return np.stack(
        [
            np.tanh(x),
            np.clip(x, -1, 1),
            sigmoid_of_x,
            softmax_of(x),
            np.maximum(x, 0),
            np.maximum(0.1 * x, x),
        ]
    )


def compositions_of(x):
    """The nine curves of x (n,), in the order of CURVES: (9, n)."""
    a, b = np.tanh(-2 * x - 1.25), np.tanh(x + 0.75)
    c, d = np.tanh(4 * x + 1.0), np.tanh(-3 * x - 1.5)
    c_of_ab, d_of_ab = np.tanh(4 * (a + b) + 1.0), np.tanh(-3 * (a + b) - 1.5)
    return np.stack([a, b, a + b, c, d, c + d, c_of_ab, d_of_ab, c_of_ab + d_of_ab])


def network_of(x, neurons, f):
    """Neurons one after another: x (n,), neurons (2, k)."""
    for w, b in neurons.T:
        x = f(w * x + b)
    return x


def drawn(x, values):
    """What a figure of these values (k, n) over x (n,) shows: (k, n, 2)."""
    return np.stack([np.broadcast_to(x, values.shape), values], axis=-1)


def tanh_equation(evidence, inputs):
    """tanh z = (e^2z − 1) / (e^2z + 1)."""
    powers = np.exp(2 * inputs["scores"])
    return evidence["tanh_values"], (powers - 1) / (powers + 1)


def neuron_equation(evidence, inputs):
    w, b = inputs["neurons"][:, 0]
    return evidence["neuron"], np.maximum(w * inputs["narrow"] + b, 0)


def network_equation(evidence, inputs):
    return evidence["network"], network_of(inputs["narrow"], inputs["neurons"], np.tanh)


def affine_equation(evidence, inputs):
    """The affine map, at every x, is what the neurons give when f(z) = z."""
    w, b = evidence["affine_map"]
    x = inputs["narrow"]
    return w * x + b, network_of(x, inputs["neurons"], lambda z: z)


def sums_equation(evidence, inputs):
    sums = evidence["softmax_columns"].sum(axis=0)
    return sums, np.ones(3)


# -- what is drawn ------------------------------------------------------------------------------------------

SIX = Panels(
    Text(
        ko="여섯 활성 함수. 실선은 제출한 함수의 값, 점선은 기준.",
        en="The six activation functions: what yours return drawn through, the reference dashed.",
    ),
    functions=lambda evidence, inputs: {
        name: np.stack([inputs["grid"], evidence[name]], axis=1) for name in FUNCTIONS
    },
)
NINE = Panels(
    Text(
        ko="합성한 아홉 곡선. 실선은 제출한 값, 점선은 기준.",
        en="The nine compositions: yours drawn through, the reference dashed.",
    ),
    functions=lambda evidence, inputs: {
        name: np.stack([inputs["narrow"], values], axis=1)
        for name, values in zip(CURVES, evidence["compositions"], strict=True)
    },
)


# -- what is asked ------------------------------------------------------------------------------------------

# Everything is asked in float64: np.tanh, math.tanh and (e^2x-1)/(e^2x+1) differ on [-10, 10] by at most 2.3e-16,
# two ways to write the sigmoid likewise; in float32 they differ by 5e-8.
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def equals(name, arrays, equation, ko, en, points, *, label):
    statement = Text(ko=ko, en=en)
    return Relation(
        name, label=label, arrays=arrays, equation=equation, statement=statement, **EXACT, points=points
    )


PLACES = [
    [title, [index // 3, index % 3], [2, 3]]
    for index, title in enumerate(["tanh", "hardtanh", "sigmoid", "softmax", "relu", "leakyrelu"])
]

QUESTION = Question(
    framework="python",
    seed=SEED,
    pool=2,
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=30, memory_mb=4096),  # time and room to import torch, for those who use its Hardtanh
    parts=[
        Part(
            name="tanh_values",
            points=4,
            probe="probe_tanh",
            limit=Limit(seconds=10, memory_mb=4096),
            checks=[
                Shape("tanh_values", (None,)),
                equals(
                    "tanh formula",
                    ["tanh_values"],
                    tanh_equation,
                    "tanh z = (e²ᶻ − 1)/(e²ᶻ + 1) 이어야 합니다.",
                    "tanh z must be (e²ᶻ − 1)/(e²ᶻ + 1).",
                    1,
                    label=Text(ko="tanh의 식", en="formula of tanh"),
                ),
                Close("tanh_values", **EXACT, points=2),
                equals(
                    "neuron formula",
                    ["neuron"],
                    neuron_equation,
                    "뉴런의 출력은 주어진 함수 f로 f(wx + b) 이어야 합니다.",
                    "The neuron's output must be f(wx + b), with the function f that is passed in.",
                    1,
                    label=Text(ko="뉴런의 식", en="formula of the neuron"),
                ),
            ],
        ),
        Part(
            name="activation_functions",
            points=9,
            probe="probe_activations",
            pictures=[SIX],
            limit=Limit(seconds=20, memory_mb=4096),
            checks=[
                *(Close(name, **EXACT, points=0.5) for name in FUNCTIONS),
                Relation(
                    "six formulas",
                    label=Text(ko="여섯 함수의 식", en="formulas of the six functions"),
                    arrays=FUNCTIONS,
                    equation=lambda evidence, inputs: (
                        np.stack([evidence[name] for name in FUNCTIONS]).astype(np.float64),
                        activations_of(inputs["grid"]),
                    ),
                    statement=Text(
                        ko="여섯 함수의 값은 발문의 정의와 같아야 합니다.",
                        en="The values of the six functions must be those of the definitions above.",
                    ),
                    **EXACT,
                    points=0,  # for a student's own check; the points are above, function by function
                ),
                Close("softmax_columns", **EXACT, points=1),
                equals(
                    "softmax sums to one",
                    ["softmax_columns"],
                    sums_equation,
                    "softmax의 각 열(0번 축)의 합은 1이어야 합니다.",
                    "Every column of softmax (axis 0) must sum to one.",
                    1,
                    label=Text(ko="softmax의 합", en="sum of softmax"),
                ),
                Picture("figure"),
                Facts("axes", expected=PLACES, points=1),
                equals(
                    "six curves",
                    ["curves"],
                    lambda evidence, inputs: (
                        evidence["curves"],
                        drawn(inputs["grid"], activations_of(inputs["grid"])),
                    ),
                    "그림의 여섯 곡선은 가로축이 x, 세로축이 그 활성 함수의 값이어야 합니다.",
                    "The six curves must show the activation functions over x.",
                    1,
                    label=Text(ko="그림의 여섯 곡선", en="six curves drawn"),
                ),
                Choice("properties", points=2),
            ],
        ),
        Part(
            name="composition",
            points=7,
            probe="probe_composition",
            pictures=[NINE],
            limit=Limit(seconds=20, memory_mb=4096),
            checks=[
                Close("compositions", **EXACT, points=1),
                equals(
                    "nine curves",
                    ["compositions"],
                    lambda evidence, inputs: (evidence["compositions"], compositions_of(inputs["narrow"])),
                    "아홉 곡선은 A, B, C, D의 정의대로여야 합니다.",
                    "The nine curves must be those that the definitions of A, B, C and D give.",
                    0.5,
                    label=Text(ko="아홉 곡선", en="nine curves"),
                ),
                Picture("figure"),
                equals(
                    "drawn curves",
                    ["drawn"],
                    lambda evidence, inputs: (
                        evidence["drawn"],
                        drawn(
                            inputs["narrow"],
                            np.stack([inputs["narrow"], *compositions_of(inputs["narrow"])]),
                        ),
                    ),
                    "그림에는 가로축 x 위에 X와 아홉 곡선이 이 순서로 있어야 합니다.",
                    "The figure must show X and the nine curves over x, in this order.",
                    1,
                    label=Text(ko="그림의 곡선", en="curves drawn"),
                ),
                Facts("legend", expected=["X", *CURVES], points=0.5),
                equals(
                    "network formula",
                    ["network"],
                    network_equation,
                    "network은 앞 뉴런의 출력을 다음 뉴런에 넣어 f(w·x + b)를 되풀이해야 합니다.",
                    "network must apply f(w x + b) again and again, each neuron to the output of the one before.",
                    1,
                    label=Text(ko="신경망의 식", en="formula of the network"),
                ),
                equals(
                    "affine formula",
                    ["affine_map"],
                    affine_equation,
                    "affine_map의 wx + b는 f(z) = z인 network의 출력과 모든 x에서 같아야 합니다.",
                    "wx + b of affine_map must equal the network with f(z) = z at every x.",
                    1,
                    label=Text(ko="아핀 함수의 식", en="formula of the affine map"),
                ),
                Choice("statements", points=1),
                Essay(
                    "why",
                    points=1,
                    rubric=Text(
                        ko="활성 함수가 없으면 합성이 다시 아핀 함수라는 점 0.5점; 성질의 역할을 셋 이상 옳게 설명하면 0.5점 "
                        "(미분 가능: 기울기로 학습한다. 꺾인 점 몇 개는 괜찮다. 민감한 구간: 입력의 변화가 출력에 드러나 "
                        "기울기가 흐른다. 포화된 구간: 출력이 범위 안에 모이고 변화에 둔감하다). 저점과 고점은 항상 있는 "
                        "것이 아니다(ReLU에는 고점이 없다).",
                        en="0.5 points for saying that without activation functions the composition is affine again; 0.5 "
                        "points for explaining at least three properties correctly (differentiable: learning goes by the "
                        "gradient, a few kinks do no harm; a sensitive range: changes of the input show in the output and "
                        "the gradient flows; saturated ranges: the output stays in a range and is insensitive). Bounds "
                        "need not exist: ReLU has no upper one.",
                    ),
                ),
            ],
        ),
    ],
)
