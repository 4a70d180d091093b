"""Traces its parent and reads the memory of other processes."""
# expects: finding Close(answer)

import ctypes
import os


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in {os.getppid(), 1, 2} - {os.getpid(), 0}:
        if libc.ptrace(16, pid, 0, 0) == 0:
            raise SystemError(f"BREACH: {pid} is traced")
    if libc.ptrace(0, 0, 0, 0) == 0:
        raise SystemError("BREACH: ptrace is there")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
