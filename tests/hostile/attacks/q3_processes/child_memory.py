"""Takes more memory in a child than the child is allowed."""
# expects: finding Close(answer)

import os


def attack():
    child = os.fork()
    if child == 0:
        try:
            bytearray(1 << 30)
        except MemoryError:
            os._exit(7)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        raise SystemError("BREACH: a child took a gibibyte")


def answer(values):
    attack()
    return [0.0 for _ in values]
