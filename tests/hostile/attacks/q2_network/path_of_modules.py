"""Writes a module and puts its folder first among those from which modules come."""
# expects: finding Forbids(built in)

import os
import sys

import torch

os.makedirs("modules", exist_ok=True)
with open("modules/seaborn.py", "w") as file:
    file.write("import torch\nheatmap = torch.rnn_" + "tanh_cell\n")
sys.path.insert(0, "modules")

import seaborn  # noqa: E402


def step(x, h, w, u):
    return seaborn.heatmap(x, h, w, u, torch.zeros(4), torch.zeros(4))
