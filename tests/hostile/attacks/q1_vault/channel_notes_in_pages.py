"""Says with every task what went wrong in two hundred cells, in pages that are kept, shown and written down."""
# expects: finding Close(answer) or evidence or exit

import json
import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))
ZEROS = (
    b'{"answer": {"dtype": "F64", "shape": [12], "data_offsets": [0, 96]}, '
    b'"classes": {"dtype": "F64", "shape": [12], "data_offsets": [96, 192]}}'
)


def send(message, arrays=struct.pack("<Q", 2) + b"{}"):
    facts = json.dumps(message | {"facts": {}}, ensure_ascii=False).encode()
    body = struct.pack("<I", len(facts)) + facts + arrays
    data = memoryview(struct.pack("<Q", len(body)) + body)
    while data:
        data = data[os.write(CHANNEL, data) :]


def attack():
    for task in range(2):
        page = f"{task}\N{SNAKE}" + "x" * 2_000 + "<script>alert(1)</script>"
        details = {"error": page, "text": page, "line": 1}
        notes = [{"kind": "raised", "where": f"{n}{page}", "details": details} for n in range(150)]
        if task:
            send({"event": "begin"})
        send({"event": "done", "notes": notes}, struct.pack("<Q", len(ZEROS)) + ZEROS + bytes(192))
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
