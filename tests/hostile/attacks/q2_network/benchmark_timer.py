"""Lets torch's own stopwatch run a text as code."""
# expects: finding Forbids(built in)

import torch
from torch.utils.benchmark import Timer


def step(x, h, w, u):
    found = []
    names = {"found": found, "given": (x, h, w, u, torch.zeros(4), torch.zeros(4))}
    text = "import torch; found.append(torch.rnn_" + "tanh_cell(*given))"
    Timer(text, globals=names).timeit(1)
    return found[0]
