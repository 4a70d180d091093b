"""Takes System V and POSIX shared memory beyond the limits."""
# expects: finding Close(answer)

import ctypes


def attack():
    if ctypes.CDLL(None, use_errno=True).shmget(0, ctypes.c_size_t(1 << 30), 0o1600) != -1:
        raise SystemError("BREACH: System V shared memory")
    taken = 0
    try:
        for number in range(100):
            with open(f"/dev/shm/{number}", "wb") as file:
                taken += file.write(bytes(4 << 20))
    except OSError:
        pass
    if taken > 64 << 20:
        raise SystemError(f"BREACH: {taken} bytes of /dev/shm")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
