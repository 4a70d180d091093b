"""Watches files, and lets pollers watch pollers, as many as it may."""
# expects: finding Close(answer)

import ctypes
import os
import select

LIBC = ctypes.CDLL(None, use_errno=True)


def attack():
    watching = LIBC.inotify_init1(0)
    watches = 0
    for number in range(2_000):
        path = f"watched{number}"
        open(path, "w").close()
        watches += LIBC.inotify_add_watch(watching, path.encode(), 0xFFF) != -1
        os.unlink(path)
    pollers = []
    try:
        while True:
            poller = select.epoll()
            for earlier in pollers:
                try:
                    poller.register(earlier, select.EPOLLIN)
                except OSError:
                    break
            pollers.append(poller)
    except OSError:
        pass
    for poller in pollers:
        poller.close()
    if watches:
        raise SystemError(f"BREACH: {watches} watches of files")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
