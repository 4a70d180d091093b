"""Keeps every thread that it may have busy for a second, in C, without the lock of the interpreter."""
# expects: finding Close(answer)

import hashlib
import threading
import time

BUFFER = bytes(1 << 20)


def burn(end):
    while time.monotonic() < end:
        hashlib.sha256(BUFFER)


def attack():
    threads = [threading.Thread(target=burn, args=(time.monotonic() + 0.3,)) for _ in range(32)]
    started = []
    for thread in threads:
        try:
            thread.start()
        except RuntimeError:
            break
        started.append(thread)
    for thread in started:
        thread.join()


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
