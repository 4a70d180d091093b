"""Leaves a daemon behind, in a session of its own."""
# expects: finding Close(answer)

import ctypes
import os
import time

MARK = "hostile"


def attack():
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, MARK.encode(), 0, 0, 0)
            os.closerange(0, 64)
            time.sleep(600)
        os._exit(0)
    os.waitpid(child, 0)


def answer(values):
    attack()
    return [0.0 for _ in values]
