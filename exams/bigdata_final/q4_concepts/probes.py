"""Inputs and probes: the concepts."""

from __future__ import annotations

import numpy as np


def given(seed, profile):
    """Nothing: the answers are the same whatever the data."""
    return {}


def form_of(value):
    """Return what a value is, in words: "tuple of int", "list of str and NoneType", "str"."""
    if not isinstance(value, tuple | list | set):
        return type(value).__name__
    kinds = " and ".join(dict.fromkeys(type(item).__name__ for item in value)) or "nothing"
    return f"{type(value).__name__} of {kinds}"


def shape_of(name, value):
    """The facts about a shape: its lengths, and "tuple of int" where a tuple or list of numbers is given."""
    if type(value).__name__ == "TensorShape":  # what a TensorFlow tensor has
        value = tuple(value)
    numbers = isinstance(value, tuple | list) and all(
        isinstance(length, int | np.integer) and not isinstance(length, bool) for length in value
    )
    if not numbers or not value:
        return {f"{name}_form": form_of(value)}
    return {f"{name}_form": "tuple of int", name: [int(length) for length in value]}


def probe_conv_shape(student, given, device):
    return shape_of("CONV_SHAPE", student.CONV_SHAPE)


def probe_flatten_shape(student, given, device):
    return shape_of("FLATTEN_SHAPE", student.FLATTEN_SHAPE)


SPELLINGS = {
    "hayoung": ("하영", "hayoung", "hayeong"),
    "jaein": ("재인", "jaein"),
    "seoyeon": ("서연", "seoyeon"),
    "gyubin": ("규빈", "gyubin", "kyubin"),
}


def person(name):
    """Return the person meant by a name, in Korean or Latin letters, or None."""
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    return next((who for who, spellings in SPELLINGS.items() if plain in spellings), None)


def people_of(name, value):
    """The facts about a list of names: who is in it and who is not, where all names are known."""
    if not isinstance(value, tuple | list | set) or not all(isinstance(item, str) for item in value):
        return {f"{name}_form": form_of(value)}
    if unknown := [item for item in value if person(item) is None]:
        return {f"{name}_form": f"unknown name {unknown[0][:40]!r}"}
    chosen = {person(item) for item in value}
    return {f"{name}_form": "list of names", name: {who: who in chosen for who in SPELLINGS}}


def probe_model_statements(student, given, device):
    return people_of("MODEL_STATEMENTS", student.MODEL_STATEMENTS)


def probe_fit_statements(student, given, device):
    return people_of("FIT_STATEMENTS", student.FIT_STATEMENTS)


CNN_ITEMS = ["convolution_is_linear", "mse_only", "adam_only", "cnn_only_for_images", "colour_only"]


def probe_cnn_statements(student, given, device):
    value = student.CNN_STATEMENTS
    if not isinstance(value, tuple | list) or not all(isinstance(item, bool | np.bool_) for item in value):
        return {"CNN_STATEMENTS_form": form_of(value)}
    facts = {"CNN_STATEMENTS_form": f"{len(value)} bool"}
    if len(value) == len(CNN_ITEMS):
        facts |= {name: bool(answer) for name, answer in zip(CNN_ITEMS, value, strict=True)}
    return facts
