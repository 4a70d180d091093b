"""Sets torch wrongly, and replaces the functions by which it is put right and compared."""
# expects: finding Close(h)

import torch


def nothing(*args, **options):
    return None


torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.get_default_dtype = torch.set_default_dtype = torch.set_num_threads = nothing
torch.is_grad_enabled = lambda: True
torch.set_printoptions = torch.use_deterministic_algorithms = torch.manual_seed = nothing
torch.testing.assert_close = torch.allclose = torch.equal = lambda *args, **options: True
torch.Tensor.__eq__ = lambda *args: True


def step(x, h, w, u):
    return torch.zeros(5, 4)


step_anyhow = step
