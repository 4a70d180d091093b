"""Writes to every folder that there is, also with results in it."""
# expects: finding Close(answer)

import os
import sys
from pathlib import Path

MARK = "hostile"
HOST_PATHS = ["/etc/shadow"]


def attack():
    folders = [
        "/",
        "/usr",
        "/usr/bin",
        "/etc",
        "/grader",
        "/grader/autograder",
        "/var/tmp",
        "/run",
        "/dev",
        "/home",
    ]
    folders += [
        f"{sys.prefix}/lib",
        os.path.dirname(os.__file__),
        *map(os.path.dirname, HOST_PATHS),
        "/data",
    ]
    for folder in folders:
        for name in (MARK, "results.json"):
            try:
                (Path(folder) / name).write_text("{}")
            except OSError:
                continue
            raise SystemError(f"BREACH: {folder}/{name} was written")
    for folder in ("/dev/shm", "/tmp", "/proc/self/root/tmp", os.path.expanduser("~")):
        Path(folder, MARK).write_text("private")
    Path(MARK).write_text("private")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
