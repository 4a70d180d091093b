"""Checks and pictures of values, texts, facts and the source."""

import numpy as np

from autograder import (
    AtLeast,
    Choice,
    Close,
    Facts,
    Forbids,
    Limit,
    Part,
    Question,
    Text,
    Uses,
    relation,
)
from autograder.pictures import ContactSheet, Curves, Overlay, Panels

SAID = Text(ko="", en="bomb")
LIMIT = Limit(seconds=20)


@relation(label=SAID, statement=SAID, points=1)
def pairs_in_python(vector):
    return np.array(sum(1 for x in vector for y in vector if x == y)), np.array(len(vector))


@relation(label=SAID, statement=SAID, points=1)
def pairs_in_numpy(vector):
    return (vector[:, None] - vector).sum(0), vector.sum() - len(vector) * vector


def sheet(evidence, inputs):
    return [(str(number), image) for number, image in enumerate(evidence["images"])]


QUESTION = Question(
    framework="python",
    seed=1,
    setup=LIMIT,
    parts=[
        Part(
            name="vector",
            points=3,
            probe="probe_vector",
            limit=LIMIT,
            pictures=[Curves(SAID, curves=lambda evidence, inputs: {"vector": evidence["vector"]})],
            checks=[Close("vector", points=1), pairs_in_python, pairs_in_numpy],
        ),
        Part(
            name="images",
            points=1,
            probe="probe_images",
            limit=LIMIT,
            pictures=[
                ContactSheet(SAID, images=sheet),
                Overlay(
                    SAID,
                    image=lambda inputs: np.zeros((28, 28, 3)),
                    maps=lambda evidence, inputs: evidence["images"][:2],
                    titles=["a", "b"],
                ),
                Panels(
                    SAID,
                    functions=lambda evidence, inputs: {
                        str(number): image[:, :2] for number, image in enumerate(evidence["images"])
                    },
                ),
            ],
            checks=[Close("images", points=1)],
        ),
        Part(name="extras", points=1, probe="probe_extras", limit=LIMIT, checks=[Close("extras", points=1)]),
        Part(
            name="answers",
            points=3,
            probe="probe_answers",
            limit=LIMIT,
            checks=[
                Choice("choice", points=1),
                Facts("choice", points=1),
                AtLeast(
                    "metric",
                    label=SAID,
                    metric=lambda seen: float(seen.evidence["metric"] or 1),
                    bound=1,
                    points=1,
                ),
            ],
        ),
        Part(
            name="source",
            points=2,
            probe="probe_extras",
            limit=LIMIT,
            checks=[
                Forbids("forbidden", names=["torch.nn.Softmax", "numpy.linalg.inv"], points=1),
                Uses("used", names=["numpy.zeros"], points=1),
            ],
        ),
    ],
)
