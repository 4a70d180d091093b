"""Locks memory, and asks to be the last to be ended when memory is short."""
# expects: finding Close(answer) or exception

import ctypes
import mmap
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)


def attack():
    for score in ("-1", "-1000"):
        try:
            Path("/proc/self/oom_score_adj").write_text(score)
        except OSError:
            continue
        raise SystemError("BREACH: another is ended first")
    held = mmap.mmap(-1, 64 << 20)
    address = ctypes.addressof(ctypes.c_char.from_buffer(held))
    if LIBC.mlock(ctypes.c_void_p(address), 64 << 20) == 0:
        raise SystemError("BREACH: 64 MiB are locked")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
