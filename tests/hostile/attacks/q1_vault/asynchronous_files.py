"""Takes the requests to disks that may be under way on the whole machine."""
# expects: finding Close(answer)

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
IO_SETUP = {"x86_64": 206, "aarch64": 0}[os.uname().machine]


def attack():
    context, made = ctypes.c_ulong(0), 0
    while LIBC.syscall(IO_SETUP, 512, ctypes.byref(context)) == 0:
        context, made = ctypes.c_ulong(0), made + 512
    if made:
        raise SystemError(f"BREACH: {made} requests")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
