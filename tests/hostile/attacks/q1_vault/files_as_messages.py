"""Leaves messages on files that every worker sees, and watches who opens them."""
# expects: finding Close(answer)

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
OPENED = 0x20


def attack():
    shared = os.__file__
    attempts = {
        "an attribute": lambda: os.setxattr(shared, "user.message", b"canary"),
        "a time": lambda: os.utime(shared, (1, 1)),
        "a mode": lambda: os.chmod(shared, 0o444),
        "an owner": lambda: os.chown(shared, os.getuid(), os.getgid()),
        "a name": lambda: os.rename(shared, shared + "x"),
        "a neighbour": lambda: os.mkdir(os.path.dirname(shared) + "/canary"),
        "a length": lambda: os.truncate(shared, 0),
        "a watch": lambda: _watch(shared),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        raise SystemError(f"BREACH: {name}")


def _watch(path):
    watching = LIBC.inotify_init1(0)
    if watching == -1 or LIBC.inotify_add_watch(watching, path.encode(), OPENED) == -1:
        raise OSError(ctypes.get_errno(), "inotify")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
