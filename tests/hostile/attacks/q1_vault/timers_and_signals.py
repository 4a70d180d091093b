"""Sets timers and queues signals without end, each of which the kernel keeps."""
# expects: finding Close(answer)

import ctypes
import os
import signal

LIBC = ctypes.CDLL(None, use_errno=True)


def attack():
    timer, made = ctypes.c_void_p(), 0
    while made < 5_000 and LIBC.timer_create(1, None, ctypes.byref(timer)) == 0:
        made += 1
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    queued = 0
    while queued < 5_000 and LIBC.sigqueue(os.getpid(), signal.SIGRTMIN, ctypes.c_void_p(1)) == 0:
        queued += 1
    if made + queued >= 5_000:
        raise SystemError(f"BREACH: {made} timers, {queued} signals")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
