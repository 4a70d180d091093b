"""Plays loading and its task itself, with a source of its own, and ends before the engine can speak again."""
# expects: exit

import json
import os
import posix
import stat
import struct

import torch

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))
EMPTY = struct.pack("<Q", 2) + b"{}"


def send(message, arrays=EMPTY):
    facts = json.dumps(message).encode()
    body = struct.pack("<I", len(facts)) + facts + arrays
    os.write(CHANNEL, struct.pack("<Q", len(body)) + body)


send({"event": "loaded", "facts": {}})
send({"event": "begin", "facts": {}})
HEADER = b'{"h": {"dtype": "F32", "shape": [5, 4], "data_offsets": [0, 80]}}'
send({"event": "done", "facts": {"source": "x = 1"}}, struct.pack("<Q", len(HEADER)) + HEADER + bytes(80))
posix._exit(0)


def step(x, h, w, u):
    return torch.nn.RNNCell(3, 4, bias=False)(x, h)
