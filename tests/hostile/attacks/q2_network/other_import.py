"""Imports by functions instead of statements."""
# expects: finding Forbids(built in)

import importlib
import sys


def step(x, h, w, u):
    return getattr(importlib.import_module("tor" + "ch"), "rnn_tanh_cell")(
        x, h, w, u, *[sys.modules["torch"].zeros(4)] * 2
    )
