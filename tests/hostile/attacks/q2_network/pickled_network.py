"""Loads a network whose file says what to call, and has no weights."""
# expects: finding Forbids(built in)

import io

import torch


def step(x, h, w, u):
    text = b"cbuiltins\nexec\n(Vimport torch; torch.found = torch.rnn_" + b"tanh_cell\ntR."
    try:
        torch.load(io.BytesIO(text), weights_only=False)
    except Exception:
        pass  # it is no network, but it was run
    return torch.found(x, h, w, u, torch.zeros(4), torch.zeros(4))
