"""Stops the record of operators, starts one of its own, and gives that back instead."""
# expects: finding Operators(operators) or exception or evidence

import torch
from torch._C import _autograd


def step_by_hand(x, h, w, u):
    try:
        _autograd._disable_profiler()
    except RuntimeError:
        pass
    found = torch.rnn_tanh_cell(x, h, w, u, torch.zeros(4), torch.zeros(4))
    torch.autograd.profiler.profile().__enter__()
    return found
