"""Makes namespaces, in which it would be root, and mounts."""
# expects: finding Close(answer)

import ctypes


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x04000000):
        if libc.unshare(flag) == 0:
            raise SystemError(f"BREACH: unshare({flag:#x})")
    if libc.mount(b"none", b"/tmp/job", b"tmpfs", 0, None) == 0 or libc.umount2(b"/proc", 2) == 0:
        raise SystemError("BREACH: mounts can be changed")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
