"""Question 2 of the midterm: a straight line fitted with Adam, then with SGD, and read by its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder import Choice, Close, Essay, Facts, Finite, Limit, Part, Question, Relation, Shape, Text
from autograder.pictures import LossPath

if TYPE_CHECKING:
    import torch

# -- the interface: what a student fills in -----------------------------------------------------------------


def design_matrix(x: torch.Tensor) -> torch.Tensor:
    """Return X, shape (n, 2), for x, shape (n,), so that X @ (w0, w1) is w0 + w1 x."""
    raise NotImplementedError


def initial_network() -> torch.nn.Linear:
    """Return torch.nn.Linear(in_features=2, out_features=??, bias=??) whose first prediction is -5 + 10 x."""
    raise NotImplementedError


def adam_updates(
    net: torch.nn.Linear, X: torch.Tensor, y: torch.Tensor, lr: float, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Update net.weight `steps` times with torch.optim.Adam on the mean squared error.

    X has shape (n, 2) and y has shape (n, 1). Returns (gradients, weights), each of shape (steps, 1, 2): the
    gradient that each update used, and the weight after that update. A list of `steps` tensors will do too.
    """
    raise NotImplementedError


def sgd_updates(
    net: torch.nn.Linear, X: torch.Tensor, y: torch.Tensor, lr: float, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Do as adam_updates does, with torch.optim.SGD."""
    raise NotImplementedError


def converged(gradient: torch.Tensor) -> bool:
    """Judge by the gradient, shape (1, 2), whether the training that ended with it has converged."""
    raise NotImplementedError


CONVERGENCE_REASON: str = ""  # Why do you think that the training above did, or did not, go well?


# -- what is given ------------------------------------------------------------------------------------------

START = (-5.0, 10.0)  # the document's first guess of (w0, w1)


def given(seed, profile):
    """The document's data for its seed, 7676: x sorted, noise of standard deviation 0.5, y = 2.5 + 4x + noise.

    Besides x, y (100,): `sgd_start` (1, 2), where SGD takes over; and `gradients` (6, 1, 2) to be judged:
    zero, nearly zero, great, negative, great in one coordinate only, and great but cancelling in the sum.
    """
    import torch

    torch.manual_seed(seed)
    x = torch.randn(100).sort().values
    noise = torch.randn(100) * 0.5
    y = 2.5 + 4 * x + noise
    great = 5 + 10 * torch.rand(4, 1, 1)
    signs = torch.tensor([[[1.0, -1.0]], [[-1.0, -1.0]], [[0.0, 1.0]], [[1.0, -1.0]]])
    small = torch.tensor([[[0.0, 0.0]], [[1e-5, -1e-5]]])
    x64, y64 = x.double().numpy(), y.double().numpy()
    _, weights = adam_path(np.stack([np.ones(100), x64], axis=1), y64[:, None], np.array([START]), 0.1, 5)
    return {
        "x": x.numpy(),
        "y": y.numpy(),
        "sgd_start": weights[-1].astype(np.float32),
        "gradients": torch.cat([small, great * signs]).numpy(),
    }


# -- the mathematics, in float64 and in numpy; of one submission's arrays or of many, stacked in front ------


def mse_gradient(X, y, weights):
    """2/n Xᵀ(Xw − y) for weights (..., 1, 2), X (n, 2) and y (n, 1); same shape as the weights."""
    residual = weights @ X.T - y.T
    return 2 / len(X) * residual @ X


def adam_steps(gradients, lr, betas=(0.9, 0.999), eps=1e-8):
    """The changes of the weight that Adam makes for these gradients (steps, 1, 2), one after another.

    Source: Kingma and Ba, Adam (2015), algorithm 1.
    """
    first, second, steps = np.zeros_like(gradients[:1]), np.zeros_like(gradients[:1]), []
    for t, gradient in enumerate(gradients, start=1):
        first = betas[0] * first + (1 - betas[0]) * gradient
        second = betas[1] * second + (1 - betas[1]) * gradient**2
        steps.append(-lr * (first / (1 - betas[0] ** t)) / (np.sqrt(second / (1 - betas[1] ** t)) + eps))
    return np.concatenate(steps) if steps else np.zeros_like(gradients)


def adam_path(X, y, start, lr, steps):
    """Gradients and weights (steps, 1, 2) of Adam from `start` (1, 2)."""
    gradients, weights = np.empty((0, 1, 2)), np.array([start])
    for _ in range(steps):
        gradients = np.concatenate([gradients, mse_gradient(X, y, weights[-1:])])
        weights = np.concatenate([weights, weights[-1:] + adam_steps(gradients, lr)[-1:]])
    return gradients, weights[1:]


def data_of(inputs):
    """X (n, 2) and y (n, 1) in float64."""
    x, y = inputs["x"].astype(np.float64), inputs["y"].astype(np.float64)
    return np.stack([np.ones_like(x), x], axis=1), y[:, None]


def start_of(inputs):
    """The weight (1, 1, 2) before the first update."""
    return inputs["sgd_start"][None] if "from_adam" in inputs else np.array([[START]])


def weights_before(evidence, inputs):
    """The student's own weights before each update, (..., steps, 1, 2)."""
    weights = evidence["weights"].astype(np.float64)
    start = np.broadcast_to(start_of(inputs), (*weights.shape[:-3], 1, 1, 2))
    return np.concatenate([start, weights[..., :-1, :, :]], axis=-3)


def gradient_equation(evidence, inputs):
    return evidence["gradients"], mse_gradient(*data_of(inputs), weights_before(evidence, inputs))


def adam_equation(evidence, inputs):
    gradients = np.moveaxis(evidence["gradients"].astype(np.float64), -3, 0)
    steps = np.moveaxis(adam_steps(gradients, inputs["lr"]), 0, -3)
    return evidence["weights"], weights_before(evidence, inputs) + steps


def sgd_equation(evidence, inputs):
    step = -inputs["lr"] * evidence["gradients"].astype(np.float64)
    return evidence["weights"], weights_before(evidence, inputs) + step


def network_equation(evidence, inputs):
    return evidence["net_weight"], evidence["weights"][..., -1, :, :]


# -- probes: worker side ------------------------------------------------------------------------------------


def probe_network(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy

    x = torch.from_numpy(given["x"]).to(device)
    X = student.design_matrix(x)
    net = student.initial_network().to(device)
    return {
        "design_matrix": to_numpy(X, "design_matrix(x)"),
        "prediction": to_numpy(net(X), "initial_network()(X)"),
        "parameters": [[name, list(value.shape)] for name, value in net.named_parameters()],
    }


def probe_updates(updates, start, given, device):
    """Call the student's function on a network of ours, so that earlier parts do not weigh on this one."""
    import torch

    from autograder.probing.arrays import pair, to_numpy

    x, y = torch.from_numpy(given["x"]), torch.from_numpy(given["y"])
    X = torch.stack([torch.ones_like(x), x], dim=1).to(device)
    net = torch.nn.Linear(in_features=2, out_features=1, bias=False)
    net.weight.data = torch.tensor(start)
    net = net.to(device)
    gradients, weights = pair(
        updates(net, X, y.reshape(-1, 1).to(device), lr=given["lr"], steps=given["steps"]),
        "the function that updates",
    )
    return {
        "gradients": to_numpy(gradients, "gradients"),
        "weights": to_numpy(weights, "weights"),
        "net_weight": to_numpy(net.weight, "net.weight"),
    }


def probe_adam(student, given, device):
    return probe_updates(student.adam_updates, [list(START)], given, device)


def probe_sgd(student, given, device):
    return probe_updates(student.sgd_updates, given["sgd_start"].tolist(), given, device)


JUDGED = ["zero", "nearly_zero", "great", "negative", "one_coordinate", "cancelling"]


def probe_convergence(student, given, device):
    import torch

    gradients = torch.from_numpy(given["gradients"]).to(device)
    answers = [student.converged(gradient) for gradient in gradients]
    return {
        "converged": {name: bool(answer) for name, answer in zip(JUDGED, answers, strict=True)},
        "reason": str(getattr(student, "CONVERGENCE_REASON", "")),
    }


def convergence_key(inputs):
    """The loss is convex: a gradient of zero is the minimum, one of length 5 and more is far from it."""
    lengths = np.abs(inputs["gradients"]).max(axis=(1, 2))
    return {name: bool(length < 1e-3) for name, length in zip(JUDGED, lengths, strict=True)}


# -- what is asked ------------------------------------------------------------------------------------------


# float32 differs from float64 by at most 7e-6 in these gradients and 2e-6 in these weights, on the CPU. The
# nearest mistake, Adam without its moments, differs by 4e-5 in the second weight and more in every later one.
GRADIENT = {"rtol": 1e-5, "atol": 2e-5}
WEIGHT = {"rtol": 0, "atol": 2e-5}


def update_checks(step_equation, step_statement, gradient_points, weight_points, network_points):
    """The checks of a part with updates: against the reference, and with the student's own numbers."""
    return [
        Shape("gradients", ("steps", 1, 2)),
        Shape("weights", ("steps", 1, 2)),
        Finite("gradients"),
        Finite("weights"),
        Close("gradients", **GRADIENT, points=gradient_points),
        Relation(
            "gradient formula",
            arrays=["gradients", "weights"],
            equation=gradient_equation,
            statement=Text(
                ko="미분계수는 갱신 직전의 가중치에서 2/n·Xᵀ(Xw−y)와 같아야 합니다.",
                en="Each gradient must equal 2/n Xᵀ(Xw−y) at the weight before the update.",
            ),
            **GRADIENT,
            points=1,
        ),
        Close("weights", **WEIGHT, points=weight_points),
        Relation(
            "update formula",
            arrays=["gradients", "weights"],
            equation=step_equation,
            statement=step_statement,
            **WEIGHT,
            points=1,
        ),
        Relation(
            "network updated",
            arrays=["net_weight", "weights"],
            equation=network_equation,
            statement=Text(
                ko="net.weight 자체가 마지막 가중치로 갱신되어 있어야 합니다.",
                en="net.weight itself must hold the last weight.",
            ),
            **WEIGHT,
            points=0,  # for a student's own check; the points are those of the reference's net_weight
        ),
        Close("net_weight", **WEIGHT, points=network_points),
    ]


ADAM_STATEMENT = Text(
    ko="각 갱신은 보고한 미분계수와 주어진 학습률로 계산한 Adam의 갱신과 같아야 합니다.",
    en="Each update must be Adam's, for the reported gradients and the given learning rate.",
)
SGD_STATEMENT = Text(
    ko="각 갱신은 w ← w − lr·미분계수 이어야 합니다.", en="Each update must be w ← w − lr · gradient."
)

PATH = LossPath(
    Text(
        ko="자료와 학습된 직선, 그리고 손실의 등고선 위에서 가중치가 지나간 길. 제출한 것은 실선, 기준은 점선.",
        en="The data with the trained line, and the path of the weights over the contours of the loss: yours drawn "
        "through, the reference dashed.",
    ),
    data=data_of,
    path=lambda evidence, inputs: np.concatenate([start_of(inputs), evidence["weights"]])[:, 0],
)

QUESTION = Question(
    title=Text(ko="Adam과 SGD로 선형회귀", en="Linear regression with Adam and SGD"),
    framework="torch",
    seed=7676,
    given=given,
    preamble="import torch",
    interface=[
        design_matrix,
        initial_network,
        adam_updates,
        sgd_updates,
        converged,
        "CONVERGENCE_REASON",
    ],
    setup=Limit(seconds=20),
    parts=[
        Part(
            name="initial_network",
            points=8,
            statement=Text(
                ko="""다음과 같이 자료가 주어졌다.

    torch.manual_seed(7676)
    x = torch.randn(100).sort().values
    ϵ = torch.randn(100)*0.5
    y = 2.5 + 4*x + ϵ

모형 $y_i = w_0 + w_1 x_i + \\epsilon_i$, $\\epsilon_i \\overset{iid}{\\sim} N(0,\\sigma^2)$ 을 가정한다.
`torch.nn.Linear(in_features=2, out_features=??, bias=??)` 의 ??를 채우고, 최초의 예측값이
$\\hat{y}_i = -5 + 10 x_i$ 가 되도록 가중치를 정하라. `design_matrix(x)` 는 이 네트워크에 넣을
(n, 2) 행렬 $X$ 를, `initial_network()` 는 네트워크를 돌려준다.""",
                en="""The data are

    torch.manual_seed(7676)
    x = torch.randn(100).sort().values
    ϵ = torch.randn(100)*0.5
    y = 2.5 + 4*x + ϵ

and the model is $y_i = w_0 + w_1 x_i + \\epsilon_i$, $\\epsilon_i \\overset{iid}{\\sim} N(0,\\sigma^2)$.
Fill in the ?? of `torch.nn.Linear(in_features=2, out_features=??, bias=??)` and set its weight so that the
first prediction is $\\hat{y}_i = -5 + 10 x_i$. `design_matrix(x)` returns the (n, 2) matrix $X$ that goes
into this network, `initial_network()` the network.""",
            ),
            probe=probe_network,
            limit=Limit(seconds=10),
            checks=[
                Shape("design_matrix", (None, 2)),
                Close("design_matrix", rtol=1e-6, atol=1e-6, points=2),
                Relation(
                    "first prediction",
                    arrays=["prediction"],
                    equation=lambda evidence, inputs: (
                        evidence["prediction"],
                        -5 + 10 * inputs["x"][:, None].astype(np.float64),
                    ),
                    statement=Text(
                        ko="최초의 예측값은 모양이 (n, 1)인 −5+10x 이어야 합니다.",
                        en="The first prediction must be −5+10x, of shape (n, 1).",
                    ),
                    rtol=1e-5,
                    atol=1e-5,
                    points=4,
                ),
                Facts("parameters", points=2),
            ],
        ),
        Part(
            name="adam_first_update",
            points=8,
            statement=Text(
                ko="""학습률을 0.1로 하여 `torch.optim.Adam` 을 선언하라. $(\\hat{w}_0, \\hat{w}_1) = (-5, 10)$ 에서
MSELoss의 미분계수 $\\frac{\\partial}{\\partial W} loss(w_0, w_1)$ 를 구하고, 이를 바탕으로
$(\\hat{w}_0, \\hat{w}_1)$ 을 1회 갱신하라. `adam_updates(net, X, y, lr=0.1, steps=1)` 이 그 미분계수와
갱신된 값을 돌려준다.""",
                en="""Declare `torch.optim.Adam` with learning rate 0.1. At $(\\hat{w}_0, \\hat{w}_1) = (-5, 10)$ find the
gradient $\\frac{\\partial}{\\partial W} loss(w_0, w_1)$ of MSELoss, and with it update
$(\\hat{w}_0, \\hat{w}_1)$ once. `adam_updates(net, X, y, lr=0.1, steps=1)` returns that gradient and the
updated weight.""",
            ),
            probe=probe_adam,
            settings={"lr": 0.1, "steps": 1},
            vary={"lr": [0.03, 0.05, 0.3]},
            limit=Limit(seconds=10),
            checks=update_checks(adam_equation, ADAM_STATEMENT, 3, 2, 1),
        ),
        Part(
            name="adam_five_updates",
            points=8,
            statement=Text(
                ko="""앞에서 선언한 optimizer로 $(\\hat{w}_0, \\hat{w}_1)$ 을 모두 5회 갱신한 값을 구하라. 앞의 1회를 포함하여
5회이다. `adam_updates(net, X, y, lr=0.1, steps=5)` 가 다섯 번의 미분계수와 가중치를 차례로 돌려준다.""",
                en="""With the same optimiser find $(\\hat{w}_0, \\hat{w}_1)$ after five updates in all, the first one
included. `adam_updates(net, X, y, lr=0.1, steps=5)` returns the five gradients and the five weights in turn.""",
            ),
            probe=probe_adam,
            settings={"lr": 0.1, "steps": 5},
            vary={"lr": [0.03, 0.05, 0.3], "steps": [3, 7, 8]},
            limit=Limit(seconds=10),
            checks=update_checks(adam_equation, ADAM_STATEMENT, 2, 3, 1),
            pictures=[PATH],
        ),
        Part(
            name="sgd_ten_updates",
            points=8,
            statement=Text(
                ko="""학습률을 0.2로 하여 `torch.optim.SGD` 로 새 optimizer를 선언하라. 5회 갱신된 값에 이어서 10회 더
학습하라. 학습된 값은 얼마인가? `sgd_updates(net, X, y, lr=0.2, steps=10)` 이 열 번의 미분계수와 가중치를
차례로 돌려준다.""",
                en="""Declare a new optimiser, `torch.optim.SGD` with learning rate 0.2, and go on from the weight after five
updates for ten more. What is the trained weight? `sgd_updates(net, X, y, lr=0.2, steps=10)` returns the ten
gradients and the ten weights in turn.""",
            ),
            probe=probe_sgd,
            settings={"lr": 0.2, "steps": 10, "from_adam": True},
            vary={"lr": [0.05, 0.15, 0.25], "steps": [6, 8, 12]},
            limit=Limit(seconds=10),
            checks=update_checks(sgd_equation, SGD_STATEMENT, 2, 3, 1),
            pictures=[PATH],
        ),
        Part(
            name="convergence",
            points=8,
            statement=Text(
                ko="""앞의 수렴값이 학습이 잘 되었다고 생각하는가? 그렇게 생각한다면 근거는 무엇인가? 단,
$(w_0, w_1)$ 의 참값은 모른다고 가정한다. (힌트: 미분값을 근거로 답하라.) `converged(gradient)` 는 마지막
갱신에 쓰인 미분계수를 보고 수렴 여부를 판정하고, `CONVERGENCE_REASON` 에는 앞의 결과에 대한 판단과 근거를
문장으로 쓴다.""",
                en="""Do you think that the training above went well? If so, on what grounds? Suppose that the true
$(w_0, w_1)$ are unknown. (Hint: argue from the gradient.) `converged(gradient)` judges by the gradient of the
last update whether training has converged; in `CONVERGENCE_REASON` write your judgement of the result above,
and its grounds, in a sentence or two.""",
            ),
            probe=probe_convergence,
            limit=Limit(seconds=10),
            checks=[
                Choice("converged", key=convergence_key, points=4),
                Essay(
                    "reason",
                    points=4,
                    rubric=Text(
                        ko="마지막 미분계수가 0에 가깝다는(또는 아직 0은 아니라는) 사실을 수치로 든다 2점; 손실함수가 "
                        "볼록하여 미분계수가 0인 곳이 전역 최솟값임을 말한다 2점. 수렴은 정도의 문제이므로 근거가 "
                        "있으면 '아직 덜 되었다'는 판단도 인정한다. 참값 2.5, 4와 비교하면 0점.",
                        en="2 points for the fact, with a number, that the last gradient is near zero (or not yet zero); "
                        "2 points for convexity: where the gradient is zero is the global minimum. Convergence is a "
                        "matter of degree, so 'not yet' counts too if it is argued. Comparing with the true 2.5 and 4 "
                        "earns nothing.",
                    ),
                ),
            ],
        ),
    ],
)
