"""Inputs and probes: the lists of numbers."""

from __future__ import annotations

import numpy as np


def given(seed, profile):
    return {"values": np.random.default_rng(seed).normal(size=20), "label": np.array([seed])}


def probe_mean(student, given, device):
    return {"mean": np.asarray(student.mean(given["values"].tolist()))}


def probe_cumulative(student, given, device):
    from autograder.probing.arrays import to_numpy

    return {"sums": to_numpy(student.cumulative(given["values"].tolist(), given["scale"]), "sums")}


def probe_reason(student, given, device):
    return {"reason": student.REASON, "saw_label": "label" in given}
