"""Sends arrays and facts whose names are a hundred thousand letters long and nearly the ones asked for."""
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
    name = b"answer" + b"r" * 100_000
    header = b'{"%s": {"dtype": "F64", "shape": [12], "data_offsets": [0, 96]}}' % name
    facts = b'{"event": "done", "facts": {"%s": 1}, "missing": {"%s": %s}}' % (
        name,
        name,
        b'{"kind": "exception", "error": "%s", "traceback": "%s"}' % (name, name),
    )
    send(facts, tensors(header, bytes(96)))
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
