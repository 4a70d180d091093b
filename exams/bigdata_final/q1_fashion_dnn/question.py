"""Question 1 of the big-data final: Fashion-MNIST with a small dense network, read from its TensorBoard logs."""

from __future__ import annotations

import numpy as np

from autograder import (
    AtLeast,
    Choice,
    Data,
    Diagram,
    Essay,
    Facts,
    Finite,
    Layer,
    Limit,
    OneOf,
    Part,
    Picture,
    Question,
    Relation,
    Shape,
    Text,
)
from autograder.pictures import Confusion, Curves

from .probes import PUBLIC_SEED

# -- the mathematics, in float64 and in numpy ---------------------------------------------------------------


def pixels(images):
    return images.reshape(len(images), -1).astype(np.float64)


def weights_of(evidence, prefix="weight"):
    """The weights and biases in turn, in float64."""
    names = [name for name in evidence.arrays if name.startswith(prefix)]
    return [evidence[f"{prefix}{i}"].astype(np.float64) for i in range(len(names))]


def activations(weights, x):
    """The inputs of every layer, and the logits at the end: dense layers with relu between them."""
    found = [x]
    for i in range(0, len(weights), 2):
        hidden = np.maximum(found[-1], 0) if i else x
        found.append(hidden @ weights[i] + weights[i + 1])
    return found


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def loss_and_accuracy(weights, x, labels):
    """Cross-entropy and share of right answers of a network with these weights, shape (2,)."""
    logits = activations(weights, x)[-1]
    loss = -log_softmax(logits)[np.arange(len(x)), labels].mean()
    return np.array([loss, np.mean(logits.argmax(axis=1) == labels)])


def gradients(weights, x, labels):
    """The gradients of the cross-entropy, by hand."""
    values = activations(weights, x)
    delta = (np.exp(log_softmax(values[-1])) - np.eye(10)[labels]) / len(x)
    found = []
    for layer in reversed(range(len(weights) // 2)):
        inputs = np.maximum(values[layer], 0) if layer else x
        found = [inputs.T @ delta, delta.sum(axis=0), *found]
        delta = delta @ weights[2 * layer].T * (values[layer] > 0)
    return found


def adam_losses(weights, x, labels, steps, lr=0.001, betas=(0.9, 0.999), eps=1e-7):
    """The loss before each of so many updates of Keras's Adam on all of the data at once.

    Source: Kingma and Ba, Adam (2015), the variant at the end of section 2, with Keras's epsilon.
    """
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    losses = []
    for t in range(1, steps + 1):
        losses.append(loss_and_accuracy(weights, x, labels)[0])
        slopes = gradients(weights, x, labels)
        first = [betas[0] * m + (1 - betas[0]) * g for m, g in zip(first, slopes, strict=True)]
        second = [betas[1] * v + (1 - betas[1]) * g**2 for v, g in zip(second, slopes, strict=True)]
        rate = lr * np.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
        moves = [rate * m / (np.sqrt(v) + eps) for m, v in zip(first, second, strict=True)]
        weights = [w - move for w, move in zip(weights, moves, strict=True)]
    return np.array(losses)


def trained_on(inputs):
    """How many of the images are for training; the last ones are for validation, as Keras does it."""
    return int(np.floor(len(inputs["labels"]) * (1 - inputs["validation_split"])))


def steps_of(images, batch_size):
    return -(-images // batch_size)


# -- the equations that checks compare with -----------------------------------------------------------------


def forward_equation(evidence, inputs):
    weights = weights_of(evidence)
    outputs = activations(weights, pixels(inputs["images"][:50]) / 255)[-1]
    return evidence["outputs"], np.exp(log_softmax(outputs))


def compiled_loss_equation(evidence, inputs):
    right = evidence["outputs"].astype(np.float64)[np.arange(50), inputs["labels"][:50]]
    return evidence["compiled_loss"], np.array(-np.log(right).mean())


def updates_equation(evidence, inputs):
    each = steps_of(len(inputs["labels"]), inputs["batch_size"])
    return evidence["updates"], np.array(inputs["epochs"] * each)


def training_equation(evidence, inputs):
    """The losses of training on all of the data at once follow from the weights at the start."""
    losses, size = evidence["history_loss"], len(inputs["labels"])
    if inputs["batch_size"] < size:  # then they depend on the order of the images
        return losses[:0], losses[:0]
    x = pixels(inputs["images"])
    return losses, adam_losses(weights_of(evidence, "start"), x, inputs["labels"], inputs["epochs"])


def seed_equation(evidence, inputs):
    return evidence["start0"], evidence["again0"]


def both_rows_equation(evidence, inputs):
    sums = [evidence[name].sum(axis=1) for name in ("first", "second")]
    return np.stack(sums), np.ones((2, len(inputs["test_images"])))


def outputs_equation(evidence, inputs):
    logits = activations(weights_of(evidence), pixels(inputs["test_images"]))[-1]
    return evidence["probabilities"], np.exp(log_softmax(logits))


def right_share(probabilities, labels):
    return np.mean(probabilities.argmax(axis=1) == labels)


def reported_equation(evidence, inputs):
    own = right_share(evidence["train_probabilities"], inputs["labels"][:200])
    return evidence["reported"], np.array([right_share(inputs["vectors"], inputs["vector_labels"]), own])


def comparison_equation(evidence, inputs):
    labels = inputs["vector_labels"]
    before, after = right_share(inputs["vectors"], labels), right_share(inputs["vectors_after"], labels)
    return evidence["compared"], np.array([before, after, after - before])


def recorded_equation(evidence, inputs):
    """Every one of the four curves has the epochs 0, 1, 2, ..."""
    epochs = np.arange(inputs["long_epochs"])
    return evidence["steps"], np.stack([epochs] * 4)


def stopped_equation(evidence, inputs):
    """The run ends `patience` epochs after the epoch of least validation loss, or at the last epoch."""
    losses, patience = evidence["curves"][2], int(inputs["patience"])
    epochs = [e for e in range(len(losses)) if e - int(np.argmin(losses[: e + 1])) >= patience]
    expected = epochs[0] + 1 if epochs else int(inputs["most_epochs"])
    return evidence["steps"], np.stack([np.arange(expected)] * 4)


def history_equation(evidence, inputs):
    return evidence["curves"], evidence["history"]


def split_equation(evidence, inputs):
    each = steps_of(trained_on(inputs), inputs["batch_size"])
    return evidence["updates"], np.array(evidence["curves"].shape[1] * each)


def validation_equation(which):
    """The last validation loss (0) or accuracy (1) follows from the trained weights and the images set apart."""

    def equation(evidence, inputs):
        apart = slice(trained_on(inputs), None)
        x, labels = pixels(inputs["images"][apart]), inputs["labels"][apart]
        return evidence["curves"][2 + which, -1], loss_and_accuracy(weights_of(evidence), x, labels)[which]

    return equation


def drawn_equation(evidence, inputs):
    """The two curves, in whichever order."""
    curves, drawn = inputs["curves"], evidence["drawn"]
    return drawn, curves[::-1] if np.allclose(drawn[0], curves[1]) else curves


def above(name, floor):
    """How far the accuracy of these outputs, by the withheld labels, is above the floor."""

    def metric(seen):
        outputs, labels = seen.evidence.arrays.get(name), seen.inputs["test_labels"]
        if outputs is None or outputs.shape != (len(labels), 10):
            return Text(ko=f"{name}의 모양이 맞지 않습니다.", en=f"{name} has not the right shape.")
        return float(right_share(outputs, labels)) - float(seen.inputs[floor])

    return metric


# -- what is drawn ------------------------------------------------------------------------------------------

CLOTHES = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]


ACCURACIES = Curves(
    Text(
        ko="이벤트 파일에서 읽은 훈련·검증 정확도. 실선은 제출한 것, 점선은 기준.",
        en="Training and validation accuracy, read from the event files: yours drawn through, the reference dashed.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["curves"][1], "validation": evidence["curves"][3]},
    y="accuracy",
)
VALIDATION_LOSSES = Curves(
    Text(
        ko="훈련·검증 손실. 검증 손실이 가장 작은 에폭에서 patience만큼 지나면 끝나야 합니다.",
        en="Training and validation loss: training must end `patience` epochs after the least validation loss.",
    ),
    curves=lambda evidence, inputs: {"training": evidence["curves"][0], "validation": evidence["curves"][2]},
)
TAKEN_FOR = Confusion(
    Text(
        ko="훈련 영상 200장에서 어느 것을 무엇으로 보았는지, 그리고 가장 확신하고도 틀린 영상.",
        en="Which of 200 training images were taken for what, and those that were wrong with the greatest certainty.",
    ),
    outputs=lambda evidence, inputs: evidence["train_probabilities"],
    labels=lambda inputs: inputs["labels"][:200],
    images=lambda inputs: inputs["images"][:200],
    classes=CLOTHES,
)


# -- what is asked ------------------------------------------------------------------------------------------

WEIGHTS = [f"weight{i}" for i in range(6)]
SHAPES = [[784, 20], [20], [20, 30], [30], [30, 10], [10]]

# Measured, float32 of TensorFlow against float64 of the formulas, in the profile full with its hidden variants:
# losses, also after four updates of Adam, differ by at most 1e-6 of their value, softmax outputs by at most 6e-6
# or 1e-4 of their value. Accuracies can differ where two outputs tie. The nearest mistake, pixels divided by 255,
# changes the losses by several tenths.
EXACT = {"rtol": 0, "atol": 0}
OUTPUTS = {"rtol": 1e-3, "atol": 1e-4}
# On pixels of 0 to 1 the outputs of the same weights differ by at most 2e-7 of their value, in both profiles; a
# hundredth of the least important bias moves them by 2.5e-5 of it.
SCALED_OUTPUTS = {"rtol": 1e-5, "atol": 1e-7}
LOSS = {"rtol": {"cpu": 1e-4, "cuda": 1e-3}, "atol": 1e-5}
SCORES = {"rtol": 0, "atol": 6e-3}

UPDATES_STATEMENT = Text(
    ko="갱신 횟수(optimizer.iterations)는 에폭 수 × ⌈자료 수 / 배치 크기⌉ 이어야 합니다.",
    en="The number of updates (optimizer.iterations) must be epochs × ⌈images / batch size⌉.",
)
SPLIT_STATEMENT = Text(
    ko="갱신 횟수는 에폭 수 × ⌈검증 자료를 뺀 자료 수 / 배치 크기⌉ 이어야 합니다. 검증 자료는 학습에 쓰지 않습니다.",
    en="The number of updates must be epochs × ⌈images left for training / batch size⌉; the images set apart "
    "for validation are not trained on.",
)
HISTORY_STATEMENT = Text(
    ko="이벤트 파일의 네 곡선은 fit이 돌려준 history와 같아야 합니다.",
    en="The four curves in the event files must be those of the history that fit returned.",
)
VALIDATION_STATEMENT = Text(
    ko="마지막 에폭의 검증 손실과 정확도는 학습된 가중치와 마지막 20%(설정값)의 자료에서 다시 계산한 값과 같아야 합니다. "
    "픽셀은 0..255 그대로 넣습니다.",
    en="The last validation loss and accuracy must be what the trained weights give on the last images, those set "
    "apart for validation, with pixels 0..255 as they are.",
)


def run_checks(steps_check, points):
    """The checks of a part that trains with validation and logs: split, history, validation scores."""
    return [
        steps_check,
        Relation(
            "split",
            label=Text(ko="검증 자료의 분리", en="validation split"),
            arrays=["updates", "curves"],
            open=True,
            equation=split_equation,
            statement=SPLIT_STATEMENT,
            **EXACT,
            points=points[0],
        ),
        Relation(
            "history",
            label=Text(ko="history와 이벤트 파일", en="history and event files"),
            arrays=["curves", "history"],
            equation=history_equation,
            statement=HISTORY_STATEMENT,
            rtol=1e-5,
            atol=1e-6,
            points=points[1],
        ),
        Relation(
            "validation loss",
            label=Text(ko="검증 손실", en="validation loss"),
            arrays=["curves", *WEIGHTS],
            equation=validation_equation(0),
            statement=VALIDATION_STATEMENT,
            **LOSS,
            points=points[2] / 2,
        ),
        Relation(
            "validation accuracy",
            label=Text(ko="검증 정확도", en="validation accuracy"),
            arrays=["curves", *WEIGHTS],
            equation=validation_equation(1),
            statement=VALIDATION_STATEMENT,
            **SCORES,
            points=points[2] / 2,
        ),
    ]


QUESTION = Question(
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    datasets=["fashion_mnist"],
    withheld=frozenset({"test_labels", "floor", "long_floor"}),
    preload=["matplotlib.pyplot", "tensorboard.backend.event_processing.event_accumulator"],
    setup=Limit(seconds=60, memory_mb=4096),
    parts=[
        Part(
            name="fit",
            diagram=Diagram(
                [
                    Data("X", "(n, 28, 28, 1)"),
                    Layer("Flatten", "784"),
                    Layer("Dense", "20, relu"),
                    Layer("Dense", "30, relu"),
                    Layer("Dense", "10, softmax"),
                    Data("y", "(n, 10)"),
                ]
            ),
            points=6,
            probe="probe_fit",
            settings={"epochs": 10, "batch_size": 200},
            vary={"epochs": [2, 3, 4], "batch_size": [250, 300, 400]},
            limit=Limit(seconds=300, memory_mb=6144, output_kb=16384),
            checks=[
                Facts("weights", expected=SHAPES, points=1),
                Relation(
                    "activations",
                    label=Text(ko="출력의 계산식", en="formula of the output"),
                    arrays=["outputs", *WEIGHTS],
                    equation=forward_equation,
                    statement=Text(
                        ko="출력은 softmax(relu(relu(xW₁+b₁)W₂+b₂)W₃+b₃) 이어야 합니다.",
                        en="The output must be softmax(relu(relu(xW₁+b₁)W₂+b₂)W₃+b₃).",
                    ),
                    **SCALED_OUTPUTS,
                    points=1,
                ),
                Relation(
                    "loss",
                    label=Text(ko="컴파일된 손실", en="compiled loss"),
                    arrays=["compiled_loss", "outputs"],
                    equation=compiled_loss_equation,
                    statement=Text(
                        ko="컴파일된 손실은 categorical cross-entropy 이어야 합니다.",
                        en="The compiled loss must be categorical cross-entropy.",
                    ),
                    **LOSS,
                    points=0.5,
                ),
                Facts("optimizer", expected="Adam", points=0.5),
                Relation(
                    "updates",
                    label=Text(ko="갱신 횟수", en="number of updates"),
                    arrays=["updates"],
                    open=True,
                    equation=updates_equation,
                    statement=UPDATES_STATEMENT,
                    **EXACT,
                    points=0.5,
                ),
                Shape("history_loss", ("epochs",), points=0.5),
                Shape("history_accuracy", ("epochs",), points=0.5),
                Relation(
                    "training",
                    label=Text(ko="Adam의 손실", en="losses of Adam"),
                    arrays=["history_loss", "start0"],
                    equation=training_equation,
                    statement=Text(
                        ko="자료 전체를 한 배치로 학습할 때, 보고된 손실은 처음 가중치에서 시작한 Adam(0.001)의 손실과 같아야 합니다. "
                        "(한 배치보다 자료가 많으면 순서에 따라 달라지므로 견주지 않습니다.)",
                        en="Where all of the data is one batch, the reported losses must be those of Adam(0.001) from the "
                        "weights at the start. (With more data than a batch they depend on the order, and are not compared.)",
                    ),
                    **LOSS,
                    points=1,
                ),
                Relation(
                    "seed",
                    label=Text(ko="시드와 초기 가중치", en="seed and initial weights"),
                    arrays=["start0", "again0"],
                    equation=seed_equation,
                    statement=Text(
                        ko="같은 시드로 만든 두 네트워크의 초기 가중치는 같아야 합니다.",
                        en="Two networks built with the same seed must start with the same weights.",
                    ),
                    **EXACT,
                    points=0.5,
                ),
            ],
        ),
        Part(
            name="test_accuracy",
            points=6,
            probe="probe_test_accuracy",
            settings={"epochs": 10, "batch_size": 200},
            vary={"epochs": [1, 2]},
            limit=Limit(seconds=300, memory_mb=6144, output_kb=16384),
            pictures=[TAKEN_FOR],
            checks=[
                Finite("probabilities"),
                Relation(
                    "outputs",
                    label=Text(ko="시험 영상의 출력", en="outputs for the test images"),
                    arrays=["probabilities", *WEIGHTS],
                    equation=outputs_equation,
                    statement=Text(
                        ko="시험 영상의 출력은 학습된 가중치에서 다시 계산한 softmax와 같아야 합니다.",
                        en="The outputs for the test images must be the softmax that the trained weights give.",
                    ),
                    **OUTPUTS,
                    points=2,
                ),
                Relation(
                    "reported accuracy",
                    label=Text(ko="보고한 정확도", en="reported accuracy"),
                    arrays=["reported", "train_probabilities"],
                    open=False,
                    equation=reported_equation,
                    statement=Text(
                        ko="보고한 정확도는 같은 출력과 레이블에서 다시 계산한 정확도와 같아야 합니다.",
                        en="The reported accuracy must be what the same outputs and labels give.",
                    ),
                    rtol=0,
                    atol=1e-6,
                    points=3,
                ),
                AtLeast(
                    "test accuracy above the floor",
                    above("probabilities", "floor"),
                    0,
                    label=Text(ko="시험 정확도의 하한", en="test accuracy above the floor"),
                    points=1,
                ),
            ],
        ),
        Part(
            name="validation_curves",
            points=6,
            probe="probe_validation",
            settings={"batch_size": 200, "validation_split": 0.2},
            vary={"validation_split": [0.25, 0.3]},
            limit=Limit(seconds=900, memory_mb=6144, output_kb=16384),
            pictures=[ACCURACIES],
            checks=[
                *run_checks(
                    Relation(
                        "epochs recorded",
                        label=Text(ko="기록된 에폭", en="epochs recorded"),
                        arrays=["steps"],
                        open=True,
                        equation=recorded_equation,
                        statement=Text(
                            ko="이벤트 파일의 train·validation 곡선(epoch_loss, epoch_accuracy)마다 모든 에폭이 한 번씩 있어야 합니다.",
                            en="Each curve in the event files (epoch_loss and epoch_accuracy of train and validation) must have "
                            "every epoch once.",
                        ),
                        **EXACT,
                        points=1,
                    ),
                    (0.5, 0, 1),
                ),
                Picture("figure", points=0),
                Relation(
                    "curves drawn",
                    label=Text(ko="그려진 곡선", en="curves drawn"),
                    arrays=["drawn"],
                    equation=drawn_equation,
                    statement=Text(
                        ko="그림에는 훈련과 검증의 두 정확도 곡선이 있어야 합니다.",
                        en="The figure must show the two curves of accuracy, training and validation.",
                    ),
                    rtol=1e-6,
                    atol=1e-6,
                    points=1.5,
                ),
                OneOf("overfitting", options=[True, False], points=0),
                Choice("overfitting", points=0.5),
                Essay(
                    "reason",
                    points=1.5,
                    rubric=Text(
                        ko="두 곡선을 수치로 견준다(마지막 에폭의 훈련·검증 정확도, 차이 0.02 안팎) 0.5점; 검증 손실(정확도)이 훈련과 함께 "
                        "나아지고 다시 나빠지지 않음을 말한다 0.5점; 따라서 오버피팅으로 볼 수 없다고 결론한다 0.5점. 기준이 되는 실험: "
                        "훈련 0.74~0.80, 검증 0.72~0.79.",
                        en="0.5 for comparing the curves with numbers (the last training and validation accuracy, about 0.02 apart); 0.5 "
                        "for saying that validation loss or accuracy improves along with training and does not turn; 0.5 for concluding "
                        "that it is not overfitting. The experiment behind it: training 0.74 to 0.80, validation 0.72 to 0.79.",
                    ),
                ),
            ],
        ),
        Part(
            name="compare_accuracy",
            points=6,
            probe="probe_comparison",
            settings={"epochs": 10, "batch_size": 200, "validation_split": 0.2},
            vary={"epochs": [1, 2]},
            limit=Limit(seconds=1200, memory_mb=6144, output_kb=16384),
            checks=[
                Relation(
                    "softmax",
                    label=Text(ko="확률의 합", en="sum of the probabilities"),
                    arrays=["first", "second"],
                    equation=both_rows_equation,
                    statement=Text(
                        ko="두 네트워크의 시험 출력은 행의 합이 1이어야 합니다.",
                        en="The rows of both networks' test outputs must sum to one.",
                    ),
                    rtol=0,
                    atol=1e-4,
                    points=1,
                ),
                Relation(
                    "comparison",
                    label=Text(ko="두 정확도와 그 차", en="two accuracies and their difference"),
                    arrays=["compared"],
                    equation=comparison_equation,
                    statement=Text(
                        ko="(처음의 정확도, 나중의 정확도, 나중 − 처음) 이어야 합니다.",
                        en="It must be (accuracy of the first, accuracy of the second, second minus first).",
                    ),
                    rtol=0,
                    atol=1e-6,
                    points=1.5,
                ),
                AtLeast(
                    "accuracy of (1) above the floor",
                    above("first", "floor"),
                    0,
                    label=Text(ko="(1)의 정확도의 하한", en="accuracy of (1) above the floor"),
                    points=0.5,
                ),
                AtLeast(
                    "accuracy of (3) above the floor",
                    above("second", "long_floor"),
                    0,
                    label=Text(ko="(3)의 정확도의 하한", en="accuracy of (3) above the floor"),
                    points=0.5,
                ),
                OneOf("cause", options=["epochs", "split"], points=0),
                Choice("cause", points=1),
                Essay(
                    "comparison",
                    points=1.5,
                    rubric=Text(
                        ko="두 시험 정확도를 수치로 든다(예: 0.67 → 0.75) 0.5점; 두 학습이 에폭 수와 자료의 양 두 가지에서 다름을 말한다 0.5점; "
                        "하나씩 바꾼 실험이나 논증으로 에폭 수가 원인임을 보인다 0.5점. 검증 자료를 분리한 것 자체가 정확도를 높였다는 설명은 "
                        "인정하지 않는다(분리하면 학습 자료가 줄어든다. 분리한 10에폭 0.56~0.71, 분리하지 않은 50에폭 0.73~0.78).",
                        en="0.5 for the two test accuracies (for instance 0.67 and 0.75); 0.5 for saying that the trainings differ in two "
                        "things, epochs and amount of data; 0.5 for showing, by an experiment that changes one of them or by argument, that "
                        "the epochs are the cause. That setting data apart raised the accuracy is not accepted: it leaves less to train "
                        "on (10 epochs with the split 0.56 to 0.71, 50 epochs without it 0.73 to 0.78).",
                    ),
                ),
            ],
        ),
        Part(
            name="early_stopping",
            points=6,
            probe="probe_early_stopping",
            settings={"batch_size": 200, "validation_split": 0.2, "patience": 3},
            vary={"patience": [2, 4]},
            limit=Limit(seconds=900, memory_mb=6144, output_kb=16384),
            pictures=[VALIDATION_LOSSES],
            checks=run_checks(
                Relation(
                    "stopped in time",
                    label=Text(ko="멈춘 에폭", en="epoch of the stop"),
                    arrays=["steps", "curves"],
                    equation=stopped_equation,
                    statement=Text(
                        ko="학습은 검증 손실이 가장 작은 에폭에서 patience만큼 지난 에폭(또는 마지막 에폭)에서 끝나야 합니다.",
                        en="Training must end `patience` epochs after the one with the least validation loss, or at the last epoch.",
                    ),
                    **EXACT,
                    points=3,
                ),
                (0.5, 1.5, 1),
            ),
        ),
    ],
)
