"""Lets a compiled graph run the operator, under another name."""
# expects: finding Operators(operators) or exception

import torch


@torch.jit.script
def plus(x: torch.Tensor, h: torch.Tensor, w: torch.Tensor, u: torch.Tensor):
    return torch.rnn_tanh_cell(x, h, w, u, torch.zeros(4), torch.zeros(4))


def step_by_hand(x, h, w, u):
    return plus(x, h, w, u)
