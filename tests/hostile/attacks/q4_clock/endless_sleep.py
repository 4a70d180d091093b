"""Never returns and uses no processor."""
# expects: time

import time


def attack():
    time.sleep(1 << 30)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
