"""Sends signals to processes, groups, threads and descriptors of processes, by each call that can."""
# expects: finding Close(answer) or crash

import ctypes
import os
import signal

LIBC = ctypes.CDLL(None, use_errno=True)
TKILL, TGKILL = {"x86_64": (200, 234), "aarch64": (130, 131)}[os.uname().machine]


def attack():
    mine = {0, 1, os.getpid(), os.getpgrp(), os.getsid(0)}
    reached = []
    for number in set(range(1, 3_000)) - mine:
        for send in (os.kill, os.killpg):
            try:
                send(number, 0)
            except OSError:
                continue
            reached.append((send.__name__, number))
        for call in ((TKILL, number, 0), (TGKILL, number, number, 0)):
            if LIBC.syscall(*call) == 0:
                reached.append(call)
        try:
            descriptor = os.pidfd_open(number)
        except OSError:
            continue
        signal.pidfd_send_signal(descriptor, 0)
        reached.append(("pidfd", number))
    threads = {int(name) for name in os.listdir("/proc/self/task")}
    if others := [call for call in reached if call[1] not in threads]:
        raise SystemError(f"BREACH: {others}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
