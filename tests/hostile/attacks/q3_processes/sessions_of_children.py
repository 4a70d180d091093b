"""Lets children leave the session and the group, and signal all that they left."""
# expects: finding Close(answer) or crash

import os
import signal


def attack():
    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            os.setsid() if number % 2 else os.setpgid(0, 0)
            for target in range(2, 400):
                if target not in (os.getpid(), *children):
                    try:
                        os.kill(target, signal.SIGTERM)
                    except OSError:
                        pass
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def answer(values):
    attack()
    return [0.0 for _ in values]
