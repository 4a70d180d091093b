"""Sends ten thousand arrays that nobody asked for, and none that somebody did."""
# expects: finding Shape(answer) or evidence or exit

import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))


def send(facts, arrays=b""):
    body = struct.pack("<I", len(facts)) + facts + arrays
    data = memoryview(struct.pack("<Q", len(body)) + body)
    while data:
        data = data[os.write(CHANNEL, data) :]


def tensors(header, data=b""):
    return struct.pack("<Q", len(header)) + header + data


def attack():
    entry = '"%d": {"dtype": "F64", "shape": [0], "data_offsets": [0, 0]}'
    header = "{" + ", ".join(entry % number for number in range(10_000)) + "}"
    send(b'{"event": "done", "facts": {}}', tensors(header.encode()))
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
