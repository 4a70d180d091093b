"""Question 3: telling birds from airplanes with a fully connected network, from the pixels to its accuracy."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    Choice,
    Close,
    Data,
    Diagram,
    Dtype,
    Essay,
    Facts,
    Layer,
    Limit,
    Operators,
    Part,
    Question,
    Text,
    relation,
)
from autograder.checks.operators import BY_HAND, LOGSUMEXP
from autograder.pictures import Confusion, Curves

from .probes import (
    COMPARED,
    HIDDEN,
    ONCE,
    PUBLIC_SEED,
    SMALL_LR,
    known_weights,
    two_classes,
)

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
SHAPES = [(HIDDEN, 3072), (HIDDEN,), (2, HIDDEN), (2,)]


def forward(weights, x):
    """Hidden activations (n, hidden) and logits (n, 2) for inputs (n, 3072).

    einsum, unlike @, starts no threads, which cost more than these small products on a busy machine.
    """
    w1, b1, w2, b2 = (weight.astype(np.float64) for weight in weights)
    hidden = np.tanh(np.einsum("nk,hk->nh", x, w1) + b1)
    return hidden, np.einsum("nh,ch->nc", hidden, w2) + b2


def softmax_of(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def flat(x):
    return x.reshape(len(x), -1).astype(np.float64)


def loss_and_gradients(weights, x, labels):
    """The mean negative log-likelihood, and its gradients, for inputs (n, 3072)."""
    hidden, logits = forward(weights, x)
    probabilities = softmax_of(logits)
    loss = -np.log(probabilities[np.arange(len(x)), labels]).mean()
    error = (probabilities - np.eye(2)[labels]) / len(x)
    inner = np.einsum("nc,ch->nh", error, weights[2]) * (1 - hidden**2)
    first, second = np.einsum("nh,nk->hk", inner, x), np.einsum("nc,nh->ch", error, hidden)
    return loss, [first, inner.sum(axis=0), second, error.sum(axis=0)]


def joined(weights):
    return np.concatenate([weight.ravel() for weight in weights])


def sgd_in_order(x, labels, epochs, lr, batch_size):
    """Losses (epochs,) of each epoch's last minibatch, and the weights in one array, after SGD in order."""
    x, losses = flat(x), []
    weights = [weight.astype(np.float64) for weight in known_weights(SHAPES)]
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            loss, gradients = loss_and_gradients(weights, x[rows], labels[rows])
            weights = [weight - lr * gradient for weight, gradient in zip(weights, gradients, strict=True)]
        losses.append(loss)
    return np.array(losses), joined(weights)


# Of logits and what comes of them: float32 differs from float64 by at most 3e-7 over 61 seeds.
LOGIT = {"rtol": 0, "atol": 2e-5}


def formula(ko, en, *statement, atol=LOGIT["atol"], **fields):
    """Make a relation of the function below: its label, its statement, and a tolerance of float32."""
    return relation(label=Text(ko, en), statement=Text(*statement), rtol=0, atol=atol, **fields)


def by_hand(seen):
    """1 for a softmax that ran none of torch's, 0 for what is no softmax, however it was written."""
    ran = Operators(allowed=BY_HAND | LOGSUMEXP).judge(seen)
    rows = seen.evidence.arrays["batch"]
    right = np.broadcast_to(softmax_of(np.array([1.0, 2.0, 3.0])), (2, 3))
    return float(rows.shape == (2, 3) and np.allclose(rows, right, atol=1e-6)) if ran.passed else ran.message


@formula(
    "가능도",
    "likelihood",
    "가능도는 정답 클래스의 로그 확률의 지수여야 합니다.",
    "The likelihood must be the exponential of the right class's log-probability.",
)
def likelihood_formula(log_probabilities, likelihood, y):
    """From the student's own, so that a slip in these costs nothing here; constants agree with each other too."""
    own = np.exp(log_probabilities.astype(np.float64)[np.arange(8), y[:8]])
    return np.append(likelihood, np.ptp(own) > 1e-4), np.append(own, True)


@formula(
    "로그의 평균",
    "mean of the logarithms",
    "손실은 가능도의 로그의 평균에 음의 부호를 붙인 것이어야 합니다.",
    "The loss must be minus the mean of the likelihoods' logarithms.",
)
def loss_formula(likelihood, loss):
    values = np.log(likelihood.astype(np.float64))
    return np.append(loss, np.ptp(values) > 1e-4), np.append(-values.mean(), True)


# Losses and weights in float32 differ from the float64 replay by at most 2e-5 over 61 seeds on the drawn
# pictures, and by 3e-7 over 31 seeds on CIFAR-10: REPLAY is ten times as great. The first-order sum of an epoch
# is off by at most 2 % of its greatest element. A shuffled epoch ends 1.6e-4 and more from the one in order.
REPLAY, ONCE_EACH, MIN_REORDERED = {"rtol": 0, "atol": 2e-4}, 0.05, 2e-5


@formula(
    "순서대로 나눈 미니배치의 손실",
    "losses of minibatches in order",
    "손실은 shuffle=False이면 순서대로 나눈 미니배치로 계산한 SGD의 것이어야 합니다.",
    "With shuffle=False the losses must be those of SGD on the minibatches in order.",
    atol=REPLAY["atol"],
    points=1,
)
def losses_in_order(ordered_losses, x, y, epochs, lr, batch_size):
    return ordered_losses, sgd_in_order(x, y, epochs, lr, batch_size)[0]


@formula(
    "모든 이미지 한 번씩",
    "every image once",
    "섞더라도 한 에포크에 모든 이미지가 꼭 한 번씩 쓰여야 합니다.",
    "Shuffled or not, every image must be used exactly once in an epoch.",
    atol=ONCE_EACH,
    points=0.5,
)
def once_each(once_weights, x, y):
    """With a small learning rate the order hardly matters: five minibatches add up to 5·lr·(full gradient)."""
    start = known_weights(SHAPES)
    _, gradients = loss_and_gradients([weight.astype(np.float64) for weight in start], flat(x), y)
    moved, expected = once_weights.astype(np.float64) - joined(start), -5 * SMALL_LR * joined(gradients)
    return moved / np.abs(expected).max(), expected / np.abs(expected).max()


@formula(
    "섞은 순서",
    "shuffled order",
    "shuffle=True이면 주어진 순서와 다른 순서로 학습해야 합니다.",
    "With shuffle=True the order must be another than the given one.",
    points=0.5,
    open=False,
)
def reordered(shuffled_weights, x, y, lr):
    """The shuffled run ends elsewhere than the same run in order, about as far from the start (0.85 to 1.2)."""
    start, (_, in_order) = joined(known_weights(SHAPES)), sgd_in_order(x, y, lr=lr, **ONCE)
    far = np.linalg.norm(shuffled_weights - start) / np.linalg.norm(in_order - start)
    apart = np.abs(shuffled_weights - in_order).max()
    return np.array([apart > MIN_REORDERED, 0.5 < far < 2]), np.array([True, True])


# The network in float64 and the student's float32 differ by 2e-5 at most; dividing by n or n - 1 adds 1e-5.
@formula(
    "학습한 네트워크",
    "trained network",
    "로그 확률은 SGD가 갱신한 네트워크 3072-512-2(tanh)가 정규화한 이미지에 대해 낸 것이어야 합니다.",
    "The log-probabilities must be those of the network 3072-512-2 (tanh) that SGD updated, for the normalised images.",
    atol=2e-3,
    points=1.25,
)
def trained_network(network_rows, training_log_probabilities, validation_log_probabilities):
    both = training_log_probabilities[:COMPARED], validation_log_probabilities[:COMPARED]
    return np.concatenate(both), network_rows


def chosen(inputs):
    """The airplanes and birds among the training images, and their labels."""
    return two_classes(inputs["images"], inputs["labels"])


def above_threshold(seen):
    """By how much the accuracy on the validation images exceeds the threshold, if the training images were learnt."""
    rows, inputs = seen.evidence.arrays, seen.inputs
    own, most = chosen(inputs)[1], inputs["most_loss"]
    loss = -rows["training_log_probabilities"].astype(np.float64)[np.arange(len(own)), own].mean()
    if not loss <= most:
        return Text(
            ko=f"학습 이미지의 손실이 {loss:.3f}입니다. {most} 이하여야 합니다.",
            en=f"The loss of the training images is {loss:.3f}; it must be at most {most}.",
        )
    right = rows["validation_log_probabilities"].argmax(axis=1) == inputs["validation_labels"]
    return float(right.mean() - inputs["threshold"])


def images_one_by_one(inputs):
    return int(inputs["one_by_one"])


def updates_due(inputs):
    """Every epoch one update for each 64 images, and one for those that are left."""
    return int(inputs["classifier_epochs"]) * -(-len(chosen(inputs)[1]) // 64)


SGD = {"class": "SGD", "lr": 0.01, "momentum": 0.0, "weight_decay": 0.0}
RUBRIC = Text(
    ko="1점: 은닉 뉴런마다 각 자리의 화소에 따로 가중치가 있어(가중치를 공유하지 않아) 옮긴 이미지는 다른 가중합을 낸다는 "
    "것, 곧 평행이동 불변성이 없다는 것을 (나)의 결과나 파라미터 수와 함께 말한다. 1점: 해결책과 그 비용 하나 이상: 옮긴 "
    "이미지로 자료를 늘린다(모든 자리를 보여야 하므로 자료와 시간과 뉴런이 더 든다), 또는 합성곱처럼 가중치를 공유한다"
    "(파라미터가 준다). '새를 더 배워야 한다'처럼 까닭 없는 답은 0점.",
    en="1 point: each hidden neuron has a weight of its own for the pixel in every place (weights are not shared), so "
    "the moved image gives another weighted sum: there is no translation invariance; said with the result of (b) or the "
    "number of parameters. 1 point: at least one remedy with its cost: augment the data with moved images (every place "
    "must be seen, which takes more data, time and neurons), or share weights as a convolution does (fewer "
    "parameters). An answer without a reason, such as 'it must learn more birds', earns nothing.",
)
TAKEN_FOR = Confusion(
    Text("학습 이미지를 무엇으로 보았는지.", "What the training images were taken for."),
    outputs=lambda evidence, inputs: np.exp(evidence["training_log_probabilities"]),
    labels=lambda inputs: chosen(inputs)[1],
    images=lambda inputs: chosen(inputs)[0],
    classes=["airplane", "bird"],
)
LAST_LOSSES = Curves(
    Text("에포크마다 마지막 미니배치의 손실.", "The loss of each epoch's last minibatch."),
    curves=lambda evidence, inputs: {"last minibatch": evidence["ordered_losses"]},
)
LINEAR = Layer("Linear", "3072 → hidden"), Layer("Tanh", "hidden"), Layer("Linear", "hidden → 2")
NETWORK = Diagram([Data("images", "(n, 3072)"), *LINEAR, Data("logits", "(n, 2)")])

# -- what is asked ------------------------------------------------------------------------------------------


def value(name, points, ko, en, **fields):
    """What is compared with the solution's, under a label."""
    return Close(name, points=points, label=Text(ko, en), **fields)


def fact(name, expected, points, ko, en, **fields):
    return Facts(name, expected=expected, points=points, label=Text(ko, en), **fields)


def choice(name, key, ko, en):
    return Choice(name, key=key, points=0.25, label=Text(ko, en))


# In float32, torch's mean and std of 50,000 images are off by at most 8e-8, 16 to 32 normalised images by 8e-7; dividing
# by n or n - 1 changes std by 4e-6 of itself at most, normalised numbers by 5e-5.
NORMALIZED = {"rtol": 0, "atol": 2e-4}
UNIT = {"rtol": 0, "atol": 1e-6}
BYTE = {"rtol": 0, "atol": 0.003}  # a byte is 0.0039: a figure made from bytes is as good
LAYERS = ["torch.nn.Sequential", "torch.nn.Linear", "torch.nn.Tanh", "torch.nn.Linear"]
HIERARCHY = ["NumberedImages", "Images", "Dataset", "Generic", "object"]
SMALL = Limit(seconds=60, memory_mb=4096)

QUESTION = Question(
    framework="torch",
    seed=PUBLIC_SEED,
    datasets=["cifar10"],
    withheld=frozenset({"validation_labels"}),
    preload=["matplotlib.pyplot"],
    pool=2,
    long_training=True,
    setup=Limit(seconds=120, memory_mb=4096, evidence_mb=512),  # 50,000 images are 147 MiB
    parts=[
        Part(
            name="dataset",
            points=5,
            limit=Limit(seconds=120, memory_mb=4096),
            checks=[
                fact("is_dataset", True, 0.25, "Dataset의 상속", "derived from Dataset", open=True),
                fact("own_class", True, 0.25, "직접 만든 클래스", "class of your own", open=True),
                value("length", 0.25, "길이", "length"),
                value("label", 0.25, "dataset[99]의 레이블", "label of dataset[99]"),
                value("item", 0.5, "dataset[99]의 이미지", "image of dataset[99]"),
                value("transformed_item", 0.75, "변환한 이미지", "transformed image"),
                value("tensor", 0.5, "텐서로 바꾸기", "conversion to a tensor", **UNIT),
                Dtype("tensor", ("float32",), points=0.25),
                value("tensor_range", 0.25, "텐서의 최솟값과 최댓값", "its minimum and maximum", **UNIT),
                value("shown", 0.75, "그린 이미지", "image shown", **BYTE),
                value("shown_classes", 0.5, "그린 열 이미지", "ten images shown", **BYTE),
                fact("titles", CLASSES, 0.25, "그림의 제목", "titles in the figure"),
                fact("grid", [2, 5], 0.25, "그림의 행과 열의 수", "rows and columns of the figure"),
                fact("hierarchy", HIERARCHY, 0, "클래스의 계층(배점 없음)", "class hierarchy (no points)"),
                fact("is_iterable", True, 0, "IterableDataset(배점 없음)", "IterableDataset (no points)"),
                value("streamed", 0, "차례로 내주는 항목(배점 없음)", "items yielded (no points)"),
            ],
        ),
        Part(
            name="normalization",
            points=5,
            limit=Limit(seconds=240, memory_mb=6144),
            checks=[
                value("mean", 1, "채널별 평균", "mean of each channel", **NORMALIZED),
                value("std", 1, "채널별 표준편차", "standard deviation of each channel", **NORMALIZED),
                value("normalized", 1, "정규화의 식", "formula of the normalisation", **NORMALIZED),
                value("train", 1, "학습 이미지의 정규화", "normalised training images", **NORMALIZED),
                value("validation", 1, "검증 이미지의 정규화", "normalised validation images", **NORMALIZED),
            ],
        ),
        Part(
            name="two_classes",
            points=5,
            probe="chosen_classes",
            limit=Limit(seconds=120, memory_mb=4096),
            checks=[
                value("labels", 2.5, "레이블", "labels"),
                value("sums", 2, "고른 이미지와 그 순서", "chosen images and their order"),
                value("first_images", 0.5, "처음 이미지들", "first images"),
            ],
        ),
        Part(
            name="fully_connected",
            points=5,
            diagram=NETWORK,
            calls=[
                "_network = build_network(hidden)",
                "layers = kinds(_network)",
                "shapes = shapes_of(_network)",
                "logits = filled(_network, device)(x[:8].flatten(1))",
            ],
            settings={"hidden": 512},
            vary={"hidden": [48, 64, 96]},
            limit=SMALL,
            checks=[
                fact("layers", LAYERS, 1.5, "네트워크의 계층", "layers of the network"),
                fact("shapes", ..., 1.5, "파라미터의 모양", "shapes of the parameters"),
                value("logits", 2, "로짓의 식", "formula of the logits", **LOGIT),
            ],
        ),
        Part(
            name="softmax",
            points=5,
            probe="softmax_and_classes",
            facts=["operators"],
            limit=SMALL,
            checks=[
                value("vector", 1, "벡터의 소프트맥스", "softmax of a vector", **UNIT),
                value("batch", 0.5, "배치의 소프트맥스", "softmax of a batch", **UNIT),
                value("rows", 0.5, "다른 배치의 소프트맥스", "softmax of other rows", **UNIT),
                AtLeast(
                    "by hand", by_hand, 1.0, label=Text("직접 작성한 softmax", "softmax by hand"), points=1
                ),
                value("probabilities", 1, "확률", "probabilities", **LOGIT),
                value("indices", 1, "고른 클래스의 번호", "indices of the classes"),
            ],
        ),
        Part(
            name="loss",
            points=5,
            calls=[
                "_network = known_network(device)",
                "log_probabilities, likelihood, loss = classification_loss(_network, x[:8], y[:8])",
                "_, _, first_loss = classification_loss(_network, x[:1], y[:1])",
            ],
            limit=SMALL,
            checks=[
                value("log_probabilities", 2, "로그 확률", "log-probabilities", **LOGIT),
                likelihood_formula.worth(1),
                loss_formula.worth(1),
                value("loss", 0.5, "손실", "loss", **LOGIT),
                value("first_loss", 0.5, "이미지 하나의 손실", "loss of one image", **LOGIT),
            ],
        ),
        Part(
            name="training",
            points=5,
            pictures=[LAST_LOSSES],
            settings={"epochs": 3, "lr": 0.01, "batch_size": 64},
            vary={"epochs": [2, 4], "lr": [0.004, 0.006, 0.008], "batch_size": [24, 32, 48]},
            limit=Limit(seconds=600, memory_mb=4096),
            checks=[
                losses_in_order,
                value("ordered_weights", 1, "순서대로 갱신한 가중치", "weights updated in order", **REPLAY),
                value("single_losses", 0.25, "한 샘플씩의 손실", "losses one by one", **REPLAY),
                value(
                    "single_weights", 0.5, "한 샘플씩 갱신한 가중치", "weights updated one by one", **REPLAY
                ),
                choice(
                    "updates_one_by_one", images_one_by_one, "한 샘플씩의 갱신 횟수", "updates one by one"
                ),
                value("whole_losses", 0.5, "전체 배치의 손실", "losses of the whole batch", **REPLAY),
                value("whole_weights", 0.5, "전체 배치의 가중치", "weights of the whole batch", **REPLAY),
                once_each,
                reordered,
            ],
        ),
        Part(
            name="validation_accuracy",
            points=5,
            probe="validation",
            pictures=[TAKEN_FOR],
            settings={"seed": 0},
            vary={"seed": [1, 2, 3]},
            limit=Limit(seconds=1800, memory_mb=4096),
            checks=[
                value("predicted", 0.75, "예측한 로그 확률", "predicted log-probabilities", **LOGIT),
                fact("records_gradients", False, 0.25, "기울기 없는 예측", "prediction without gradients"),
                value("accuracy", 0.75, "정확도의 계산", "computation of the accuracy", rtol=0, atol=1e-6),
                fact("optimizer", SGD, 0.5, "최적화 방법", "optimiser"),
                choice("updates", updates_due, "갱신 횟수", "number of updates"),
                fact("first_in_order", False, 0.25, "섞은 미니배치", "shuffled minibatches"),
                trained_network,
                AtLeast(
                    "accuracy above the threshold",
                    above_threshold,
                    0.0,
                    label=Text("검증 정확도", "validation accuracy"),
                    points=1,
                ),
            ],
        ),
        Part(
            name="parameter_count",
            points=5,
            calls=[
                "total, counts = parameter_counts(plain_network(hidden))",
                "trained_total, trained_counts = parameter_counts(partly_frozen())",
                "shifted = shifted_probabilities(known_network(device), x[1], pixels)",
                "reason = TRANSLATION_REASON",
            ],
            settings={"hidden": 512, "pixels": 8},
            vary={"hidden": [48, 64, 96], "pixels": [5, 11]},
            limit=SMALL,
            checks=[
                fact("total", ..., 0.5, "파라미터의 수", "number of parameters"),
                fact("counts", ..., 0.5, "파라미터마다의 개수", "number in each parameter"),
                fact("trained_total", ..., 0.5, "학습되는 파라미터의 수", "number that are trained"),
                fact("trained_counts", ..., 0.5, "학습되는 것마다의 개수", "number in each that is trained"),
                value("shifted", 1, "옮긴 이미지의 확률", "probabilities of the moved image", **LOGIT),
                Essay("reason", points=2, rubric=RUBRIC),
            ],
        ),
    ],
)
