"""Inputs and probes: the gradients."""

from __future__ import annotations

import numpy as np

from autograder.probing.arrays import to_numpy


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
