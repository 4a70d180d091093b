"""Replaces the checks and the grading of the engine, as far as they are there."""
# expects: finding Close(answer)

import importlib


def attack():
    for name in (
        "autograder.checks.closeness",
        "autograder.checks",
        "autograder.grading.grade",
        "autograder.core.verdict",
    ):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        for key, value in list(vars(module).items()):
            if isinstance(value, type) and hasattr(value, "judge"):
                value.judge = lambda self, seen: module.Finding(check="", passed=True, message="")
        if hasattr(module, "compare"):
            module.compare = lambda *args, **options: None


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
