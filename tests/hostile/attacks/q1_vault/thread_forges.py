"""Lets a thread write to every descriptor while the answer is computed."""
# expects: evidence

import os
import threading


def forge():
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, b"\xff" * 64)
        except OSError:
            pass


def attack():
    thread = threading.Thread(target=forge)
    thread.start()
    thread.join()


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
