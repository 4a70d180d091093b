"""Question 3 of the big-data final: any network that tells the ten classes of CIFAR-10 apart well enough."""

from __future__ import annotations

import numpy as np

from autograder import AtLeast, Facts, Limit, Part, Question, Text, relation
from autograder.pictures import ContactSheet

from .probes import OUTPUTS, PUBLIC_SEED

NAMES = {
    "one_row_of_ten_each": Text("그림마다 열 개", "ten for each picture"),
    "from_0_to_1": Text("0과 1 사이", "from 0 to 1"),
    "rows_sum_to_1": Text("행의 합이 1", "rows sum to 1"),
    "columns_sum_to_1": Text("열의 합이 1", "columns sum to 1"),
    "same_beside_others": Text("다른 그림과 함께 넣어도 같음", "the same beside other pictures"),
}
TOO_LITTLE = Text(
    ko="테스트 자료의 정확도가 {got:.4f}입니다. {required:.2f} 이상이어야 합니다.",
    en="The accuracy on the test pictures is {got:.4f}, at least {required:.2f} is needed.",
)
OF_DRAWN = Text(
    ko="코드로 그린 열 종류의 그림에서 정확도가 {got:.4f}입니다. 무작위로 답하면 0.10이고, 여기서는 배웠다고 볼 수 있는 "
    "{required:.2f} 이상이어야 합니다. 70% 기준은 CIFAR10 자료에만 적용합니다.",
    en="The accuracy on the ten kinds of drawn pictures is {got:.4f}. Guessing gives 0.10, and what has learned gets at "
    "least {required:.2f}, which is asked here; the 70 % are asked on CIFAR10 itself.",
)
OF_OTHER_PICTURES = Text(
    ko="TRAINED_MODEL의 모형은 코드로 그린 그림을 배우지 않았습니다(정확도 {got:.4f}). CIFAR10으로 학습한 모형은 CIFAR10 "
    "자료(full)로만 채점할 수 있습니다. 여기서는 TRAINED_MODEL을 비우고 학습하게 하세요.",
    en="The model in TRAINED_MODEL has not learned the drawn pictures that are asked about here (accuracy {got:.4f}). A "
    "model of CIFAR10 can only be judged on CIFAR10 (profile full); leave TRAINED_MODEL empty and let it train here.",
)


def accuracy(seen):
    """The share of the withheld labels that are the row's maximum, or why it is too little."""
    labels, required = seen.inputs["test_labels"], float(seen.inputs["required_accuracy"])
    got = float(np.mean(seen.evidence.arrays["probabilities"].argmax(axis=1) == labels))
    if got >= required:
        return got
    why = OF_DRAWN if seen.inputs["drawn"] else TOO_LITTLE
    if seen.inputs["drawn"] and seen.evidence.facts.get("handed_in"):
        why = OF_OTHER_PICTURES
    return why.format(got=got, required=required)


@relation(rtol=0, atol=5e-3)
def rows_sum_to_one(probabilities, test_images):
    return probabilities.sum(axis=1, dtype=np.float64), np.ones(len(test_images))


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


DOUBTS = ContactSheet(images=least_certain)


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
            probe="classifier",
            facts=["handed_in"],
            pictures=[DOUBTS],
            limit=Limit(seconds=1800, memory_mb=8192, scratch_mb=256, output_kb=4096),
            checks=[
                Facts("outputs", expected=OUTPUTS, names=NAMES, open=True),
                rows_sum_to_one,
                AtLeast("test accuracy", accuracy, 0, points=30),
                Facts("trained", expected=True, points=0),
                Facts("recognised", expected="as_given", points=0),
            ],
        )
    ],
)
