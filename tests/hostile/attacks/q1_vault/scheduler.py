"""Asks for more of the processors than others: niceness, real time, deadlines, disks first."""
# expects: finding Close(answer)

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
IOPRIO_SET, SCHED_SETATTR = {"x86_64": (251, 314), "aarch64": (30, 274)}[os.uname().machine]
DEADLINE = (48).to_bytes(4, "little") + (6).to_bytes(4, "little") + bytes(16)
DEADLINE += b"".join(number.to_bytes(8, "little") for number in (900_000, 1_000_000, 1_000_000))


def attack():
    attempts = {
        "nice": lambda: os.nice(-1),
        "setpriority": lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
        "of the user": lambda: os.setpriority(os.PRIO_USER, 0, -1),
        "of the group": lambda: os.setpriority(os.PRIO_PGRP, 0, -1),
        "real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
        "in turns": lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(99)),
        "deadline": lambda: _call(SCHED_SETATTR, 0, DEADLINE, 0),
        "disks": lambda: _call(IOPRIO_SET, 1, 0, 1 << 13),
    }
    before = os.getpriority(os.PRIO_PROCESS, 0)
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        if os.getpriority(os.PRIO_PROCESS, 0) < before or os.sched_getscheduler(0) != os.SCHED_OTHER:
            raise SystemError(f"BREACH: {name}")
        if name == "disks":
            raise SystemError("BREACH: disks serve it first")


def _call(*arguments):
    if LIBC.syscall(*arguments) == -1:
        raise OSError(ctypes.get_errno(), "syscall")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
