"""Gradients and a short training with torch."""

from __future__ import annotations

import numpy as np

from autograder import Close, Finite, Part, Question, Relation, Shape, Text
from autograder.probing.arrays import to_numpy


def gradient(weight, X, y):
    """Return the gradient of the mean squared error of X @ weight, shape (3,), float32."""
    raise NotImplementedError


def trained(X, y, lr, steps):
    """Return the weight, shape (3,), after so many steps of gradient descent from zero."""
    raise NotImplementedError


def given(seed, profile):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(20, 3)).astype(np.float32)
    y = (X @ np.array([1.0, -2.0, 0.5]) + 0.1 * rng.normal(size=20)).astype(np.float32)
    return {"X": X, "y": y, "weight": rng.normal(size=3).astype(np.float32)}


def probe_gradient(student, given, device):
    import torch

    tensors = [torch.tensor(given[name], device=device) for name in ("weight", "X", "y")]
    return {"gradient": to_numpy(student.gradient(*tensors), "gradient")}


def probe_trained(student, given, device):
    import torch

    X, y = (torch.tensor(given[name], device=device) for name in ("X", "y"))
    return {"trained": to_numpy(student.trained(X, y, given["lr"], given["steps"]), "trained")}


def mse_gradient(evidence, inputs):
    X, y = inputs["X"].astype(np.float64), inputs["y"].astype(np.float64)
    return evidence["gradient"], 2 / len(y) * X.T @ (X @ inputs["weight"] - y)


QUESTION = Question(
    title=Text("경사", "Gradients"),
    framework="torch",
    given=given,
    interface=[gradient, trained],
    preamble="import torch",
    parts=[
        Part(
            name="gradient",
            points=1,
            statement=Text("기울기를 구하세요.", "Find the gradient."),
            probe=probe_gradient,
            checks=[
                Shape("gradient", (3,), points=0.25),
                Finite("gradient", points=0.25),
                Relation(
                    "mse",
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
            statement=Text("학습하세요.", "Train."),
            probe=probe_trained,
            settings={"lr": 0.1, "steps": 5},
            vary={"lr": [0.05, 0.2]},
            checks=[Close("trained", rtol=1e-4, atol=1e-5, points=1)],
        ),
    ],
)
