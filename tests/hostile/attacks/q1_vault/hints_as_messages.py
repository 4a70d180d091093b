"""Leaves a hint on how long a file lives, which the kernel keeps beside a file that every worker sees."""
# expects: finding Close(answer)

import fcntl
import struct
import sys

GET_HINT, SET_HINT, GET_OWN_HINT, SET_OWN_HINT = 1035, 1036, 1037, 1038  # <linux/fcntl.h>
SHORT = 2


def attack():
    own = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    for shared in filter(None, (*own, sys.executable, "/usr/bin/env")):
        for get, put in ((GET_HINT, SET_HINT), (GET_OWN_HINT, SET_OWN_HINT)):
            try:
                with open(shared, "rb") as file:
                    fcntl.fcntl(file, put, struct.pack("Q", SHORT))
                    (told,) = struct.unpack("Q", fcntl.fcntl(file, get, bytes(8)))
            except OSError:
                continue
            raise SystemError(f"BREACH: {shared} tells {told}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
