"""Inputs and probes: the numbers."""

from __future__ import annotations

import numpy as np

from autograder.probing.arrays import to_numpy
from autograder.probing.figures import figure_of, picture


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
