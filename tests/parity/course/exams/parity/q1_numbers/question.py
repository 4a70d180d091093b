"""Functions of lists and a written constant: no framework."""

from __future__ import annotations

from autograder import Close, OneOf, Part, Picture, Question, Relation, Shape, Text


def scaling(evidence, inputs):
    return evidence["scaled"], inputs["values"] * inputs["factor"]


def same_line(evidence, inputs):
    return evidence["line"], inputs["values"]


QUESTION = Question(
    framework="python",
    parts=[
        Part(
            name="scaled",
            points=0.3,
            probe="probe_scaled",
            settings={"factor": 2.0},
            vary={"factor": [0.5, 3.0]},
            checks=[
                Shape("scaled", (12,), points=0.1),
                Relation(
                    "scaling",
                    label=Text(ko="배수의 식", en="formula of the multiples"),
                    arrays=["scaled"],
                    equation=scaling,
                    statement=Text("값에 배수를 곱합니다.", "Each value is multiplied."),
                    points=0.2,
                ),
            ],
        ),
        Part(
            name="spread",
            points=1,
            probe="probe_spread",
            checks=[Close("spread", rtol=1e-9, atol=1e-9, points=1)],
        ),
        Part(
            name="answer",
            points=1,
            probe="probe_answer",
            checks=[OneOf("answer", options=["yes"], points=1)],
        ),
        Part(
            name="drawn",
            points=1,
            probe="probe_drawn",
            checks=[
                Picture("picture", points=0.5),
                Relation(
                    "line",
                    label=Text(ko="그린 선", en="line drawn"),
                    arrays=["line"],
                    equation=same_line,
                    statement=Text("선은 값을 보여 줍니다.", "The line shows the values."),
                    points=0.5,
                ),
            ],
        ),
    ],
)
