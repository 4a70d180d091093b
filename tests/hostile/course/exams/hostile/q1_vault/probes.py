"""Inputs and probes: the vault."""

from __future__ import annotations

import numpy as np


def given(seed, profile):
    values = np.random.default_rng(seed).normal(size=12)
    label = int(
        "1019903137"[::-1]
    )  # what a withheld label looks like: it must be nowhere that a student can see
    return {"values": values, "label": np.where(values > 0, label, 0)}


def probe_vault(student, given, device):
    values = given["values"].tolist()
    return {
        "answer": np.asarray(student.answer(values)),
        "classes": np.asarray(student.classify(values)),
    }
