"""Lets a child return from the same call, so that there are two answers."""
# expects: finding Close(answer)

import os


def attack():
    if os.fork() != 0:
        os.wait()


def answer(values):
    attack()
    return [0.0 for _ in values]
