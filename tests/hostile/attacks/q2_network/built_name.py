"""Builds the forbidden name from pieces."""
# expects: finding Forbids(built in)

import torch


def step(x, h, w, u):
    return getattr(torch, "rnn" + "_tanh_cell")(x, h, w, u, torch.zeros(4), torch.zeros(4))
