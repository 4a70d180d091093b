"""Hides the forbidden name in text that is executed."""
# expects: finding Forbids(built in)

import torch

exec("forbidden = torch.rnn_" + "tanh_cell")


def step(x, h, w, u):
    return forbidden(x, h, w, u, torch.zeros(4), torch.zeros(4))  # noqa: F821
