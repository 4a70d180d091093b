"""Has torch's own compiler read the forbidden name from a text."""
# expects: finding Forbids(built in)

import torch

TEXT = """
def cell(x, h, w, u, b, c):
    return torch.{}(x, h, w, u, b, c)
""".format("rnn_" + "tanh_cell")


def step(x, h, w, u):
    return torch.jit.CompilationUnit(TEXT).cell(x, h, w, u, torch.zeros(4), torch.zeros(4))
