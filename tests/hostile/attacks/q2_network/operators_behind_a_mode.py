"""Takes the multiplication away and puts the forbidden operator in its place, below what is recorded."""
# expects: finding Operators(operators) or exception

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Instead(TorchDispatchMode):
    def __init__(self, given):
        super().__init__()
        self.given = given

    def __torch_dispatch__(self, function, kinds, args=(), options=None):
        if function is torch.ops.aten.mm.default:
            return torch.rnn_tanh_cell(*self.given, torch.zeros(4), torch.zeros(4))
        return function(*args, **(options or {}))


def step_by_hand(x, h, w, u):
    with torch._C.DisableTorchFunction(), Instead((x, h, w, u)):
        return torch.mm(x, w.T)
