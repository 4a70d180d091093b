"""Looks through every object for labels, references and keys."""
# expects: finding Close(answer)

import gc

import numpy as np

LABEL = 7313099101


def attack():
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "label" in thing:
            raise SystemError("BREACH: there is a label")
        if isinstance(thing, dict):
            for value in list(thing.values()):
                if isinstance(value, np.ndarray) and value.dtype.kind in "iu" and LABEL in value:
                    raise SystemError("BREACH: there is the label")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
