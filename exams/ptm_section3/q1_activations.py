"""Question 1 of PTM section 3: activation functions, what they look like and what composing them gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from autograder import Choice, Close, Essay, Facts, Limit, Part, Picture, Question, Relation, Shape, Text
from autograder.pictures import Panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# -- the interface: what a student fills in -----------------------------------------------------------------


def tanh_values(scores: np.ndarray) -> list[float]:
    """Return tanh of each of the scores, shape (n,), in their order: n numbers in double precision."""
    raise NotImplementedError


def neuron(x: np.ndarray, w: float, b: float, f: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return o = f(w x + b), shape (n,), the output of one artificial neuron for x, shape (n,)."""
    raise NotImplementedError


def tanh(x: np.ndarray) -> np.ndarray:
    """Return the hyperbolic tangent of every element of x, float64 of shape (n,); same shape and dtype."""
    raise NotImplementedError


def hardtanh(x: np.ndarray) -> np.ndarray:
    """Return x where it is between -1 and 1, and the nearer of these two bounds elsewhere; as tanh."""
    raise NotImplementedError


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)) for every element of x; as tanh."""
    raise NotImplementedError


def softmax(x: np.ndarray) -> np.ndarray:
    """Return the softmax along the first axis (axis 0) of x, shape (n,) or (n, m); same shape and dtype."""
    raise NotImplementedError


def relu(x: np.ndarray) -> np.ndarray:
    """Return x where it is positive and 0 elsewhere; as tanh."""
    raise NotImplementedError


def leaky_relu(x: np.ndarray) -> np.ndarray:
    """Return x where it is positive and 0.1 x elsewhere; as tanh."""
    raise NotImplementedError


def plot_activations(x: np.ndarray) -> Figure:
    """Return a figure with two rows of three axes, each with the curve of one activation function over x.

    In the order of reading, and with these titles: tanh, hardtanh, sigmoid, softmax, relu, leakyrelu.
    """
    raise NotImplementedError


PROPERTIES: dict[str, dict[str, bool]] = {}  # {"tanh": {"nonlinear": ..., ...}, "hardtanh": ..., ...}


def compositions(x: np.ndarray) -> dict[str, np.ndarray]:
    """Return the nine curves over x, shape (n,), by name, each of shape (n,).

    The names: "A", "B", "A+B", "C", "D", "C+D", "C(A+B)", "D(A+B)", "C(A+B)+D(A+B)".
    """
    raise NotImplementedError


def plot_compositions(x: np.ndarray) -> Figure:
    """Return a figure with one axes: x itself ("X") and then the nine curves over x, with a legend."""
    raise NotImplementedError


def network(
    x: np.ndarray, weights: np.ndarray, biases: np.ndarray, f: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Return the output, shape (n,), of k neurons one after another: x_1 = f(w_0 x + b_0), then f(w_1 x_1 + b_1), ...

    x has shape (n,), weights and biases have shape (k,).
    """
    raise NotImplementedError


def affine_map(weights: np.ndarray, biases: np.ndarray) -> tuple[float, float]:
    """Return (w, b) so that w x + b is what `network` gives for these weights and biases when f(z) = z."""
    raise NotImplementedError


STATEMENTS: dict[str, bool] = {}  # {"affine_only": ..., "linear_minimum": ..., ...}: True or False


WHY_ACTIVATIONS: str = ""  # Why does a network need activation functions? What makes a good one?


# -- what is given ------------------------------------------------------------------------------------------

SEED = 3
SCORES = (-2.2, 0.1, 2.5)  # the document's: trash car, bear, dog


def given(seed, profile):
    """The document's three scores and its grids of 50 points, for the public seed; others for any other seed.

    `scores` (n,); `grid` (n,) from -10 to 10; `columns` (4, 3), whose columns softmax takes one by one;
    `narrow` (n,) from -3 to 3; `neurons` (2, k): weights and biases.
    """
    rng = np.random.default_rng(seed)
    public = seed == SEED
    low, high, count = (-10.0, 10.0, 50) if public else (-rng.uniform(6, 9), rng.uniform(6, 9), 41)
    width, points = (3.0, 50) if public else (rng.uniform(2, 4), 37)
    return {
        "scores": np.array(SCORES) if public else rng.uniform(-3, 3, 4).round(2),
        "grid": np.linspace(low, high, count),
        "columns": rng.uniform(-3, 3, (4, 3)).round(2),
        "narrow": np.linspace(-width, width, points),
        "neurons": rng.uniform(0.5, 1.5, (2, 4)).round(2) * [[1, -1, 1, -1], [-1, 1, 1, -1]],
    }


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


# -- probes: worker side ------------------------------------------------------------------------------------

FUNCTIONS = ("tanh", "hardtanh", "sigmoid", "softmax", "relu", "leaky_relu")
CURVES = ("A", "B", "A+B", "C", "D", "C+D", "C(A+B)", "D(A+B)", "C(A+B)+D(A+B)")


def rectify(z):
    """What the neuron is probed with: a function that is not tanh, so that f must be used."""
    return np.maximum(z, 0)


def probe_tanh(student, given, device):
    from autograder.probing.arrays import to_numpy

    w, b = (float(value) for value in given["neurons"][:, 0])
    return {
        "tanh_values": to_numpy(student.tanh_values(given["scores"].copy()), "tanh_values(scores)"),
        "neuron": to_numpy(student.neuron(given["narrow"].copy(), w, b, rectify), "neuron(x, w, b, f)"),
    }


def longest_line(axes, name):
    """The points (n, 2) of the line with most points in an axes: guides such as axhline have but two."""
    from autograder.probing.arrays import BadReturnError

    found = [np.asarray(line.get_xydata(), np.float64) for line in axes.get_lines()]
    if not found:
        raise BadReturnError(f"{name}: the axes titled {axes.get_title()!r} has no line")
    return max(found, key=len)


def place(axes):
    """Title, row and column of an axes in its grid, and the grid's size: ["tanh", [0, 0], [2, 3]]."""
    spec = axes.get_subplotspec()
    if spec is None:
        return [axes.get_title(), None, None]
    where = [spec.rowspan.start, spec.colspan.start]
    return [axes.get_title(), where, [spec.get_gridspec().nrows, spec.get_gridspec().ncols]]


def probe_activations(student, given, device):
    from autograder.probing.arrays import to_numpy
    from autograder.probing.figures import figure_of, picture

    x = given["grid"]
    figure = figure_of(student.plot_activations(x.copy()), "plot_activations")
    curves = [longest_line(axes, "plot_activations") for axes in figure.axes]
    values = {name: to_numpy(getattr(student, name)(x.copy()), f"{name}(x)") for name in FUNCTIONS}
    return {
        **values,
        "softmax_columns": to_numpy(student.softmax(given["columns"].copy()), "softmax(x)"),
        "curves": to_numpy(curves, "the curves of plot_activations"),
        "axes": [place(axes) for axes in figure.axes],
        "figure": picture(figure),
        "properties": getattr(student, "PROPERTIES", {}),
    }


def legend_of(figure):
    """The legend's labels; of "A: Tanh(-2*x-1.25)" only what stands before the colon."""
    legend = figure.axes[0].get_legend() if figure.axes else None
    return [] if legend is None else [text.get_text().split(":")[0].strip() for text in legend.get_texts()]


def probe_composition(student, given, device):
    from autograder.probing.arrays import BadReturnError, to_numpy
    from autograder.probing.figures import figure_of, lines, picture

    x, (weights, biases) = given["narrow"], given["neurons"]
    curves = student.compositions(x.copy())
    if not isinstance(curves, dict) or set(curves) != set(CURVES):
        raise BadReturnError(f"compositions(x) must be a dict with exactly the keys {', '.join(CURVES)}")
    figure = figure_of(student.plot_compositions(x.copy()), "plot_compositions")
    return {
        "compositions": to_numpy([curves[name] for name in CURVES], "compositions(x)"),
        "drawn": to_numpy(lines(figure), "the curves of plot_compositions"),
        "legend": legend_of(figure),
        "figure": picture(figure),
        "network": to_numpy(student.network(x.copy(), weights.copy(), biases.copy(), np.tanh), "network"),
        "affine_map": to_numpy(student.affine_map(weights.copy(), biases.copy()), "affine_map").reshape(-1),
        "statements": getattr(student, "STATEMENTS", {}),
        "why": str(getattr(student, "WHY_ACTIVATIONS", "")),
    }


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


def equals(name, arrays, equation, ko, en, points):
    return Relation(
        name, arrays=arrays, equation=equation, statement=Text(ko=ko, en=en), **EXACT, points=points
    )


PLACES = [
    [title, [index // 3, index % 3], [2, 3]]
    for index, title in enumerate(["tanh", "hardtanh", "sigmoid", "softmax", "relu", "leakyrelu"])
]

QUESTION = Question(
    title=Text(ko="활성 함수와 그 합성", en="Activation functions and their composition"),
    framework="python",
    seed=SEED,
    pool=2,
    given=given,
    preamble="import math\n\nimport matplotlib.pyplot as plt\nimport numpy as np",
    preload=["matplotlib.pyplot"],
    setup=Limit(seconds=30, memory_mb=4096),  # time and room to import torch, for those who use its Hardtanh
    interface=[
        tanh_values,
        neuron,
        tanh,
        hardtanh,
        sigmoid,
        softmax,
        relu,
        leaky_relu,
        plot_activations,
        "PROPERTIES",
        compositions,
        plot_compositions,
        network,
        affine_map,
        "STATEMENTS",
        "WHY_ACTIVATIONS",
    ],
    parts=[
        Part(
            name="tanh_values",
            points=4,
            statement=Text(
                ko="""인공 뉴런은 입력을 선형 변환하고 상수를 더한 뒤 활성 함수라 부르는 고정된 비선형 함수 $f$ 를 적용한다.

$$o = f(w x + b)$$

(1) 마지막 계층의 출력이 쓰레기차 −2.2, 곰 0.1, 개 2.5 였다. $\\tanh$ 로 이 점수를 −1과 1 사이로 모아라.
`tanh_values(scores)` 가 점수의 $\\tanh$ 값을 차례로 돌려준다. (힌트: `math.tanh` 또는 `np.tanh`. 배정밀도
(float64)로 계산하며, 다른 점수로도 채점한다.)

(2) `neuron(x, w, b, f)` 가 뉴런의 출력 $f(wx+b)$ 를 돌려준다. $f$ 는 인자로 받은 함수이다.""",
                en="""An artificial neuron transforms its input linearly, adds a constant and applies a fixed non-linear
function $f$, the activation function:

$$o = f(w x + b)$$

(1) The last layer gave −2.2 for a trash car, 0.1 for a bear and 2.5 for a dog. Bring these scores between −1
and 1 with $\\tanh$: `tanh_values(scores)` returns $\\tanh$ of the scores, in their order. (Hint: `math.tanh` or
`np.tanh`. Work in double precision, float64; other scores are tried too.)

(2) `neuron(x, w, b, f)` returns the neuron's output $f(wx+b)$, where $f$ is the function passed in.""",
            ),
            probe=probe_tanh,
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
                ),
                Close("tanh_values", **EXACT, points=2),
                equals(
                    "neuron formula",
                    ["neuron"],
                    neuron_equation,
                    "뉴런의 출력은 주어진 함수 f로 f(wx + b) 이어야 합니다.",
                    "The neuron's output must be f(wx + b), with the function f that is passed in.",
                    1,
                ),
            ],
        ),
        Part(
            name="activation_functions",
            points=9,
            statement=Text(
                ko="""여섯 가지 활성 함수를 작성하라. 입력은 `np.linspace(-10, 10)` 과 같은 float64 배열이다.

| 함수 | 정의 |
|---|---|
| `tanh` | $\\tanh x$ |
| `hardtanh` | $\\max(-1, \\min(1, x))$ |
| `sigmoid` | $1 / (1 + e^{-x})$ |
| `softmax` | $e^{x_i} / \\sum_j e^{x_j}$, 0번 축을 따라 (입력이 (n, m)이면 열마다 합이 1) |
| `relu` | $\\max(0, x)$ |
| `leaky_relu` | $\\max(0.1x, x)$ |

`softmax` 는 1000처럼 큰 값에서도 넘치지(overflow) 않으면 더 좋다. 다만 배점은 없다.
(힌트: $x$ 의 최댓값을 빼도 softmax는 그대로이다.)

`plot_activations(x)` 는 여섯 곡선을 2행 3열로 그린 figure를 돌려준다. 가로축은 `x`, 제목은 읽는 순서로 `tanh`,
`hardtanh`, `sigmoid`, `softmax`, `relu`, `leakyrelu` 이다. 축은 `plt.axis(False)` 로 감추어도 된다.

`PROPERTIES` 에는 `softmax` 를 뺀 다섯 함수(`tanh`, `hardtanh`, `sigmoid`, `relu`, `leaky_relu`)마다 다음 네 성질이
성립하는지를 True/False로 쓴다. 예: `{"tanh": {"nonlinear": ..., "differentiable": ..., "low": ..., "high": ...}, ...}`

- `nonlinear`: 비선형(아핀 함수가 아님)이다.
- `differentiable`: 모든 점에서 미분 가능하다.
- `low`: 입력이 음의 무한대로 갈 때 유한한 저점에 이르거나 가까워진다.
- `high`: 입력이 양의 무한대로 갈 때 유한한 고점에 이르거나 가까워진다.""",
                en="""Write six activation functions. The input is a float64 array such as `np.linspace(-10, 10)`.

| function | definition |
|---|---|
| `tanh` | $\\tanh x$ |
| `hardtanh` | $\\max(-1, \\min(1, x))$ |
| `sigmoid` | $1 / (1 + e^{-x})$ |
| `softmax` | $e^{x_i} / \\sum_j e^{x_j}$ along axis 0 (of an (n, m) input every column sums to one) |
| `relu` | $\\max(0, x)$ |
| `leaky_relu` | $\\max(0.1x, x)$ |

It is nicer, though worth no points, if `softmax` does not overflow for inputs such as 1000.
(Hint: subtracting the greatest element from $x$ leaves softmax as it is.)

`plot_activations(x)` returns a figure of the six curves in two rows of three, over `x`, with the titles `tanh`,
`hardtanh`, `sigmoid`, `softmax`, `relu`, `leakyrelu` in the order of reading. The axes may be hidden with
`plt.axis(False)`.

`PROPERTIES` says, for each of the five functions other than softmax (`tanh`, `hardtanh`, `sigmoid`, `relu`,
`leaky_relu`), whether four properties hold, with True or False:
`{"tanh": {"nonlinear": ..., "differentiable": ..., "low": ..., "high": ...}, ...}`

- `nonlinear`: it is not linear (not affine).
- `differentiable`: it has a derivative at every point.
- `low`: as the input goes to minus infinity it reaches or approaches a finite lower value.
- `high`: as the input goes to plus infinity it reaches or approaches a finite upper value.""",
            ),
            probe=probe_activations,
            pictures=[SIX],
            limit=Limit(seconds=20, memory_mb=4096),
            checks=[
                *(Close(name, **EXACT, points=0.5) for name in FUNCTIONS),
                Relation(
                    "six formulas",
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
                ),
                Choice("properties", points=2),
            ],
        ),
        Part(
            name="composition",
            points=7,
            statement=Text(
                ko="""다중 계층 신경망은 뉴런을 합성한 것이다.

$$x_1 = f(w_0 x + b_0),\\quad x_2 = f(w_1 x_1 + b_1),\\quad \\dots,\\quad y = f(w_n x_n + b_n)$$

(1) 네 뉴런 $A(x) = \\tanh(-2x - 1.25)$, $B(x) = \\tanh(x + 0.75)$, $C(x) = \\tanh(4x + 1)$,
$D(x) = \\tanh(-3x - 1.5)$ 로 `np.linspace(-3, 3)` 위의 아홉 곡선 A, B, A+B, C, D, C+D, C(A+B), D(A+B),
C(A+B)+D(A+B) 를 구하라. 여기서 C(A+B)는 $A(x)+B(x)$ 를 $C$ 에 넣은 것이다.

       ┌─ A ─┐       ┌─ C ─┐
    x ─┤     (+) ────┤     (+)── C(A+B)+D(A+B)
       └─ B ─┘       └─ D ─┘

`compositions(x)` 가 이름별 곡선을, `plot_compositions(x)` 가 한 축에 x 자신(이름은 X)과 아홉 곡선을 이 순서로 가로축
x 위에 그리고 범례(legend)를 붙인 figure를 돌려준다. 범례는 이름만 쓰거나 `A: Tanh(-2*x-1.25)` 처럼 써도 된다.

(2) `network(x, weights, biases, f)` 가 위의 합성을 계산한다. 뉴런의 수는 weights의 길이이다.

(3) 활성 함수가 없으면, 곧 $f(z) = z$ 이면, 아무리 합성해도 하나의 아핀 함수 $wx+b$ 이다.
`affine_map(weights, biases)` 가 그 $(w, b)$ 를 돌려준다.

(4) `STATEMENTS` 에 다음이 옳은지 True/False로 쓰라.

- `affine_only`: 활성 함수 없이 아핀 변환만 합성한 신경망은 계층을 늘려도 아핀 함수만 표현한다.
- `linear_minimum`: 입력이 모두 같지는 않을 때, 선형 모델 $wx+b$ 의 평균제곱오차를 최소로 하는 $(w, b)$ 는 하나뿐이다.
- `network_minimum`: tanh 은닉층이 있는 신경망의 평균제곱오차를 최소로 하는 파라미터는 언제나 하나뿐이다.
- `bounded`: 활성 함수에는 반드시 저점과 고점이 모두 있어야 한다.
- `saturated`: tanh의 포화된 구간에서는 입력이 변해도 출력이 거의 변하지 않는다.

(5) `WHY_ACTIVATIONS` 에 신경망에 왜 활성 함수가 필요한지, 좋은 활성 함수의 성질(비선형, 미분 가능, 민감한 구간,
포화된 구간)이 각각 무엇을 해 주는지 쓰라.""",
                en="""A network of several layers is a composition of neurons:

$$x_1 = f(w_0 x + b_0),\\quad x_2 = f(w_1 x_1 + b_1),\\quad \\dots,\\quad y = f(w_n x_n + b_n)$$

(1) With the four neurons $A(x) = \\tanh(-2x - 1.25)$, $B(x) = \\tanh(x + 0.75)$, $C(x) = \\tanh(4x + 1)$ and
$D(x) = \\tanh(-3x - 1.5)$ find nine curves over `np.linspace(-3, 3)`: A, B, A+B, C, D, C+D, C(A+B), D(A+B),
C(A+B)+D(A+B). Here C(A+B) is $C$ applied to $A(x)+B(x)$.

       ┌─ A ─┐       ┌─ C ─┐
    x ─┤     (+) ────┤     (+)── C(A+B)+D(A+B)
       └─ B ─┘       └─ D ─┘

`compositions(x)` returns the curves by name. `plot_compositions(x)` returns a figure with one axes, in which x
itself (called X) and then the nine curves are drawn over x in this order, with a legend. A label may be the name
alone, or read like `A: Tanh(-2*x-1.25)`.

(2) `network(x, weights, biases, f)` computes the composition above; there are as many neurons as weights.

(3) Without an activation function, when $f(z) = z$, every composition is one affine map $wx+b$.
`affine_map(weights, biases)` returns its $(w, b)$.

(4) Say in `STATEMENTS`, with True or False, which of these hold.

- `affine_only`: a network that composes affine maps without activation functions represents affine maps only,
  however many layers it has.
- `linear_minimum`: unless all inputs are the same, exactly one $(w, b)$ minimises the mean squared error of the
  linear model $wx+b$.
- `network_minimum`: exactly one choice of parameters minimises the mean squared error of a network with a hidden
  tanh layer, always.
- `bounded`: an activation function must have both a lower and an upper bound.
- `saturated`: where tanh is saturated its output hardly changes when the input does.

(5) Write in `WHY_ACTIVATIONS` why a network needs activation functions, and what each property of a good one
(non-linear, differentiable, a sensitive range, saturated ranges) does for it.""",
            ),
            probe=probe_composition,
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
                ),
                Facts("legend", expected=["X", *CURVES], points=0.5),
                equals(
                    "network formula",
                    ["network"],
                    network_equation,
                    "network은 앞 뉴런의 출력을 다음 뉴런에 넣어 f(w·x + b)를 되풀이해야 합니다.",
                    "network must apply f(w x + b) again and again, each neuron to the output of the one before.",
                    1,
                ),
                equals(
                    "affine formula",
                    ["affine_map"],
                    affine_equation,
                    "affine_map의 wx + b는 f(z) = z인 network의 출력과 모든 x에서 같아야 합니다.",
                    "wx + b of affine_map must equal the network with f(z) = z at every x.",
                    1,
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
