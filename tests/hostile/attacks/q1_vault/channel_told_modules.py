"""Tells fifty modules of eight megabytes each, all of which somebody has to keep."""
# expects: evidence

import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))
EMPTY = struct.pack("<Q", 2) + b"{}"


def send(facts):
    body = struct.pack("<I", len(facts)) + facts + EMPTY
    data = memoryview(struct.pack("<Q", len(body)) + body)
    while data:
        data = data[os.write(CHANNEL, data) :]


for number in range(49):
    send(b'{"event": "imported", "source": "%d%s", "facts": {}}' % (number, b"#" * 8_380_000))


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
