"""Starts as many processes as it can."""
# expects: finding Close(answer)

import os
import time


def attack():
    made = 0
    try:
        for _ in range(200):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            made += 1
    except OSError:
        pass
    if made > 6 + 16:  # threads count as processes
        raise SystemError(f"BREACH: {made} processes")


def answer(values):
    attack()
    return [0.0 for _ in values]
