"""Stops itself through a child, its group and everyone, and lets nobody go on."""
# expects: finding Close(answer) or crash or time

import os
import signal


def attack():
    child = os.fork()
    if child == 0:
        for target in (-1, 0, -os.getpgrp()):
            try:
                os.kill(target, signal.SIGSTOP)
            except OSError:
                pass
        os._exit(0)
    os.kill(child, signal.SIGCONT)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def answer(values):
    attack()
    return [0.0 for _ in values]
