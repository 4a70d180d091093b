"""Registers an encoding of its own, by which a file beside it becomes other code than it seems."""
# expects: finding Forbids(built in)

import codecs

import torch


def decode(data, errors="strict"):
    return bytes(data).decode().replace("linear", "rnn_" + "tanh_cell"), len(data)


codecs.register(lambda name: codecs.CodecInfo(codecs.utf_8_encode, decode) if name == "kind" else None)


def step(x, h, w, u):
    space = {}
    exec(b"import torch\nf = torch.linear".decode("kind"), space)
    return space["f"](x, h, w, u, torch.zeros(4), torch.zeros(4))
