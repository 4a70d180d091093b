"""Plays the whole protocol itself and then ends well."""
# expects: finding Close(answer)

import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))


def send(facts, arrays=b""):
    body = struct.pack("<I", len(facts)) + facts + arrays
    os.write(CHANNEL, struct.pack("<Q", len(body)) + body)


def tensors(header, data=b""):
    return struct.pack("<Q", len(header)) + header + data


def attack():
    zeros = tensors(
        b'{"answer": {"dtype": "F64", "shape": [12], "data_offsets": [0, 96]}, '
        b'"classes": {"dtype": "F64", "shape": [12], "data_offsets": [96, 192]}}',
        bytes(192),
    )
    done = b'{"event": "done", "facts": {"score": 4, "points": 4, "status": "passed"}}'
    send(done, zeros)
    send(b'{"event": "begin", "facts": {}}', tensors(b"{}"))
    send(done, zeros)
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
