"""Reads the solution, the exam, a withheld label, the home folder and others' work where they are."""
# expects: finding Close(answer)

import os

HOST_PATHS = ["/etc/shadow"]


def attack():
    for path in HOST_PATHS:
        for way in (path, "/proc/1/root" + path, "/proc/self/cwd/../../.." + path, "/proc/self/root" + path):
            if os.path.exists(way):
                raise SystemError(f"BREACH: {way}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
