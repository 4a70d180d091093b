"""Hides the forbidden module inside another, by inheritance."""
# expects: finding Forbids(built in)

import torch


class Innocent(torch.nn.Sequential(torch.nn.Linear(1, 1)).__class__.__mro__[1]):
    def __init__(self, w, u):
        super().__init__()
        self.inner = [kind for kind in torch.nn.Module.__subclasses__() if kind.__name__ == "RNNCellBase"][0]
        self.cell = self.inner.__subclasses__()[0](3, 4, bias=False)
        self.cell.weight_ih.data, self.cell.weight_hh.data = w, u


def step(x, h, w, u):
    return Innocent(w, u).cell(x, h)
