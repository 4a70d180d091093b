"""Becomes root again, takes capabilities and runs set-user-id programs."""
# expects: finding Close(answer)

import ctypes
import os


def attack():
    for call in (os.setuid, os.setgid, os.seteuid):
        try:
            call(0)
        except OSError:
            continue
        raise SystemError(f"BREACH: {call.__name__}(0)")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(39, 0, 0, 0, 0) != 1:
        raise SystemError("BREACH: new privileges can be gained")
    with open("/proc/self/status") as file:
        sets = dict(line.split(":") for line in file if line.startswith("Cap"))
    if any(int(sets[name], 16) for name in ("CapEff", "CapPrm", "CapAmb", "CapInh")):
        raise SystemError(f"BREACH: capabilities {sets}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
