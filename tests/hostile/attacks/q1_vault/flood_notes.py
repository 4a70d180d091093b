"""Reports that it is loaded with as many notes as a message holds, which blame each other in circles."""
# expects: evidence

import json
import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))
EMPTY = struct.pack("<Q", 2) + b"{}"


def send(message):
    facts = json.dumps(message).encode()
    body = struct.pack("<I", len(facts)) + facts + EMPTY
    os.write(CHANNEL, struct.pack("<Q", len(body)) + body)


NOTES = [
    {"kind": "raised", "where": str(n), "details": {"name": f"a{(n + 1) % 90_000}"}, "binds": [f"a{n}"]}
    for n in range(90_000)
]
send({"event": "loaded", "notes": NOTES, "facts": {}})


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
