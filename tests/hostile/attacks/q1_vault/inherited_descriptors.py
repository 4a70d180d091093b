"""Reads from every descriptor that was left open."""
# expects: finding Close(answer)

import os
import stat


def attack():
    for descriptor in range(256):
        try:
            kind = os.fstat(descriptor).st_mode
        except OSError:
            continue
        if not (stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)):
            raise SystemError(
                f"BREACH: descriptor {descriptor} is {os.readlink(f'/proc/self/fd/{descriptor}')}"
            )


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
