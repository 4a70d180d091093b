"""A dense layer and a short fit with Keras."""

from __future__ import annotations

import numpy as np

from autograder import Close, Facts, Part, Question, Relation, Text


def rows(evidence, inputs):
    logits = inputs["logits"].astype(np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return evidence["softmax"], powers / powers.sum(axis=1, keepdims=True)


def sums(evidence, inputs):
    return evidence["outputs"].sum(axis=1), np.ones(2, np.float32)


QUESTION = Question(
    framework="tensorflow",
    parts=[
        Part(
            name="softmax",
            points=1,
            probe="probe_softmax",
            checks=[
                Relation(
                    "rows",
                    label=Text(ko="행마다의 소프트맥스", en="softmax of each row"),
                    arrays=["softmax"],
                    equation=rows,
                    statement=Text("행마다 소프트맥스입니다.", "Each row is a softmax."),
                    rtol=1e-4,
                    atol=1e-6,
                    points=0.5,
                ),
                Close("softmax", rtol=1e-4, atol=1e-6, points=0.5),
            ],
        ),
        Part(
            name="network",
            points=1,
            probe="probe_network",
            checks=[
                Facts("layers", expected=[[8, "relu"], [3, "softmax"]], points=0.5),
                Relation(
                    "sums",
                    label=Text(ko="출력의 합", en="sum of the outputs"),
                    arrays=["outputs"],
                    equation=sums,
                    statement=Text("출력의 합은 1입니다.", "The outputs sum to one."),
                    rtol=1e-4,
                    atol=1e-5,
                    points=0.5,
                ),
            ],
        ),
    ],
)
