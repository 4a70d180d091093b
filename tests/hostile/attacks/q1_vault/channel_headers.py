"""Sends arrays whose list of names is more than a megabyte of brackets, twenty times as much once it is parsed."""
# expects: evidence

import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))
ROOM = (1 << 20) + 400_000  # of a megabyte of evidence and one of facts


def attack():
    header = b'{"answer": [' + b"[]," * (ROOM // 3) + b"[]]}"
    header += b" " * (-len(header) % 8)
    facts = b'{"event": "done", "facts": {}}'
    body = struct.pack("<I", len(facts)) + facts + struct.pack("<Q", len(header)) + header
    data = memoryview(struct.pack("<Q", len(body)) + body)
    while data:
        data = data[os.write(CHANNEL, data) :]
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
