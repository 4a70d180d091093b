"""Fills as many pipes as it may open, each as wide as it may be."""
# expects: finding Close(answer)

import fcntl
import os


def attack():
    held, ends = 0, []
    try:
        while True:
            ends += (ends_of := os.pipe())
            try:
                fcntl.fcntl(ends_of[1], fcntl.F_SETPIPE_SZ, 1 << 20)
            except OSError:
                pass
            os.set_blocking(ends_of[1], False)
            try:
                while True:
                    held += os.write(ends_of[1], bytes(1 << 16))
            except BlockingIOError:
                pass
    except OSError:
        pass
    for end in ends:
        os.close(end)
    if held > 80 << 20:
        raise SystemError(f"BREACH: {held >> 20} MiB in pipes")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
