"""Imports the forbidden class under the name of an allowed one."""
# expects: finding Forbids(built in)

import torch
from torch.nn.modules.rnn import RNNCell as Linear


def build(w, u):
    cell = Linear(3, 4, bias=False)
    cell.weight_ih.data, cell.weight_hh.data = w, u
    return cell


def step(x, h, w, u):
    return build(w, u)(x, h)
