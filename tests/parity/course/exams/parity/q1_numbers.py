"""Functions of lists and a written constant: no framework."""

from __future__ import annotations

import numpy as np

from autograder import Close, OneOf, Part, Picture, Question, Relation, Shape, Text
from autograder.probing.arrays import to_numpy
from autograder.probing.figures import figure_of, picture


def scaled(values, factor):
    """Return each of the values times the factor."""
    raise NotImplementedError


def spread(values):
    """Return the greatest value less the smallest."""
    raise NotImplementedError


ANSWER: str = ""


def drawn(values):
    """Return a matplotlib figure with the values as a line."""
    raise NotImplementedError


def given(seed, profile):
    return {"values": np.random.default_rng(seed).normal(size=12)}


def probe_scaled(student, given, device):
    return {"scaled": to_numpy(student.scaled(given["values"].tolist(), given["factor"]), "scaled")}


def probe_spread(student, given, device):
    return {"spread": to_numpy(student.spread(given["values"].tolist()), "spread")}


def probe_answer(student, given, device):
    return {"answer": student.ANSWER}


def probe_drawn(student, given, device):
    figure = figure_of(student.drawn(given["values"].tolist()), "drawn")
    return {"picture": picture(figure), "line": np.asarray(figure.axes[0].lines[0].get_ydata(), np.float64)}


def scaling(evidence, inputs):
    return evidence["scaled"], inputs["values"] * inputs["factor"]


def same_line(evidence, inputs):
    return evidence["line"], inputs["values"]


QUESTION = Question(
    title=Text("수", "Numbers"),
    framework="python",
    given=given,
    interface=[scaled, spread, "ANSWER", drawn],
    parts=[
        Part(
            name="scaled",
            points=0.3,
            statement=Text("곱하세요.", "Multiply."),
            probe=probe_scaled,
            settings={"factor": 2.0},
            vary={"factor": [0.5, 3.0]},
            checks=[
                Shape("scaled", (12,), points=0.1),
                Relation(
                    "scaling",
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
            statement=Text("범위를 구하세요.", "Find the range."),
            probe=probe_spread,
            checks=[Close("spread", rtol=1e-9, atol=1e-9, points=1)],
        ),
        Part(
            name="answer",
            points=1,
            statement=Text("yes 또는 no.", "yes or no."),
            probe=probe_answer,
            checks=[OneOf("answer", options=["yes"], points=1)],
        ),
        Part(
            name="drawn",
            points=1,
            statement=Text("그리세요.", "Draw."),
            probe=probe_drawn,
            checks=[
                Picture("picture", points=0.5),
                Relation(
                    "line",
                    arrays=["line"],
                    equation=same_line,
                    statement=Text("선은 값을 보여 줍니다.", "The line shows the values."),
                    points=0.5,
                ),
            ],
        ),
    ],
)
