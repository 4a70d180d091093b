"""Leaves threads running that never end."""
# expects: finding Close(answer)

import threading
import time


def attack():
    threading.stack_size(1 << 18)
    for _ in range(2):
        threading.Thread(target=time.sleep, args=(3600,)).start()


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
