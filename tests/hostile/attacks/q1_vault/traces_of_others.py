"""Looks into what /proc and /sys tell of other processes, sockets, keys and the kernel's log."""
# expects: finding Close(answer)

import os
from pathlib import Path


def read(name):
    try:
        return Path("/proc", name).read_bytes()[:65_536]
    except OSError:
        return b""


def attack():
    for name in ("kmsg", "kcore", "keys", "sysvipc/shm", "sysvipc/sem", "sysvipc/msg", "locks", "net/unix"):
        lines = [line for line in read(name).splitlines() if b"key " not in line and b"Num " not in line]
        if lines:
            raise SystemError(f"BREACH: /proc/{name} tells {lines[:3]}")
    for name in ("mem", "maps", "environ", "root/root", "cwd", "fd", "io", "auxv", "stack"):
        for process in Path("/proc").glob("[0-9]*"):
            if int(process.name) not in (1, os.getpid()) and (process / name).exists():
                raise SystemError(f"BREACH: {process}/{name}")
    for folder in ("/sys", "/run", "/var/run", "/dev/mqueue", "/dev/disk", "/dev/input"):
        if os.path.isdir(folder) and os.listdir(folder):
            raise SystemError(f"BREACH: {folder} is not empty")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
