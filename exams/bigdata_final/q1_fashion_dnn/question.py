"""Question 1 of the big-data final: Fashion-MNIST with a small dense network, read from its TensorBoard logs."""

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
    OneOf,
    Part,
    Picture,
    Question,
    Text,
    relation,
)
from autograder.pictures import Confusion, Curves

from .probes import PUBLIC_SEED

# -- what checks compare ------------------------------------------------------------------------------------


def alike(seen):
    """The cosine of the angle between the way that the weights went and the reference's.

    It is 0.18 and more after training with another rate, optimiser, input or number of epochs, and at most 0.02 if the
    weights were set to something. It is 1 where nothing can be said, and none where the weights hardly moved.
    """
    moved, reference = (one and one.arrays.get("moved") for one in (seen.evidence, seen.reference))
    if moved is None:
        return 1.0  # why it is not there is told elsewhere
    most = 1e-2 if reference is None else 0.05 * np.linalg.norm(reference)
    size = np.linalg.norm(moved)
    comparable = reference is not None and moved.shape == reference.shape
    cosine = moved @ reference / size / np.linalg.norm(reference) if comparable and size else 1.0
    return float(cosine) if size > most and cosine > 0.1 else UNTRAINED


UNTRAINED = Text(
    ko="network가 학습되지 않았습니다. 학습하지 않은 네트워크는 득점이 없습니다.",
    en="`network` was not trained, and earns nothing without.",
)
TRAINED = AtLeast("trained", alike, 0.1, label=Text(ko="network의 학습", en="training of `network`"))


@relation(
    label=Text(ko="시드와 초기 가중치", en="seed and initial weights"),
    statement=Text(
        ko="같은 시드로 만든 두 네트워크의 초기 가중치는 같아야 합니다.",
        en="Two networks built with the same seed must start with the same weights.",
    ),
    rtol=0,
    atol=0,
)
def same_seed(start, again):
    return start, again


@relation(
    label=Text(ko="history와 이벤트 파일", en="history and event files"),
    statement=Text(
        ko="이벤트 파일의 네 곡선(train·validation의 epoch_loss·epoch_accuracy)은 history의 네 곡선과 같아야 합니다.",
        en="The four curves in the event files (epoch_loss and epoch_accuracy of train and validation) must be "
        "those of the history.",
    ),
    rtol=1e-5,
    atol=1e-6,
)
def logs(logged, history):
    return logged, history


@relation(
    label=Text(ko="검증 손실과 정확도", en="validation loss and accuracy"),
    statement=Text(
        ko="마지막 에폭의 검증 손실과 정확도는 학습이 끝난 네트워크를 마지막 자료(validation_split)에서 평가한 값이어야 합니다.",
        en="The last validation loss and accuracy must be those of the trained network on the last images, those "
        "that validation_split sets apart.",
    ),
    rtol=0.02,
    atol=6e-3,
)
def validation(curves, scores):
    return curves[2:, -1], scores


@relation(
    label=Text(ko="그려진 곡선", en="curves drawn"),
    statement=Text(
        ko="그림에는 훈련과 검증의 두 정확도 곡선이 있어야 합니다.",
        en="The figure must show the two curves of accuracy, training and validation.",
    ),
    rtol=1e-6,
    atol=1e-6,
)
def curves_drawn(drawn, made_up):
    return drawn, made_up


@relation(
    label=Text(ko="멈춘 에폭", en="epoch of the stop"),
    statement=Text(
        ko="학습이 끝난 에폭이 검증 손실과 patience에 맞지 않습니다.",
        en="Validation loss and patience do not have the training end at this epoch.",
    ),
    rtol=0,
    atol=0,
)
def stopped_in_time(curves, patience, most_epochs):
    losses = curves[2]
    ends = [end for end in range(1, len(losses) + 1) if end - 1 - losses[:end].argmin() >= patience]
    return np.array(len(losses)), np.array([*ends, most_epochs][0])


def above(name):
    """How far the accuracy of these outputs, by the withheld labels, is above the floor; hidden variants have none."""

    def metric(seen):
        labels, floor = seen.inputs["test_labels"], seen.inputs["floor"]
        if not floor:
            return 0.0
        outputs = seen.evidence.arrays[name]
        if outputs.shape != (len(labels), 10):
            return Text(ko="출력의 모양이 맞지 않습니다.", en="The outputs have not the right shape.")
        return float(np.mean(outputs.argmax(axis=1) == labels) - floor)

    return metric


def floor(outputs, ko, en, points):
    return AtLeast(en, above(outputs), 0, label=Text(ko=ko, en=en), points=points)


# -- what is drawn ------------------------------------------------------------------------------------------

CLOTHES = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]


def pair(row, y, ko, en):
    """The training and the validation curve of one kind."""
    return Curves(
        Text(ko=ko, en=en),
        curves=lambda evidence, inputs: {
            "training": evidence["curves"][row],
            "validation": evidence["curves"][row + 2],
        },
        y=y,
    )


ACCURACIES = pair(
    *(1, "accuracy"),
    "훈련·검증 정확도. 실선은 제출한 것, 점선은 기준.",
    "Training and validation accuracy: yours drawn through, the reference dashed.",
)
LOSSES = pair(0, "loss", "훈련·검증 손실.", "Training and validation loss.")
TAKEN_FOR = Confusion(
    Text(
        ko="훈련 이미지 200장에서 어느 것을 무엇으로 보았는지, 그리고 가장 확신하고도 틀린 이미지.",
        en="Which of 200 training images were taken for what, and the most certain of those that were wrong.",
    ),
    outputs=lambda evidence, inputs: evidence["train_outputs"],
    labels=lambda inputs: inputs["labels"][:200],
    images=lambda inputs: inputs["images"][:200],
    classes=CLOTHES,
)


# -- what is asked ------------------------------------------------------------------------------------------


def part(name, checks, *, seconds=900, **options):
    return Part(
        name=name,
        points=6,
        probe=name,
        limit=Limit(seconds=seconds, memory_mb=6144, output_kb=16384),
        checks=checks,
        **options,
    )


SPLIT = {"batch_size": 200, "validation_split": 0.2}
LAYERS = ["784", "20, relu", "30, relu", "10, softmax"]
KINDS = ["Flatten", *["Dense"] * 3]
NETWORK = [Layer(*one) for one in zip(KINDS, LAYERS, strict=True)]
SHAPES = [[10], [20], [20, 30], [30], [30, 10], [784, 20]]

QUESTION = Question(
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    long_training=True,
    datasets=["fashion_mnist"],
    withheld=frozenset({"test_labels", "floor"}),
    preload=["matplotlib.pyplot", "tensorboard.backend.event_processing.event_accumulator"],
    setup=Limit(seconds=60, memory_mb=4096),
    parts=[
        part(
            "fit",
            [
                TRAINED,
                Facts("weights", expected=SHAPES, points=1),
                Close("outputs", rtol=1e-4, atol=1e-6, points=1),
                Facts("optimizer", expected=["Adam", 0.001], points=1),
                Close("losses", rtol=1e-3, atol=1e-4, points=1.25),
                Close("accuracies", rtol=0, atol=0.011, points=0.25),
                Close("updates", points=1),
                same_seed.worth(0.5),
            ],
            diagram=Diagram([Data("X", "(n, 28, 28, 1)"), *NETWORK, Data("y", "(n, 10)")]),
            settings={"epochs": 10, "batch_size": 200},
            vary={"epochs": [2, 3, 4], "batch_size": [250, 300, 400]},
        ),
        part(
            "test_accuracy",
            [
                Close("probabilities", rtol=1e-4, atol=1e-6, points=2),
                Close("accuracy", rtol=0, atol=1e-6, points=2.5),
                floor(
                    "test_outputs",
                    "테스트 정확도의 하한",
                    "test accuracy above the floor",
                    1.5,
                ),
            ],
            settings={"epochs": 10, "batch_size": 200},
            pictures=[TAKEN_FOR],
        ),
        part(
            "validation_curves",
            [
                TRAINED,
                Close("history", rtol=1e-3, atol=1e-3, points=1.5),
                logs.worth(0.5),
                validation.worth(0.5),
                curves_drawn.worth(1.5),
                Picture("figure", points=0),
                OneOf("overfitting", options=[True, False], points=0),
                Choice("overfitting", points=0.5),
                Essay(
                    "reason",
                    points=1.5,
                    rubric=Text(
                        ko="두 곡선을 수치로 비교한다(마지막 에폭의 훈련·검증 정확도, 차이 0.02 안팎) 0.5점; 검증 손실(정확도)이 훈련과 함께 "
                        "나아지고 다시 나빠지지 않음을 말한다 0.5점; 따라서 오버피팅으로 볼 수 없다고 결론한다 0.5점. 기준이 되는 실험: "
                        "훈련 0.74~0.80, 검증 0.72~0.79.",
                        en="0.5 for comparing the curves with numbers (the last training and validation accuracy, about 0.02 apart); 0.5 "
                        "for saying that validation loss or accuracy improves along with training and does not turn; 0.5 for concluding "
                        "that it is not overfitting. The experiment behind it: training 0.74 to 0.80, validation 0.72 to 0.79.",
                    ),
                ),
            ],
            settings=SPLIT,
            vary={"batch_size": [210, 420], "validation_split": [0.25, 0.3]},
            pictures=[ACCURACIES, LOSSES],
        ),
        part(
            "compare_accuracy",
            [
                Close("before", rtol=0, atol=1e-6, points=0.75),
                Close("after", rtol=0, atol=1e-6, points=0.75),
                Close("difference", rtol=0, atol=1e-6, points=1),
                floor("first", "(1)의 정확도의 하한", "accuracy of (1) above the floor", 0.75),
                floor(
                    "second",
                    "(3)의 정확도의 하한",
                    "accuracy of (3) above the floor",
                    0.75,
                ),
                OneOf("cause", options=["epochs", "split"], points=0),
                Choice("cause", points=0.5),
                Essay(
                    "comparison",
                    points=1.5,
                    rubric=Text(
                        ko="두 테스트 정확도를 수치로 든다(예: 0.67 → 0.75) 0.5점; 두 학습이 에폭 수와 자료의 양 두 가지에서 다름을 말한다 0.5점; "
                        "하나씩 바꾼 실험이나 논증으로 에폭 수가 원인임을 보인다 0.5점. 검증 자료를 분리한 것 자체가 정확도를 높였다는 설명은 "
                        "인정하지 않는다(분리하면 학습 자료가 줄어든다. 분리한 10에폭 0.56~0.71, 분리하지 않은 50에폭 0.73~0.78).",
                        en="0.5 for the two test accuracies (for instance 0.67 and 0.75); 0.5 for saying that the trainings differ in two "
                        "things, epochs and amount of data; 0.5 for showing, by an experiment that changes one of them or by argument, that "
                        "the epochs are the cause. That setting data apart raised the accuracy is not accepted: it leaves less to train "
                        "on (10 epochs with the split 0.56 to 0.71, 50 epochs without it 0.73 to 0.78).",
                    ),
                ),
            ],
            settings={"epochs": 10, **SPLIT},
            seconds=1200,
        ),
        part(
            "early_stopping",
            [
                TRAINED,
                Close("opening", rtol=1e-3, atol=1e-3, points=1.5),
                Close("epochs_run", points=2),
                stopped_in_time.worth(1),
                logs.worth(1.5),
            ],
            settings={**SPLIT, "patience": 3},
            vary={"batch_size": [240, 360], "patience": [2, 4]},
            pictures=[LOSSES],
        ),
    ],
)
