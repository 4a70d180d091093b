"""Becomes another program that ends well."""
# expects: exception or exit

import os


def attack():
    os.execv("/usr/bin/true", ["true"])


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
