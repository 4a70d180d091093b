"""Sends a text whose every Korean particle asks what the word before sounds like, and no word ends."""
# expects: exception or exit or evidence

import json
import os
import stat
import struct

CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))
EMPTY = struct.pack("<Q", 2) + b"{}"


def attack():
    error = "a" * 2_000 + "_이(가)" * 400
    missing = {str(n): {"kind": "exception", "error": error, "traceback": error} for n in range(90)}
    facts = json.dumps({"event": "done", "missing": missing, "facts": {}}, ensure_ascii=False).encode()
    body = struct.pack("<I", len(facts)) + facts + EMPTY
    data = memoryview(struct.pack("<Q", len(body)) + body)
    while data:
        data = data[os.write(CHANNEL, data) :]
    os._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
