"""Lets each of its children take nearly what it may take itself, at the same time."""
# expects: finding Close(answer)

import os
import time


def attack():
    made = 0
    try:
        for _ in range(40):
            if os.fork() == 0:
                try:
                    held = bytearray(32 << 20)
                    time.sleep(0.3)
                    del held
                finally:
                    os._exit(0)
            made += 1
    except OSError:
        pass
    if made > 6 + 16:
        raise SystemError(f"BREACH: {made} processes")


def answer(values):
    attack()
    return [0.0 for _ in values]
