"""Takes the forbidden function out of the module's dictionary."""
# expects: finding Forbids(built in)

import torch


def step(x, h, w, u):
    return vars(torch)["rnn_tanh" + "_cell"](x, h, w, u, torch.zeros(4), torch.zeros(4))
