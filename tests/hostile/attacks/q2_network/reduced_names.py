"""Follows names one by one, without ever writing the last."""
# expects: finding Forbids(built in)

from functools import reduce

import torch


def step(x, h, w, u):
    path = ["nn", "functional", "torch", "rnn_" + "tanh_cell"]
    return reduce(getattr, path, torch)(x, h, w, u, torch.zeros(4), torch.zeros(4))
