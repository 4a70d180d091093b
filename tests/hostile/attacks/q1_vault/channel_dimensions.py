"""Sends an array of three thousand dimensions."""
# expects: evidence

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
    shape = b",".join([b"1"] * 3_000)
    header = b'{"answer": {"dtype": "F64", "shape": [%s], "data_offsets": [0, 8]}}' % shape
    send(b'{"event": "done", "facts": {}}', tensors(header, bytes(8)))


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
