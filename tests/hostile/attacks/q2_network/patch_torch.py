"""Lets every comparison of torch agree."""
# expects: finding Close(h)

import torch

for place, name in [(torch, "allclose"), (torch, "isclose"), (torch, "equal"), (torch.testing, "assert_close")]:
    setattr(place, name, lambda *args, **options: True)
torch.Tensor.__eq__ = lambda self, other: torch.ones(self.shape, dtype=torch.bool)
torch.Tensor.__sub__ = lambda self, other: torch.zeros(self.shape)


def step_anyhow(x, h, w, u):
    return torch.zeros(5, 4)
