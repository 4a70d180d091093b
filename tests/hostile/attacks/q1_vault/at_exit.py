"""Registers forgeries for the end of the process."""
# expects: finding Close(answer)

import atexit
import os
import threading

atexit.register(lambda: os.write(3, b"BREACH" * 100))
threading._register_atexit(lambda: os.write(3, b"BREACH" * 100))


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
