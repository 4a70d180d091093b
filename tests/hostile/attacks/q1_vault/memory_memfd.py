"""Takes memory as anonymous files, which no limit counts."""
# expects: finding Close(answer)

import os


def attack():
    for _ in range(40):
        try:
            file = os.memfd_create("memory")
            os.truncate(file, 8 << 20)
        except OSError:
            return
    raise SystemError("BREACH: forty files of 8 MiB in memory")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
