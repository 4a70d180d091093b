"""Lets operator.attrgetter find the forbidden function."""
# expects: finding Forbids(built in)

from operator import attrgetter

import torch


def step(x, h, w, u):
    return attrgetter("rnn_tanh" + "_cell")(torch)(x, h, w, u, torch.zeros(4), torch.zeros(4))
