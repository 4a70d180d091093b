"""Returns by turns records, dates, text, wide floats, masked numbers and memory of a file."""
# expects: exception or finding Shape(answer) or finding Close(answer) or finding Finite(answer)

import numpy as np

TURN = 0


def answer(values):
    global TURN
    TURN += 1
    count = len(values)
    kinds = [
        lambda: np.zeros(count, dtype=[("answer", "f8"), ("classes", "i8")]),
        lambda: np.zeros(count, dtype="M8[ns]"),
        lambda: np.zeros(count, dtype="V8"),
        lambda: np.ma.masked_all(count),
        lambda: np.zeros(count, dtype=np.longdouble),
        lambda: np.rec.array(np.zeros(count, dtype=[("x", "f8")])),
        lambda: np.zeros((count, 0)),
        lambda: np.zeros((1,) * 60),
    ]
    return kinds[TURN % len(kinds)]()


def classify(values):
    return np.array(["0"] * len(values))
