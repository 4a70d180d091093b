"""Starts a process in every way, where none is allowed."""
# expects: finding Close(answer)

import os
import subprocess


def attack():
    ways = [
        os.fork,
        lambda: subprocess.run(["/usr/bin/true"]),
        lambda: os.posix_spawn("/usr/bin/true", ["true"], {}),
    ]
    for number, way in enumerate(ways):
        try:
            if way() == 0:
                os._exit(0)
        except OSError:
            continue
        raise SystemError(f"BREACH: way {number}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
