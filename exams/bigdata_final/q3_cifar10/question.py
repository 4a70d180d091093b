"""Question 3 of the big-data final: any network that tells the ten classes of CIFAR-10 apart well enough."""

from __future__ import annotations

import numpy as np

from autograder import AtLeast, Facts, Finite, Limit, Part, Question, Relation, Shape, Text
from autograder.pictures import ContactSheet

from .probes import OUTPUTS, PUBLIC_SEED, asked_again

# -- the trusted side's view --------------------------------------------------------------------------------

GUESSED = Text(
    ko="시험 자료의 정확도가 {got:.4f}입니다. {required:.2f} 이상이어야 합니다.",
    en="The accuracy on the test pictures is {got:.4f}, at least {required:.2f} is needed.",
)
NOT_ONE_ROW_EACH = Text(
    ko="그림마다 한 행씩의 확률이 아니어서 정확도를 계산할 수 없습니다.",
    en="There is not one row of probabilities for each picture, so there is no accuracy.",
)


def accuracy(seen):
    """The share of the withheld labels that are the row's greatest probability, or why it is too little."""
    labels, rows = seen.inputs["test_labels"], seen.evidence.arrays.get("probabilities")
    if rows is None or rows.shape != (len(labels), 10) or rows.dtype.kind not in "iuf":
        return NOT_ONE_ROW_EACH
    got, required = float(np.mean(rows.argmax(axis=1) == labels)), float(seen.inputs["required_accuracy"])
    return got if got >= required else GUESSED.format(got=got, required=required)


def number_of_pictures(evidence, inputs):
    return np.array(evidence["probabilities"].shape), np.array([len(inputs["test_images"]), 10])


def rows_sum_to_one(evidence, inputs):
    return evidence["probabilities"].sum(axis=1, dtype=np.float64), np.ones(len(inputs["test_images"]))


def nothing_below_zero(evidence, inputs):
    return np.minimum(evidence["probabilities"], 0), np.zeros((len(inputs["test_images"]), 10))


def same_picture_same_row(evidence, inputs):
    rows = evidence["probabilities"]
    return evidence["asked_again"], rows[asked_again(len(inputs["test_images"]))]


# -- what is drawn ------------------------------------------------------------------------------------------

KINDS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
UNSURE = 24  # pictures that are shown


def least_certain(evidence, inputs):
    """The test pictures about which the network is least certain: no label is needed to know them."""
    probabilities = evidence["probabilities"]
    most = probabilities.max(axis=1)
    order = np.argsort(most, kind="stable")[:UNSURE]
    return [
        (f"{KINDS[probabilities[i].argmax()]} {most[i]:.0%}", inputs["test_images"][i])
        for i in order.tolist()
    ]


DOUBTS = ContactSheet(
    Text(
        ko="시험 그림 가운데 네트워크가 가장 자신 없어 하는 것들과, 그것을 무엇으로 보았는지.",
        en="The test pictures about which the network is least certain, and what it takes them for.",
    ),
    images=least_certain,
)


# -- what is asked ------------------------------------------------------------------------------------------

# Measured in float32: rows sum to one within 3e-7, and a picture asked about again gives the same row to the
# bit; float16 allows 1e-3. The nearest mistakes: a sigmoid's rows miss one by more than 1, a row changes by 0.05
# and more when batch statistics are left on.
NEARLY = {"rtol": 0, "atol": 5e-3}

QUESTION = Question(
    framework="tensorflow",
    seed=PUBLIC_SEED,
    pool=2,
    datasets=["cifar10"],
    withheld=frozenset({"test_labels"}),
    setup=Limit(seconds=120, memory_mb=4096, evidence_mb=512),
    parts=[
        Part(
            name="classifier",
            points=30,
            probe="probe_classifier",
            pictures=[DOUBTS],
            limit=Limit(seconds=1800, memory_mb=8192, scratch_mb=256, output_kb=4096),
            checks=[
                Shape("probabilities", (None, 10)),
                Finite("probabilities"),
                Facts("outputs", expected=OUTPUTS, open=True),
                Relation(
                    "one row for each picture",
                    label=Text(ko="그림마다 한 행", en="one row for each picture"),
                    arrays=["probabilities"],
                    equation=number_of_pictures,
                    open=True,
                    statement=Text(
                        ko="시험 그림마다 확률 열 개가 한 행씩 있어야 합니다.",
                        en="There must be one row of ten probabilities for each test picture.",
                    ),
                    **NEARLY,
                ),
                Relation(
                    "rows sum to one",
                    label=Text(ko="확률의 합", en="sum of each row"),
                    arrays=["probabilities"],
                    equation=rows_sum_to_one,
                    statement=Text(
                        ko="각 행의 확률을 더하면 1이어야 합니다.",
                        en="The probabilities of each row must sum to one.",
                    ),
                    **NEARLY,
                ),
                Relation(
                    "no negative probability",
                    label=Text(ko="음수가 아닌 확률", en="no negative probability"),
                    arrays=["probabilities"],
                    equation=nothing_below_zero,
                    statement=Text(ko="확률은 음수일 수 없습니다.", en="A probability cannot be negative."),
                    **NEARLY,
                ),
                Relation(
                    "same picture, same probabilities",
                    label=Text(ko="같은 그림의 같은 확률", en="same picture, same probabilities"),
                    arrays=["asked_again", "probabilities"],
                    equation=same_picture_same_row,
                    statement=Text(
                        ko="같은 그림의 확률은 다른 그림과 함께 물어도 같아야 합니다.",
                        en="A picture's probabilities must be the same when it is asked about among others.",
                    ),
                    **NEARLY,
                ),
                AtLeast(
                    "test accuracy",
                    label=Text(ko="시험 정확도", en="test accuracy"),
                    metric=accuracy,
                    bound=0.0,
                    points=30,
                ),
                Facts("trained", expected=True, points=0),
                Facts("recognised", expected="as they are", points=0),
            ],
        ),
    ],
)
