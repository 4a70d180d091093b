"""Sends a megabyte of facts in empty lists, each of which is three bytes now and sixty once it is kept."""
# expects: evidence

import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))


def attack():
    facts = b'{"event": "done", "facts": {"x": [' + b"[]," * 340_000 + b"[]]}}"
    body = struct.pack("<I", len(facts)) + facts + struct.pack("<Q", 2) + b"{}"
    data = memoryview(struct.pack("<Q", len(body)) + body)
    while data:
        data = data[os.write(CHANNEL, data) :]
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
