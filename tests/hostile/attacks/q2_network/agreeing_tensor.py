"""Returns a tensor whose every function agrees."""
# expects: finding Close(h) or exception

import torch


class Agreeing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, kinds, args=(), options=None):
        return torch.zeros(5, 4)

    def __array__(self, *args, **options):
        raise SystemExit(0)


def step_anyhow(x, h, w, u):
    return torch.ones(5, 4).as_subclass(Agreeing)
