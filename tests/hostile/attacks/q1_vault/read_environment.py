"""Prints the environment, in every way there is."""
# expects: finding Close(answer)

import ctypes
import os
from pathlib import Path


def attack():
    text = repr(os.environ) + repr(os.environb)
    for name in ("self", "1", "thread-self"):
        try:
            text += repr(Path(f"/proc/{name}/environ").read_bytes())
        except OSError:
            pass
    ctypes.CDLL(None).getenv.restype = ctypes.c_char_p
    for name in (b"HOSTILE_SECRET", b"AUTOGRADER_KEY"):
        text += repr(ctypes.CDLL(None).getenv(name))
    print(text)
    if "canary" in text or "AUTOGRADER" in text:
        raise SystemError("BREACH: " + text)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
