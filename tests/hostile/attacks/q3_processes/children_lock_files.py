"""Lets a child wait for a lock that its parent holds, as nobody may by files that others see."""
# expects: finding Close(answer)

import fcntl
import os


def attack():
    with open(os.__file__, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        child = os.fork()
        if child == 0:
            try:
                with open(os.__file__, "rb") as again:
                    fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os._exit(7)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
            raise SystemError("BREACH: a lock was held")


def answer(values):
    attack()
    return [0.0 for _ in values]
