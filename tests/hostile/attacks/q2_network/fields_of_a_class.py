"""Lets a class be made whose defaults and types are texts that something evaluates."""
# expects: finding Forbids(built in)

import dataclasses
import typing

import torch


def step(x, h, w, u):
    made = dataclasses.make_dataclass("Made", [("cell", "torch.rnn_" + "tanh_cell")])
    found = typing.get_type_hints(made, {"torch": torch})["cell"]
    return found(x, h, w, u, torch.zeros(4), torch.zeros(4))
