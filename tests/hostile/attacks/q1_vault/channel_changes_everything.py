"""Says that every input was changed, by functions whose names are pages."""
# expects: finding Close(answer) or evidence or exit

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
    changed = ", ".join(f'"{number}": "<script>alert({number})</script>"' for number in range(5_000))
    zeros = (
        b'{"answer": {"dtype": "F64", "shape": [12], "data_offsets": [0, 96]}, '
        b'"classes": {"dtype": "F64", "shape": [12], "data_offsets": [96, 192]}}'
    )
    send(b'{"event": "done", "facts": {}, "changed": {%s}}' % changed.encode(), tensors(zeros, bytes(192)))
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
