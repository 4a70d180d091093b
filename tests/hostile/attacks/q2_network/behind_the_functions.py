"""Calls what torch's own modules call."""
# expects: finding Forbids(built in)

import torch


def step(x, h, w, u):
    return torch._VF.rnn_tanh_cell(x, h, w, u, torch.zeros(4), torch.zeros(4))
