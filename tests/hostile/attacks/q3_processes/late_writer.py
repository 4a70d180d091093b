"""Ends, and lets a child go on writing evidence."""
# expects: exit

import os
import posix
import time


def attack():
    if os.fork() == 0:
        for _ in range(600):
            time.sleep(0.1)
            os.write(3, b"\xff" * 64)
        posix._exit(0)
    posix._exit(0)


def answer(values):
    attack()
    return [0.0 for _ in values]
