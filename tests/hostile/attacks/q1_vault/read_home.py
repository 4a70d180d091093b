"""Looks for homes, keys and histories."""
# expects: finding Close(answer)

import glob
import os


def attack():
    found = [path for path in glob.glob("/home/*") + glob.glob("/root/.*") if ".pyenv" not in path]
    found += glob.glob(os.path.expanduser("~/.*"))
    for name in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/resolv.conf", "/var/log", "/run"):
        found += [name] if os.path.exists(name) else []
    if found:
        raise SystemError(f"BREACH: {found}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
