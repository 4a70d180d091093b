"""Locks files that every worker sees, in each of the ways, and looks whether that can be seen."""
# expects: finding Close(answer)

import fcntl
import os


def attack():
    with open(os.__file__, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        fcntl.lockf(file, fcntl.LOCK_SH)
        for command in (fcntl.F_SETLEASE, fcntl.F_NOTIFY):
            try:
                fcntl.fcntl(file, command, fcntl.F_RDLCK)
            except OSError:
                continue
            raise SystemError(f"BREACH: fcntl {command}")
        with open("/proc/locks") as locks:
            if found := locks.read().strip():
                raise SystemError(f"BREACH: {found}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
