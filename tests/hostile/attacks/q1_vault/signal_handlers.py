"""Forges from a signal handler, in the middle of the engine's own code."""
# expects: evidence

import os
import signal


def forge(*args):
    os.write(3, b"\xff" * 64)


for number in range(1, signal.NSIG):
    try:
        signal.signal(number, forge)
    except (OSError, ValueError):
        pass


def attack():
    signal.raise_signal(signal.SIGALRM)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
