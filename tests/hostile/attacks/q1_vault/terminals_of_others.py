"""Looks for terminals that other workers opened, and leaves one open for them."""
# expects: finding Close(answer)

import os
import time


def attack():
    found = set(os.listdir("/dev/pts")) - {"ptmx"}
    first, second = os.openpty()
    os.write(first, b"canary")
    time.sleep(0.5)
    found |= set(os.listdir("/dev/pts")) - {"ptmx", "0"}
    os.close(first)
    os.close(second)
    if found:
        raise SystemError(f"BREACH: terminals {found}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
