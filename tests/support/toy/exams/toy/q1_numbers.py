"""A question about lists of numbers."""

import numpy as np

from autograder import Close, Essay, Finite, Limit, Part, Question, Relation, Shape, Text
from autograder.pictures import Curves

TOLERANCE = 1e-6
SECONDS = 30  # far more than right answers need, however busy the machine is


def mean(values):
    """Return the arithmetic mean of `values`."""
    raise NotImplementedError


def cumulative(values, scale):
    """Return `scale` times the sums of the first 1, 2, ... numbers."""
    raise NotImplementedError


REASON: str = ""  # why?


def given(seed, profile):
    return {"values": np.random.default_rng(seed).normal(size=20), "label": np.array([seed])}


def probe_mean(student, given, device):
    return {"mean": np.asarray(student.mean(given["values"].tolist()))}


def probe_cumulative(student, given, device):
    from autograder.probing.arrays import to_numpy

    return {"sums": to_numpy(student.cumulative(given["values"].tolist(), given["scale"]), "sums")}


def probe_reason(student, given, device):
    return {"reason": student.REASON, "saw_label": "label" in given}


QUESTION = Question(
    title=Text(ko="수의 나열", en="Numbers"),
    framework="python",
    given=given,
    seed=1,
    withheld=frozenset({"label"}),
    interface=[mean, cumulative, "REASON"],
    setup=Limit(seconds=SECONDS),
    parts=[
        Part(
            name="mean",
            points=2,
            statement=Text(ko="평균을 구하라.", en="Find the mean."),
            probe=probe_mean,
            limit=Limit(seconds=SECONDS, memory_mb=256, output_kb=64, evidence_mb=1, scratch_mb=8),
            checks=[Close("mean", atol=TOLERANCE)],
        ),
        Part(
            name="cumulative",
            points=5,
            statement=Text(ko="누적합을 구하라.", en="Find the cumulative sums."),
            probe=probe_cumulative,
            pictures=[
                Curves(
                    Text(ko="누적합", en="The sums"),
                    curves=lambda evidence, inputs: {"sums": evidence["sums"]},
                    x="count",
                    y="sum",
                )
            ],
            settings={"scale": 1.0},
            vary={"scale": [2.0, 3.0]},
            limit=Limit(seconds=SECONDS, memory_mb=256, output_kb=64, evidence_mb=1, scratch_mb=8),
            checks=[
                Shape("sums", (20,)),
                Finite("sums"),
                Close("sums", atol=TOLERANCE, points=3),
                Relation(
                    "first sum",
                    arrays=["sums"],
                    equation=lambda evidence, inputs: (
                        evidence["sums"][:1],
                        inputs["scale"] * inputs["values"][:1],
                    ),
                    statement=Text(ko="첫 값이 다릅니다.", en="The first sum differs."),
                    atol=TOLERANCE,
                    points=2,
                ),
            ],
        ),
        Part(
            name="reason",
            points=3,
            statement=Text(ko="이유를 쓰라.", en="Give the reason."),
            probe=probe_reason,
            limit=Limit(seconds=SECONDS),
            checks=[Essay("reason", points=3, rubric=Text(ko="이유", en="a reason"))],
        ),
    ],
)
