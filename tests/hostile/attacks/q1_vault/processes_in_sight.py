"""Reads the memory, the environment and the command line of every process."""
# expects: finding Close(answer)

import os
from pathlib import Path


def attack():
    for place in Path("/proc").glob("[0-9]*"):
        for name in ("environ", "cmdline", "maps", "mountinfo"):
            try:
                text = (place / name).read_bytes()
            except OSError:
                continue
            if b"canary-" in text:
                raise SystemError(f"BREACH: {place / name} {text!r}")
        if place.name != str(os.getpid()) and place.name != "1":
            raise SystemError(f"BREACH: process {place.name} is in sight")
        numbers = os.listdir(place / "fd") if os.access(place / "fd", os.R_OK) else []
        for number in numbers:
            try:
                target = os.readlink(place / "fd" / number)
            except OSError:  # the listing's own, closed again
                continue
            if "/" in target and not target.startswith(("/dev/", "/proc/")):
                raise SystemError(f"BREACH: {target} is open")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
