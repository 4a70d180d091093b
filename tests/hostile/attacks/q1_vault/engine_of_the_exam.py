"""Imports the exam, its solution and the parts of the engine that know answers."""
# expects: finding Close(answer)

import importlib
import sys

sys.path += [".", "..", "/grader", "/", "/repo"]


def attack():
    for name in (
        "exams.hostile.q1_vault",
        "solutions.hostile.q1_vault",
        "q1_vault",
        "hostile",
        "tests.conftest",
    ):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        raise SystemError(f"BREACH: {name} can be imported")
    if "LABEL" in vars(sys.modules.get("exam", sys)) or any("q1_vault" in name for name in sys.modules):
        raise SystemError("BREACH: the exam's module is here")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
