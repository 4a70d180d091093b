"""Converts checks to JSON and back; functions are given by name, and their source is kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from autograder import checks
from autograder.checks import Axis
from autograder.core.check import Check
from autograder.core.evidence import Json
from autograder.core.text import Text


class NotPortableError(Exception):
    """A check has a value that cannot be written as JSON, such as a lambda."""


def load_functions(code: str, name: str) -> dict[str, Any]:
    """Execute the code in a file of checks and return its names."""
    module = ModuleType("checks")
    exec(compile(code, name, "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def check_to_json(check: Check) -> Json:
    """Return a check as JSON: its kind, and the fields that differ from the default.

    Raises:
        NotPortableError: a field cannot be written as JSON.
    """
    values = {field.name: (getattr(check, field.name), field.default) for field in fields(check)}  # type: ignore[arg-type]
    given = {name: _value_to_json(value) for name, (value, default) in values.items() if value is not default}
    return {"kind": type(check).__name__, **given}


def check_from_json(record: Mapping[str, Json], names: Mapping[str, Any]) -> Check:
    """Return the check from :func:`check_to_json`; its functions are looked up in ``names``."""
    given = {name: _value_from_json(value, names) for name, value in record.items() if name != "kind"}
    made: Check = getattr(checks, record["kind"])(**given)
    return made


def _value_to_json(value: object) -> Json:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Text):
        return {"text": value.to_json()}
    if isinstance(value, Axis):
        return {"axis": {field.name: _value_to_json(getattr(value, field.name)) for field in fields(value)}}
    if isinstance(value, FunctionType):
        return {"function": _function_to_json(value)}
    if isinstance(value, Mapping):
        return {"map": {str(name): _value_to_json(item) for name, item in value.items()}}
    if isinstance(value, Sequence | frozenset):
        return [_value_to_json(item) for item in value]
    raise NotPortableError(f"{value!r} cannot be written as JSON")


def _value_from_json(value: Json, names: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_value_from_json(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    ((form, content),) = value.items()
    if form == "text":
        return Text(**content)
    if form == "axis":
        return Axis(**{name: _value_from_json(item, names) for name, item in content.items()})
    if form == "map":
        return {name: _value_from_json(item, names) for name, item in content.items()}
    return _function_from_json(content, names)


def _function_to_json(function: Callable[..., Any]) -> Json:
    """Return the name of a function at the top level, or of the maker of a closure with its values."""
    maker, *rest = function.__qualname__.split(".<locals>.")
    if "<lambda>" in function.__qualname__ or len(rest) > 1 or function.__defaults__:
        raise NotPortableError(f"{function.__qualname__} must be a named function of the module's top level")
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    return {
        "name": maker,
        "inner": rest[0] if rest else None,
        "cells": {name: _value_to_json(cell.cell_contents) for name, cell in cells.items()},
    }


def _function_from_json(record: Mapping[str, Json], names: Mapping[str, Any]) -> Any:
    maker = names[record["name"]]
    if record["inner"] is None:
        return maker
    code = next(
        constant
        for constant in maker.__code__.co_consts
        if isinstance(constant, CodeType) and constant.co_name == record["inner"]
    )
    cells = {name: _value_from_json(value, names) for name, value in record["cells"].items()}
    closure = tuple(CellType(cells[name]) for name in code.co_freevars)
    return FunctionType(code, maker.__globals__, record["inner"], None, closure)
