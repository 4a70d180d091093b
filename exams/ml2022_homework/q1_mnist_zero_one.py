"""The homework's question: tell handwritten 0 from 1, and see what a formula in float32 does to training."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

# -- the interface: what a student fills in -----------------------------------------------------------------


def make_data(zeros: torch.Tensor, ones: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (X, y) for images of the digit 0, uint8 (n0, 28, 28), and of the digit 1, uint8 (n1, 28, 28).

    X: raw pixels, float32, (n0 + n1, 784), the zeros first. y: float32, (n0 + n1, 1), 0 for a 0 and 1 for a 1.
    """
    raise NotImplementedError


def build_network() -> torch.nn.Sequential:
    """Return a new network on the CPU, from (n, 784) to (n, 1), with the layers in the order of the figure."""
    raise NotImplementedError


def train(
    X: torch.Tensor, y: torch.Tensor, loss: str, epochs: int, lr: float, seed: int, device: str
) -> tuple[torch.nn.Sequential, torch.Tensor, torch.Tensor]:
    """Call torch.manual_seed(seed), then build_network(), bring it to `device`, and train it with Adam.

    X, float32 (n, 784), and y, float32 (n, 1), are on `device`; every epoch uses all of X at once.
    loss: "bce_loss" for torch.nn.BCELoss, or "manual_bce" for the formula written by hand.
    Returns (network, yhat, losses): the trained network; the network's output (n, 1) in the last epoch, before
    that epoch's update; and the loss of every epoch, (epochs,), a tensor or a list.
    """
    raise NotImplementedError


def normalize(X: torch.Tensor) -> torch.Tensor:
    """Return the pixels X, float32 with values from 0 to 255, brought to values from 0 to 1."""
    raise NotImplementedError


def accuracy(yhat: torch.Tensor, y: torch.Tensor) -> float:
    """Return the share of right answers, from 0 to 1; yhat (n, 1) holds outputs, y (n, 1) holds 0 and 1."""
    raise NotImplementedError


def plot_fit(y: torch.Tensor, yhat: torch.Tensor) -> Figure:
    """Plot y and then yhat, both (n, 1), on the CPU and without gradient, with plt.plot; return the figure."""
    raise NotImplementedError


NAN_LOSS_STEP: int = 0  # in which epoch, counted from 1, is the loss NaN for the first time in (3)?
NAN_OUTPUT_STEP: int = (
    0  # in which epoch, counted from 1, is the network's output NaN for the first time in (3)?
)
MANUAL_TRAINS_WELL: bool | None = None  # does training go well in (3)?
MANUAL_REASON: str = ""  # Why?
NORMALIZED_TRAINS_WELL: bool | None = None  # does training go well in (4)?
NORMALIZED_REASON: str = ""  # Why?


# -- what is given ------------------------------------------------------------------------------------------

SEED = 12345  # the document's own
PIXELS = 784  # 28 times 28


def given(seed, profile, data):
    """The training images of 0 and 1: all of them for the document's seed, a few dozen of each for another.

    Besides `zeros` (n0, 28, 28) and `ones` (n1, 28, 28), uint8, outputs (n, 1) and labels (n, 1), float32, whose
    accuracy is asked for: `plain`; `half`, of which many outputs are exactly 0.5; and `nan`, nothing but NaN for
    the labels of these images.
    """
    rng = np.random.default_rng(seed)
    images, labels = data["mnist"].train_images, data["mnist"].train_labels
    digits = [images[labels == digit] for digit in (0, 1)]
    if seed != SEED:
        sizes = rng.permutation([rng.integers(60, 71), rng.integers(76, 86)])  # never as many of both
        digits = [some(of_class, size, rng) for of_class, size in zip(digits, sizes, strict=True)]
    zeros, ones = digits
    half_yhat = rng.permutation(np.repeat(np.float32([0.5, 0.2, 0.8]), [24, 10, 7]))
    return {
        "zeros": zeros,
        "ones": ones,
        "plain_yhat": rng.random((53, 1), dtype=np.float32),
        "plain_y": (rng.random((53, 1)) < 0.6).astype(np.float32),
        "half_yhat": half_yhat[:, None],
        "half_y": (rng.permutation(41)[:, None] < 13).astype(np.float32),
        "nan_yhat": np.full((len(zeros) + len(ones), 1), np.nan, np.float32),
        "nan_y": np.repeat(np.float32([0, 1]), [len(zeros), len(ones)])[:, None],
    }


def some(images, size, rng):
    """`size` of the images, in their order."""
    return images[np.sort(rng.choice(len(images), size, replace=False))]


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


# -- probes: worker side ------------------------------------------------------------------------------------

FEW = 6  # images of each class, where a few are enough
PARAMETERS = ["weight_1", "bias_1", "weight_2", "bias_2"]


def raw_data(given, device):
    """X, float32 (n, 784), raw, and y, float32 (n, 1): ours, so that make_data does not weigh on later parts."""
    import torch

    images = np.concatenate([given["zeros"], given["ones"]])
    y = np.repeat(np.float32([0, 1]), [len(given["zeros"]), len(given["ones"])])
    return torch.from_numpy(images).reshape(-1, PIXELS).float().to(device), torch.from_numpy(y)[:, None].to(
        device
    )


def probe_network(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy
    from autograder.probing.networks import classes, parameters

    torch.manual_seed(given["seed"])
    network = student.build_network()
    few = {name: given[name][:FEW] for name in ("zeros", "ones")}
    found = {"layers": classes(network), "parameters": parameters(network)}
    if len(found["parameters"]) == len(PARAMETERS):
        found |= {name: to_numpy(p) for name, p in zip(PARAMETERS, network.parameters(), strict=True)}
    found["output"] = to_numpy(network.to(device)(raw_data(few, device)[0] / 255), "build_network()(X)")
    return found | data_made(student, few)


def data_made(student, few):
    """What make_data gives; nothing where it is not written, which then costs its own points only."""
    import torch

    from autograder.probing.arrays import pair, to_numpy

    make_data = getattr(student, "make_data", None)
    try:
        made = make_data and make_data(torch.from_numpy(few["zeros"]), torch.from_numpy(few["ones"]))
    except NotImplementedError:
        made = None
    if made is None:
        return {}
    X, y = pair(made, "make_data")
    return {"X": to_numpy(X, "X"), "y": to_numpy(y, "y")}


def watch_losses(names):
    """A context in which every cross entropy of torch's own that is computed puts its name into `names`.

    It sees the functions behind torch.nn.BCELoss as well, whatever they are called by.
    """
    import torch

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            name = getattr(function, "__name__", "")
            if "cross_entropy" in name:
                names.add(name)
            return function(*args, **(kwargs or {}))

    return Watch()


def run_train(student, X, y, loss, given, device, epochs):
    """Call the student's train on copies; return the network, yhat, losses and the losses of torch in use."""
    from autograder.probing.arrays import BadReturnError, to_numpy

    names = set()
    with watch_losses(names):
        result = student.train(
            X.clone(), y.clone(), loss=loss, epochs=epochs, lr=given["lr"], seed=given["seed"], device=device
        )
    if not isinstance(result, tuple | list) or len(result) != 3:
        raise BadReturnError("train must return three values: network, yhat, losses")
    network, yhat, losses = result
    return network, to_numpy(yhat, "yhat"), to_numpy(losses, "losses"), sorted(names)


def probe_training(student, X, y, loss, given, device):
    """Train for one epoch and for all; report the outputs and losses of both, and the network before and after."""
    import torch

    from autograder.probing.arrays import to_numpy
    from autograder.probing.networks import parameters

    torch.manual_seed(given["seed"])
    initial = student.build_network().to(device)
    initial_bias = to_numpy(list(initial.parameters())[-1])
    network, first_yhat, first_losses, _ = run_train(student, X, y, loss, given, device, 1)
    bias_step = to_numpy(list(network.parameters())[-1]) - initial_bias
    network, yhat, losses, names = run_train(student, X, y, loss, given, device, given["epochs"])
    return {
        "initial_yhat": to_numpy(initial(X)),
        "first_yhat": first_yhat,
        "first_losses": first_losses,
        "bias_step": bias_step,
        "yhat": yhat,
        "losses": losses,
        "trained_yhat": to_numpy(network(X), "network(X)"),
        "counts": counts(first_yhat, yhat, to_numpy(y)),
        "torch_losses": names,
        "parameters": parameters(network),
        **drawn(student, y, yhat),
    }


def counts(first_yhat, yhat, y):
    """Images, right answers, outputs of exactly 1 in the first epoch, outputs that are NaN: for pinned values only."""
    right = np.count_nonzero((yhat.ravel() > 0.5)[: len(y)] == (y.ravel() == 1)[: yhat.size])
    return np.array([len(y), right, np.count_nonzero(first_yhat == 1), np.count_nonzero(np.isnan(yhat))])


def drawn(student, y, yhat):
    """The student's figure, and the heights of the two lines in it; nothing where plot_fit is not written."""
    import torch
    from matplotlib import pyplot as plt

    from autograder.probing.figures import figure_of, lines, picture

    plt.close("all")
    plot_fit = getattr(student, "plot_fit", None)
    try:
        value = plot_fit and plot_fit(y.detach().cpu(), torch.from_numpy(yhat.copy()))
    except NotImplementedError:
        value = None
    if value is None:
        return {}
    figure = figure_of(value, "plot_fit")
    heights = [line[:, 1] for line in lines(figure)]
    if len(heights) != 2 or len(heights[0]) != len(heights[1]):
        return {"figure": picture(figure)}
    return {"figure": picture(figure), "plotted": np.stack(heights)}


def answers(student, well, reason):
    """The student's judgement, true or false or anything else, and the reason for it."""
    judged = getattr(student, well, None)
    return {
        "trains_well": judged if isinstance(judged, bool | None) else str(judged),
        "reason": str(getattr(student, reason, "")),
    }


def probe_bce_loss(student, given, device):
    X, y = raw_data(given, device)
    return probe_training(student, X, y, "bce_loss", given, device)


def probe_manual(student, given, device):
    X, y = raw_data(given, device)
    found = probe_training(student, X, y, "manual_bce", given, device)
    _, second_yhat, _, _ = run_train(student, X, y, "manual_bce", given, device, 2)
    _, faint_yhat, faint_losses, _ = run_train(student, X / 255, y, "manual_bce", given, device, 1)
    stated = [getattr(student, name, 0) for name in ("NAN_LOSS_STEP", "NAN_OUTPUT_STEP")]
    return {
        **found,
        "second_yhat": second_yhat,
        "faint_yhat": faint_yhat,
        "faint_losses": faint_losses,
        "nan_steps": np.array([step if type(step) is int else -1 for step in stated]),
        **answers(student, "MANUAL_TRAINS_WELL", "MANUAL_REASON"),
    }


def probe_normalized(student, given, device):
    from autograder.probing.arrays import to_numpy

    X, y = raw_data(given, device)
    few = raw_data({name: given[name][:FEW] for name in ("zeros", "ones")}, device)[0]
    return {
        **probe_training(student, student.normalize(X), y, "manual_bce", given, device),
        "normalized": to_numpy(student.normalize(few), "normalize(X)"),
        **answers(student, "NORMALIZED_TRAINS_WELL", "NORMALIZED_REASON"),
    }


def probe_accuracy(student, given, device):
    import torch

    from autograder.probing.arrays import to_numpy

    found = {}
    for case in ("plain", "half", "nan"):
        yhat, y = (torch.from_numpy(given[f"{case}_{name}"]).to(device) for name in ("yhat", "y"))
        found[f"accuracy_{case}"] = to_numpy(student.accuracy(yhat, y), "accuracy(yhat, y)")
    return found


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


def formula_check(label, names, equation, ko, en, points, tolerance, **more):
    """A public equation on the student's own numbers."""
    statement = Text(ko=ko, en=en)
    return Relation(
        label, arrays=names, equation=equation, statement=statement, points=points, **tolerance, **more
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
    title=Text(
        ko="숫자 0과 1을 구분하는 신경망: BCELoss와 직접 쓴 손실함수",
        en="A network that tells 0 from 1: BCELoss and the loss written by hand",
    ),
    framework="torch",
    seed=SEED,
    pool=2,
    given=given,
    datasets=["mnist"],
    preload=["matplotlib.pyplot"],
    preamble="import matplotlib.pyplot as plt\nimport torch\nfrom matplotlib.figure import Figure",
    interface=[
        make_data,
        build_network,
        train,
        normalize,
        accuracy,
        plot_fit,
        "NAN_LOSS_STEP",
        "NAN_OUTPUT_STEP",
        "MANUAL_TRAINS_WELL",
        "MANUAL_REASON",
        "NORMALIZED_TRAINS_WELL",
        "NORMALIZED_REASON",
    ],
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
            statement=Text(
                ko="""MNIST 훈련 자료에서 숫자 0과 숫자 1의 이미지(28×28, 모두 12665장: 0이 5923장, 1이 6742장)만 골라 둘을
구분하는 네트워크를 다음 구조로 설계하라.

$$\\underset{(n,784)}{\\bf X} \\overset{l_1}{\\to} \\underset{(n,64)}{\\boldsymbol u^{(1)}} \\overset{a_1}{\\to}
\\underset{(n,64)}{\\boldsymbol v^{(1)}} \\overset{l_2}{\\to} \\underset{(n,1)}{\\boldsymbol u^{(2)}} \\overset{a_2}{\\to}
\\underset{(n,1)}{\\boldsymbol v^{(2)}} = \\underset{(n,1)}{\\hat{\\boldsymbol y}}$$

    X (n,784) -l1-> u1 (n,64) -a1-> v1 (n,64) -l2-> u2 (n,1) -a2-> v2 (n,1) = yhat

$l_1, l_2$ 는 편향이 있는 선형변환, $a_1$ 은 ReLU, $a_2$ 는 sigmoid이다. $y=0$ 은 숫자 0을, $y=1$ 은 숫자 1을 뜻한다.

- `build_network()` 는 이 네트워크를 `torch.nn.Sequential` 로 만들어 돌려준다. 시드는 부르는 쪽에서 정한다.
- `make_data(zeros, ones)` 는 두 숫자의 이미지 텐서에서 $X$ 와 $y$ 를 만든다. 숫자 0이 먼저이고, 픽셀 값은
  0~255 그대로 float32로 둔다.""",
                en="""From the MNIST training set take the images of the digits 0 and 1 only (28×28; 12665 in all: 5923 zeros and
6742 ones), and design a network that tells them apart, of this structure:

$$\\underset{(n,784)}{\\bf X} \\overset{l_1}{\\to} \\underset{(n,64)}{\\boldsymbol u^{(1)}} \\overset{a_1}{\\to}
\\underset{(n,64)}{\\boldsymbol v^{(1)}} \\overset{l_2}{\\to} \\underset{(n,1)}{\\boldsymbol u^{(2)}} \\overset{a_2}{\\to}
\\underset{(n,1)}{\\boldsymbol v^{(2)}} = \\underset{(n,1)}{\\hat{\\boldsymbol y}}$$

    X (n,784) -l1-> u1 (n,64) -a1-> v1 (n,64) -l2-> u2 (n,1) -a2-> v2 (n,1) = yhat

$l_1, l_2$ are linear maps with a bias, $a_1$ is ReLU and $a_2$ the sigmoid. $y=0$ stands for the digit 0 and $y=1$
for the digit 1.

- `build_network()` makes this network as a `torch.nn.Sequential` and returns it. Its caller sets the seed.
- `make_data(zeros, ones)` makes $X$ and $y$ from the two tensors of images. The zeros come first, and the pixels
  stay as they are, 0 to 255, in float32.""",
            ),
            probe=probe_network,
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
                ),
                formula_check(
                    "images as rows",
                    ["X"],
                    images_equation,
                    "X의 각 행은 이미지 한 장의 784개 픽셀(0~255 그대로)이고, 숫자 0이 먼저여야 합니다.",
                    "Each row of X must be one image's 784 raw pixels, the zeros first.",
                    2,
                    {"rtol": 0, "atol": 0},
                ),
                formula_check(
                    "labels",
                    ["y"],
                    labels_equation,
                    "y는 모양이 (n, 1)이고 숫자 0에 0, 숫자 1에 1이어야 합니다.",
                    "y must have the shape (n, 1), with 0 for the digit 0 and 1 for the digit 1.",
                    2,
                    {"rtol": 0, "atol": 0},
                ),
            ],
        ),
        Part(
            name="train_bce_loss",
            points=25,
            statement=Text(
                ko="""raw 픽셀(0~255)의 $X$ 로 200 epoch 학습하라. 손실함수는 `torch.nn.BCELoss()`, 옵티마이저는 학습률 0.002의
Adam이고, 매 epoch 자료 전체를 한 번에 쓴다. `torch.manual_seed(12345)` 다음에 `build_network()` 로 네트워크를
만든다. `train(X, y, loss="bce_loss", epochs=200, lr=0.002, seed=12345, device=device)` 가 (네트워크, 마지막 epoch의
출력 yhat, epoch별 손실)을 돌려준다. yhat은 마지막 갱신을 하기 전, 그 epoch의 손실을 계산한 출력이다.

`plot_fit(y, yhat)` 는 `plt.plot` 으로 $y$ 를 먼저, $\\hat{y}$ 를 그 위에 점으로(예: `'.'`, `alpha=0.4`) 그리고 figure를 돌려준다.
(3)과 (4)에서도 이 함수로 그림을 그린다.""",
                en="""Train on the raw pixels (0 to 255) for 200 epochs, with `torch.nn.BCELoss()` as the loss and Adam with learning
rate 0.002, using all the data at once in every epoch. After `torch.manual_seed(12345)` make the network with
`build_network()`. `train(X, y, loss="bce_loss", epochs=200, lr=0.002, seed=12345, device=device)` returns (the network,
the output yhat of the last epoch, the loss of every epoch). yhat is the output that the last epoch's loss was
computed from, before the last update.

`plot_fit(y, yhat)` draws $y$ first and $\\hat{y}$ over it, as dots (for instance `'.'` with `alpha=0.4`), with `plt.plot`,
and returns the figure. It draws the figures of (3) and (4) as well.""",
            ),
            probe=probe_bce_loss,
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
                ),
                last_loss_check(clamped_bce, 2),
                *plot_checks(2),
            ],
        ),
        Part(
            name="train_manual_bce",
            points=25,
            statement=Text(
                ko="""앞과 같은 raw 픽셀의 $X$ 로 200 epoch 학습하되, `torch.nn.BCELoss()` 를 쓰지 않고 손실함수의 수식을 직접 쓴다.

$$loss = -\\frac{1}{n}\\sum_{i=1}^n \\big( y_i \\log \\hat{y}_i + (1-y_i) \\log(1-\\hat{y}_i) \\big)$$

옵티마이저는 학습률 0.002의 Adam이다. `train(..., loss="manual_bce", ...)` 로 부른다. 수식은 위에 쓴 그대로여야 하며,
clamp, 아주 작은 수(eps) 더하기, NaN 바꾸기 등으로 고치지 않는다. NaN이 나온다면 그것이 이 문항에서 발견할 사실이며, 그래도
200 epoch을 끝까지 진행한다.

학습이 잘 되는가? `MANUAL_TRAINS_WELL` 에 True 또는 False로 답하고, `MANUAL_REASON` 에 무엇이 왜 일어났는지 쓴다.
seed 12345의 이 학습에서 손실이 처음 NaN이 되는 epoch을 `NAN_LOSS_STEP` 에, 네트워크의 출력이 처음 NaN이 되는 epoch을
`NAN_OUTPUT_STEP` 에 쓴다(첫 epoch을 1로 센다). $y$ 와 $\\hat{y}$ 의 그림도 `plot_fit` 으로 그려 본다.
(힌트: 첫 epoch의 출력 가운데 정확히 1인 것이 있는지, $0 \\cdot \\log 0$ 이 float32에서 무엇인지 보라.)""",
                en="""Train for 200 epochs on the same raw pixels, but without `torch.nn.BCELoss()`: write the formula of the loss by
hand,

$$loss = -\\frac{1}{n}\\sum_{i=1}^n \\big( y_i \\log \\hat{y}_i + (1-y_i) \\log(1-\\hat{y}_i) \\big)$$

The optimiser is Adam with learning rate 0.002; the call is `train(..., loss="manual_bce", ...)`. The formula must stand
as above: do not mend it by clamping, by adding a small number (eps) or by replacing NaN. If NaN comes out, that is
what there is to find here; go on to the end of the 200 epochs all the same.

Does training go well? Answer True or False in `MANUAL_TRAINS_WELL`, and say in `MANUAL_REASON` what happened and why.
For this training with seed 12345 write into `NAN_LOSS_STEP` the epoch in which the loss is NaN for the first time, and
into `NAN_OUTPUT_STEP` the epoch in which the network's output is NaN for the first time (the first epoch is 1). Draw
$y$ and $\\hat{y}$ with `plot_fit` here too. (Hint: are there outputs of the first epoch that are exactly 1? And what is
$0 \\cdot \\log 0$ in float32?)""",
            ),
            probe=probe_manual,
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
            statement=Text(
                ko="""이미지의 값을 0과 1 사이로 규격화하고(`X/255`), (3)과 같이 직접 쓴 손실함수와 학습률 0.002의 Adam으로 200 epoch
학습하라. `torch.nn.BCELoss()` 는 쓰지 않는다. `normalize(X)` 가 규격화한 $X$ 를 돌려주고, 그것으로
`train(normalize(X), y, loss="manual_bce", epochs=200, lr=0.002, seed=12345, device=device)` 를 부른다.

학습이 잘 되는가? `NORMALIZED_TRAINS_WELL` 에 True 또는 False로 답하고, `NORMALIZED_REASON` 에 근거를 쓴다. $y$ 와
$\\hat{y}$ 의 그림도 `plot_fit` 으로 그려 본다.""",
                en="""Bring the images' values to between 0 and 1 (`X/255`), and train for 200 epochs as in (3), with the loss written
by hand and Adam with learning rate 0.002. `torch.nn.BCELoss()` is not used. `normalize(X)` returns the normalised $X$,
and with it `train(normalize(X), y, loss="manual_bce", epochs=200, lr=0.002, seed=12345, device=device)` is called.

Does training go well? Answer True or False in `NORMALIZED_TRAINS_WELL`, and give your grounds in `NORMALIZED_REASON`.
Draw $y$ and $\\hat{y}$ with `plot_fit` here too.""",
            ),
            probe=probe_normalized,
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
                ),
                AtLeast("accuracy", metric=share_right, bound=0.95, points=1, open=False),
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
            statement=Text(
                ko="""다음 수식으로 accuracy를 계산하라.

$$\\text{accuracy} = \\frac{1}{n}\\sum_{i=1}^n I(\\tilde{y}_i = y_i), \\qquad
\\tilde{y}_i = \\begin{cases} 1 & \\hat{y}_i > 0.5 \\\\ 0 & \\hat{y}_i \\leq 0.5 \\end{cases}, \\qquad
I(\\tilde{y}_i = y_i) = \\begin{cases} 1 & \\tilde{y}_i = y_i \\\\ 0 & \\tilde{y}_i \\neq y_i \\end{cases}$$

$n$ 은 이미지의 수이다. `accuracy(yhat, y)` 는 모양이 (n, 1)인 두 텐서를 받아 0과 1 사이의 수 하나를 돌려준다.
$\\hat{y}_i$ 가 정확히 0.5이면 $\\tilde{y}_i = 0$ 이다. $\\hat{y}_i$ 가 NaN이면 $\\hat{y}_i > 0.5$ 가 아니므로 이때도
$\\tilde{y}_i = 0$ 으로 한다. (4)의 결과에 적용하면 얼마인가?""",
                en="""Compute the accuracy by this formula.

$$\\text{accuracy} = \\frac{1}{n}\\sum_{i=1}^n I(\\tilde{y}_i = y_i), \\qquad
\\tilde{y}_i = \\begin{cases} 1 & \\hat{y}_i > 0.5 \\\\ 0 & \\hat{y}_i \\leq 0.5 \\end{cases}, \\qquad
I(\\tilde{y}_i = y_i) = \\begin{cases} 1 & \\tilde{y}_i = y_i \\\\ 0 & \\tilde{y}_i \\neq y_i \\end{cases}$$

$n$ is the number of images. `accuracy(yhat, y)` takes two tensors of shape (n, 1) and returns one number from 0 to 1.
Where $\\hat{y}_i$ is exactly 0.5, $\\tilde{y}_i = 0$. Where $\\hat{y}_i$ is NaN, $\\hat{y}_i > 0.5$ does not hold, and
$\\tilde{y}_i = 0$ as well. What does it come to for the result of (4)?""",
            ),
            probe=probe_accuracy,
            limit=Limit(seconds=60),
            checks=[
                formula_check(
                    f"accuracy, {label}",
                    [f"accuracy_{case}"],
                    accuracy_equation(case),
                    ko,
                    en,
                    4,
                    {"rtol": 0, "atol": 1e-6},
                )
                for case, label, ko, en in (
                    (
                        "plain",
                        "plain outputs",
                        "accuracy는 맞힌 비율이어야 합니다.",
                        "Accuracy must be the share of right answers.",
                    ),
                    (
                        "half",
                        "outputs of exactly 0.5",
                        "출력이 정확히 0.5이면 0으로 보아야 합니다.",
                        "An output of exactly 0.5 must count as 0.",
                    ),
                    (
                        "nan",
                        "outputs that are NaN",
                        "출력이 NaN이면 0으로 보아야 합니다.",
                        "An output that is NaN must count as 0.",
                    ),
                )
            ],
        ),
    ],
)
