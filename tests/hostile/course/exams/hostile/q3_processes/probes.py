"""Inputs and probes: the processes."""

from __future__ import annotations

import numpy as np


def given(seed, profile):
    return {"values": np.random.default_rng(seed).normal(size=12)}


def probe_processes(student, given, device):
    return {"answer": np.asarray(student.answer(given["values"].tolist()))}
