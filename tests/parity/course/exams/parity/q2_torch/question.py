"""Gradients and a short training with torch."""

from __future__ import annotations

import numpy as np

from autograder import Close, Finite, Part, Question, Relation, Shape, Text


def mse_gradient(evidence, inputs):
    X, y = inputs["X"].astype(np.float64), inputs["y"].astype(np.float64)
    return evidence["gradient"], 2 / len(y) * X.T @ (X @ inputs["weight"] - y)


QUESTION = Question(
    framework="torch",
    parts=[
        Part(
            name="gradient",
            points=1,
            probe="probe_gradient",
            checks=[
                Shape("gradient", (3,), points=0.25),
                Finite("gradient", points=0.25),
                Relation(
                    "mse",
                    label=Text(ko="평균 제곱 오차의 기울기", en="gradient of the mean squared error"),
                    arrays=["gradient"],
                    equation=mse_gradient,
                    statement=Text(
                        "평균 제곱 오차의 기울기입니다.", "It is the gradient of the mean squared error."
                    ),
                    rtol=1e-4,
                    atol=1e-5,
                    points=0.5,
                ),
            ],
        ),
        Part(
            name="trained",
            points=1,
            probe="probe_trained",
            settings={"lr": 0.1, "steps": 5},
            vary={"lr": [0.05, 0.2]},
            checks=[Close("trained", rtol=1e-4, atol=1e-5, points=1)],
        ),
    ],
)
