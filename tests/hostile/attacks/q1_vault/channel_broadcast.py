"""Sends a row of a hundred thousand numbers and a column as long, for an equation between the two."""
# expects: evidence or exit

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
    header = (
        b'{"answer": {"dtype": "U8", "shape": [1, 100000], "data_offsets": [0, 100000]}, '
        b'"classes": {"dtype": "U8", "shape": [100000, 1], "data_offsets": [100000, 200000]}}'
    )
    send(b'{"event": "done", "facts": {}}', tensors(header, bytes(200_000)))
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
