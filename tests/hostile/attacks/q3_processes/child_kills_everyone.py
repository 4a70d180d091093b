"""Lets a child kill every process that it can reach."""
# expects: finding Close(answer) or crash

import os
import signal


def attack():
    child = os.fork()
    if child == 0:
        for target in (-1, os.getppid()):
            try:
                os.kill(target, signal.SIGKILL)
            except OSError:
                pass
        os._exit(0)
    os.waitpid(child, 0)


def answer(values):
    attack()
    return [0.0 for _ in values]
