"""Sends arrays without elements along one axis and with all there could be along the others."""
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
    header = b'{"answer": {"dtype": "F64", "shape": [0, %d, %d], "data_offsets": [0, 0]}}' % (2**31, 2**30)
    send(b'{"event": "done", "facts": {}}', tensors(header))
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
