"""Leaves as many dead children as it may have, and buries none."""
# expects: finding Close(answer)

import os


def attack():
    made = 0
    try:
        for _ in range(100):
            if os.fork() == 0:
                os._exit(0)
            made += 1
    except OSError:
        pass
    if made > 6 + 16:
        raise SystemError(f"BREACH: {made} dead processes")


def answer(values):
    attack()
    return [0.0 for _ in values]
