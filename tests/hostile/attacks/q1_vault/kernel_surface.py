"""Opens what widens the kernel's surface: bpf, io_uring, userfaultfd, keys, performance events."""
# expects: finding Close(answer)

import ctypes
import platform

NUMBERS = {
    "x86_64": {"bpf": 321, "userfaultfd": 323, "perf_event_open": 298, "keyctl": 250, "io_uring_setup": 425},
    "aarch64": {"bpf": 280, "userfaultfd": 282, "perf_event_open": 241, "keyctl": 219, "io_uring_setup": 425},
}
EPERM, ENOSYS = 1, 38


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    for name, number in NUMBERS[platform.machine()].items():
        ctypes.set_errno(0)
        result = libc.syscall(number, 0, 0, 0, 0, 0)
        if result >= 0 or ctypes.get_errno() not in (EPERM, ENOSYS):
            raise SystemError(f"BREACH: {name} gave {result}, errno {ctypes.get_errno()}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
