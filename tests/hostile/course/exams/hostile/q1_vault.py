"""Numbers to compute and numbers to tell apart, with withheld labels; no processes are allowed."""

import numpy as np

from autograder import AtLeast, Close, Finite, Limit, Part, Question, Shape, Text

LABEL = 7313099101  # what a withheld label looks like: it must be nowhere that a student can see


def answer(values):
    """Return 1 plus three times the sums of the first 1, 2, ... numbers."""
    raise NotImplementedError


def classify(values):
    """Return for each number 1 if it is positive, else 0."""
    raise NotImplementedError


def given(seed, profile):
    values = np.random.default_rng(seed).normal(size=12)
    return {"values": values, "label": np.where(values > 0, LABEL, 0)}


def probe_vault(student, given, device):
    values = given["values"].tolist()
    return {
        "answer": np.asarray(student.answer(values)),
        "classes": np.asarray(student.classify(values)),
    }


def accuracy(seen):
    classes, label = seen.evidence.arrays.get("classes"), seen.inputs["label"]
    if classes is None or classes.shape != label.shape:
        return Text(ko="classes의 모양이 다릅니다.", en="classes has another shape.")
    return float(((classes != 0) == (label != 0)).mean())


QUESTION = Question(
    title=Text(ko="금고", en="The vault"),
    framework="python",
    given=given,
    seed=1,
    pool=2,
    withheld=frozenset({"label"}),
    interface=[answer, classify],
    setup=Limit(seconds=60, scratch_mb=8, threads=16),
    parts=[
        Part(
            name="vault",
            points=4,
            statement=Text(ko="수를 계산하고 분류하라.", en="Compute and classify the numbers."),
            probe=probe_vault,
            limit=Limit(seconds=60, memory_mb=192, threads=16, output_kb=64, evidence_mb=1, scratch_mb=8),
            checks=[
                Shape("answer", (12,)),
                Finite("answer"),
                Close("answer", atol=1e-6, points=3),
                AtLeast("accuracy", metric=accuracy, bound=1.0, points=1),
            ],
        )
    ],
)
