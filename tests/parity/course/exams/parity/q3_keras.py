"""A dense layer and a short fit with Keras."""

from __future__ import annotations

import numpy as np

from autograder import Close, Facts, Part, Question, Relation, Text
from autograder.probing.arrays import to_numpy


def softmax(logits):
    """Return the softmax of each row of a tensor of shape (n, 3)."""
    raise NotImplementedError


def network():
    """Return a compiled Keras model for 4 inputs: 8 relu units, then 3 softmax units."""
    raise NotImplementedError


def given(seed, profile):
    return {"logits": np.random.default_rng(seed).normal(size=(5, 3)).astype(np.float32)}


def probe_softmax(student, given, device):
    import tensorflow as tf

    return {"softmax": to_numpy(student.softmax(tf.constant(given["logits"])), "softmax")}


def probe_network(student, given, device):
    model = student.network()
    kinds = [[layer.units, layer.activation.__name__] for layer in model.layers if hasattr(layer, "units")]
    return {"layers": kinds, "outputs": to_numpy(model(np.ones((2, 4), np.float32)), "outputs")}


def rows(evidence, inputs):
    logits = inputs["logits"].astype(np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return evidence["softmax"], powers / powers.sum(axis=1, keepdims=True)


def sums(evidence, inputs):
    return evidence["outputs"].sum(axis=1), np.ones(2, np.float32)


QUESTION = Question(
    title=Text("케라스", "Keras"),
    framework="tensorflow",
    given=given,
    interface=[softmax, network],
    preamble="import tensorflow as tf",
    parts=[
        Part(
            name="softmax",
            points=1,
            statement=Text("소프트맥스를 구하세요.", "Find the softmax."),
            probe=probe_softmax,
            checks=[
                Relation(
                    "rows",
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
            statement=Text("모델을 만드세요.", "Build the model."),
            probe=probe_network,
            checks=[
                Facts("layers", expected=[[8, "relu"], [3, "softmax"]], points=0.5),
                Relation(
                    "sums",
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
