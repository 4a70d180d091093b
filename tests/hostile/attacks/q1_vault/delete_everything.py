"""Deletes all files that it can, its own and the engine's."""
# expects: finding Close(answer)

import os
import shutil
import sys


def attack():
    for folder in ("/grader", sys.prefix + "/bin", "/etc", "/data", "/tmp/job", "/dev/shm"):
        shutil.rmtree(folder, ignore_errors=True)
    if not os.path.exists("/grader/autograder/worker/main.py") or not os.path.exists(os.__file__):
        raise SystemError("BREACH: the engine was deleted")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
