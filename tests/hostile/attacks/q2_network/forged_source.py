"""Says once it runs that its source was an innocent one."""
# expects: evidence

import json
import os
import stat
import struct

import torch

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))
EMPTY = struct.pack("<Q", 2) + b"{}"


def send(message):
    facts = json.dumps(message).encode()
    body = struct.pack("<I", len(facts)) + facts + EMPTY
    os.write(CHANNEL, struct.pack("<Q", len(body)) + body)


send({"event": "read", "source": "def step(x, h, w, u):\n    return x\n", "facts": {}})


def step(x, h, w, u):
    cell = torch.nn.RNNCell(3, 4, bias=False)
    cell.weight_ih.data, cell.weight_hh.data = w, u
    return cell(x, h)
