"""Starts threads until that is refused, to take the processors from others."""
# expects: finding Close(answer)

import threading
import time


def attack():
    started = 0
    try:
        while started < 200:
            threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    if started > 17:
        raise SystemError(f"BREACH: {started} threads")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
