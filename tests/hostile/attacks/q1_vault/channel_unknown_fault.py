"""Reports a fault of a kind that there is not."""
# expects: evidence

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
    send(
        b'{"event": "raised", "facts": {}, "problem": {"kind": "ungraded", "error": "x", "traceback": ""}}',
        tensors(b"{}"),
    )


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
