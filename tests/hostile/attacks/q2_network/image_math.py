"""Lets a library for pictures evaluate a text."""
# expects: finding Forbids(built in)

import torch
from PIL import ImageMath


def step(x, h, w, u):
    name = "rnn_" + "tanh_cell"
    names = {"torch": torch, "x": x, "h": h, "w": w, "u": u, "zeros": torch.zeros(4), name: None}
    return ImageMath.unsafe_eval(f"torch.{name}(x, h, w, u, zeros, zeros)", **names)
