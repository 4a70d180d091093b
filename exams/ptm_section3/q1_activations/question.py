"""Question 1 of PTM section 3: activation functions, what they look like and what composing them gives."""

from __future__ import annotations

import numpy as np

from autograder import Choice, Close, Essay, Facts, Limit, Part, Question, Text, relation
from autograder.pictures import Panels

from .probes import CURVES, FUNCTIONS, SEED, TITLES

# Everything is asked in float64: np.tanh, math.tanh and (e^2x-1)/(e^2x+1) differ on [-10, 10] by at most 2.3e-16,
# two ways to write the sigmoid likewise; in float32 they differ by 5e-8.
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def formula(ko, en, *statement):
    """Make a relation of the function below, worth a point: its label and its statement."""
    return relation(label=Text(ko, en), statement=Text(*statement), **EXACT, points=1)


def drawn(x, values):
    """The points (n, 2) of a curve over x."""
    return np.stack([x, values], axis=1)


@formula(
    "tanh의 식",
    "formula of tanh",
    "tanh z = (e²ᶻ − 1)/(e²ᶻ + 1)이어야 합니다.",
    "tanh z must be (e²ᶻ − 1)/(e²ᶻ + 1).",
)
def tanh_formula(tanh_values, scores):
    powers = np.exp(2 * scores)
    return tanh_values, (powers - 1) / (powers + 1)


@formula(
    "뉴런의 식",
    "formula of the neuron",
    "뉴런의 출력은 주어진 함수 f로 f(wx + b)여야 합니다.",
    "The neuron's output must be f(wx + b), with the function f that is passed in.",
)
def neuron_formula(output, narrow, neurons):
    w, b = neurons[:, 0]
    return output, np.maximum(w * narrow + b, 0)


@formula(
    "softmax의 합",
    "sum of softmax",
    "softmax의 각 열(0번 축)의 합은 1이고 모든 값이 양수여야 합니다.",
    "Every column of softmax (axis 0) must sum to one, and every number be positive.",
)
def softmax_sums(softmax_columns):
    return np.append(softmax_columns.sum(axis=0), (softmax_columns > 0).all()), np.ones(4)


@formula(
    "신경망의 식",
    "formula of the network",
    "network은 앞 뉴런의 출력을 다음 뉴런에 넣어 f(w·x + b)를 되풀이해야 합니다.",
    "network must apply f(w x + b) again and again, each neuron to the output of the one before.",
)
def network_formula(composed, narrow, neurons):
    x = narrow
    for w, b in neurons.T:
        x = np.tanh(w * x + b)
    return composed, x


# -- what is asked ------------------------------------------------------------------------------------------

SIX = Panels(
    Text(
        ko="여섯 활성 함수. 실선은 제출한 함수의 값, 점선은 기준.",
        en="The six activation functions: what yours return drawn through, the reference dashed.",
    ),
    functions=lambda evidence, inputs: {name: drawn(inputs["grid"], evidence[name]) for name in FUNCTIONS},
)
NINE = Panels(
    Text(
        ko="합성한 아홉 곡선. 실선은 제출한 값, 점선은 기준.",
        en="The nine compositions: yours drawn through, the reference dashed.",
    ),
    functions=lambda evidence, inputs: {
        name: drawn(inputs["narrow"], evidence[key]) for key, name in CURVES.items()
    },
)


def titles_key(inputs):
    return {str(number): title for number, title in enumerate(TITLES, 1)}


def legend_key(inputs):
    return {name: name for name in ("X", *CURVES.values())}


def value(name, points, ko, en):
    """What is compared with the solution's, under a label."""
    return Close(name, points=points, label=Text(ko, en), **EXACT)


def choice(name, points, ko, en, key=None):
    """Several answers, each of which earns its share."""
    return Choice(name, points=points, key=key, label=Text(ko, en))


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
            calls=[
                "tanh_values(scores)",
                "output = neuron(narrow, float(neurons[0, 0]), float(neurons[1, 0]), rectify)",
            ],
            limit=Limit(seconds=10, memory_mb=4096),
            checks=[
                tanh_formula,
                value("tanh_values", 2, "tanh의 값", "values of tanh"),
                neuron_formula,
            ],
        ),
        Part(
            name="activation_functions",
            points=9,
            pictures=[SIX],
            limit=Limit(seconds=20, memory_mb=4096),
            checks=[
                *(value(name, 0.75, f"{name}의 값", f"values of {name}") for name in FUNCTIONS),
                value("softmax_columns", 0.5, "열마다의 softmax", "softmax of columns"),
                softmax_sums,
                *(value(f"{n}_drawn", 0.2, f"그림의 {n} 곡선", f"curve of {n}") for n in FUNCTIONS),
                choice("titles", 0.5, "그림의 제목", "titles in the figure", titles_key),
                Facts(
                    "grid_drawn",
                    expected=[2, 3],
                    points=0.3,
                    label=Text("그림의 행과 열의 수", "rows and columns of the figure"),
                ),
                choice("properties", 1, "다섯 함수의 성질", "properties of five functions"),
            ],
        ),
        Part(
            name="composition",
            points=7,
            pictures=[NINE],
            limit=Limit(seconds=20, memory_mb=4096),
            checks=[
                *(value(key, 0.15, f"곡선 {name}", f"curve {name}") for key, name in CURVES.items()),
                value("x_drawn", 0.15, "그림의 X", "X in the figure"),
                *(
                    value(f"{key}_drawn", 0.1, f"그림의 {name}", f"{name} in the figure")
                    for key, name in CURVES.items()
                ),
                choice("legend", 0.6, "범례", "legend", legend_key),
                network_formula,
                value("slope", 0.5, "아핀 함수의 기울기", "slope of the affine map"),
                value("intercept", 0.5, "아핀 함수의 절편", "intercept of the affine map"),
                choice("statements", 1, "옳고 그름", "true or false"),
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
