"""Replaces builtins that a comparison would use."""
# expects: finding Close(answer)

import builtins

builtins.abs = lambda value: 0
builtins.max = builtins.min = builtins.sum = lambda *args, **options: 0
builtins.all = builtins.any = lambda *args: True
builtins.isinstance, ISINSTANCE = (
    (lambda value, kind: True if kind is Exception else ISINSTANCE(value, kind)),
    isinstance,
)


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
