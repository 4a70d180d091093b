"""Prints hundreds of megabytes while it is loaded, and much in its functions, by print and below Python."""
# expects: finding Close(answer)

import os
import sys

for _ in range(150):
    print("x" * 1_000_000)
    sys.stderr.write("y" * 1_000_000)


def answer(values):
    for _ in range(50):
        print("x" * 1_000_000)
    for descriptor in (1, 2):
        for _ in range(50):
            os.write(descriptor, b"z" * (1 << 20))
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
