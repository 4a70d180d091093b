"""Puts its own safetensors into sys.modules, to write what is sent."""
# expects: finding Close(answer)

import sys
import types


def save(arrays, *args):
    return b'{"score": 4, "status": "passed"}'


sys.modules["safetensors.numpy"] = types.SimpleNamespace(save=save)
sys.modules["autograder.grading.grade"] = types.SimpleNamespace(grade=lambda *args: "passed")


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
