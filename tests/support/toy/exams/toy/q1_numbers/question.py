"""A question about lists of numbers."""

from __future__ import annotations

from autograder import Close, Essay, Finite, Item, Limit, Part, Question, Relation, Shape, Text
from autograder.pictures import Curves

TOLERANCE = 1e-6
SECONDS = 30  # far more than right answers need, however busy the machine is


RUBRIC = [Item(2, ko="이유", en="a reason"), Item(1, ko="예", en="an example")]

QUESTION = Question(
    framework="python",
    seed=1,
    withheld=frozenset({"label"}),
    setup=Limit(seconds=SECONDS),
    parts=[
        Part(
            name="mean",
            points=2,
            probe="probe_mean",
            limit=Limit(seconds=SECONDS, memory_mb=256, output_kb=64, evidence_mb=1, scratch_mb=8),
            checks=[Close("mean", atol=TOLERANCE)],
        ),
        Part(
            name="cumulative",
            points=5,
            probe="probe_cumulative",
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
                    label=Text(ko="첫 합", en="first sum"),
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
            probe="probe_reason",
            limit=Limit(seconds=SECONDS),
            checks=[Essay("reason", points=3, rubric=RUBRIC)],
        ),
    ],
)
