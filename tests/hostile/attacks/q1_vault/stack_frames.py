"""Walks up the stack and changes what it finds there."""
# expects: finding Close(answer)

import sys

import numpy as np


def attack():
    frame = sys._getframe()
    while frame is not None:
        for place in (frame.f_locals, frame.f_globals):
            for name in list(place):
                if any(
                    word in name.lower()
                    for word in ("label", "expected", "reference", "question", "tolerance")
                ):
                    raise SystemError(f"BREACH: {name} is in sight: {place[name]!r}")
                if isinstance(place[name], np.ndarray):
                    place[name][...] = 0
        frame = frame.f_back


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
