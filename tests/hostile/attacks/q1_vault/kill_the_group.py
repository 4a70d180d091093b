"""Sends SIGKILL to its process group, again and again, which a zygote and its workers could share."""
# expects: finding Close(answer) or crash

import os
import signal
import time


def attack():
    if 0 in (os.getpgrp(), os.getsid(0)):
        raise SystemError("BREACH: the leader of the group or the session is outside")
    for _ in range(20):
        os.kill(0, signal.SIGKILL)
        time.sleep(0.05)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
