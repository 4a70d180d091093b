"""Values that an assertion saw, read back from JSON; every one may be anything, and is of a plain class
here."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.core.evidence import Array
from autograder.core.seen import CLASSES, MAX_LEVELS, Value


class UnusableError(Exception):
    """A value is none that could be judged: it was raised instead, or cannot be read."""


class Seen(np.ndarray[Any, Any]):
    """An array with the dtype that it had in its framework, and the framework's name."""

    dtype_name: str = ""
    framework: str = ""

    def __array_finalize__(self, other: object) -> None:
        self.dtype_name = getattr(other, "dtype_name", "")
        self.framework = getattr(other, "framework", "")


class Dims(tuple[Any, ...]):
    """A shape, which equals lists and tuples of the same numbers."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list | tuple) and tuple(self) == tuple(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__


class Named:
    """A dtype, a device or a class, by its names; it equals one that shares its first name, and its text."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return other.removeprefix("torch.") == self.short
        return isinstance(other, Named) and self.short == other.short

    def __hash__(self) -> int:
        return hash(self.short)

    @property
    def short(self) -> str:
        """The name without numpy's before it, which are both dtypes and classes."""
        whole = self.names[0] if self.names else ""
        short = whole.removeprefix("numpy.").removeprefix("builtins.").removesuffix("_")
        return {"float": "float64", "int": "int64"}.get(short, short) if whole != short else short


class Opaque:
    """An object of which only its classes are known."""


def classes_of(value: Value) -> list[str]:
    """Return the names of a value's classes, the nearest first."""
    named = value.get("m")
    found = named if isinstance(named, list) else CLASSES.get(str(value.get("k")), [])
    return [str(one) for one in found]


def read_value(value: Any, arrays: Mapping[str, Array], level: int = 0) -> Any:
    """Return what was seen, as Python's and numpy's own.

    Raises:
        UnusableError: it was raised instead, or it is no value.
    """
    if not isinstance(value, dict) or level > MAX_LEVELS + 1:
        raise UnusableError
    kind, plain = value.get("k"), value.get("v")
    try:
        if kind in ("list", "tuple", "set", "dims", "dict"):
            return _several(str(kind), plain, arrays, level)
        if kind == "array":
            return _array(value, arrays)
        return _PLAIN[str(kind)](plain)
    except (KeyError, ValueError, TypeError, binascii.Error, SyntaxError):
        raise UnusableError from None


def _several(kind: str, items: Any, arrays: Mapping[str, Array], level: int) -> Any:
    if kind == "dict":
        pairs = [(read_value(k, arrays, level + 1), read_value(v, arrays, level + 1)) for k, v in items]
        return dict(pairs)
    found = [read_value(item, arrays, level + 1) for item in items]
    return {"list": list, "tuple": tuple, "set": frozenset, "dims": Dims}[kind](found)


def _array(value: Value, arrays: Mapping[str, Array]) -> Any:
    shape = tuple(int(size) for size in value["s"])
    if "texts" in value or "items" in value:
        items = value.get("texts") or [read_value(one, arrays, 1) for one in value["items"]]
        array: Array = np.empty(len(items), dtype=object)
        array[:] = items
        array = array.reshape(shape)
        return array.astype(str) if "texts" in value else array
    if "at" in value:
        array = arrays[str(value["at"])]
    else:
        array = np.frombuffer(base64.b64decode(value["v"], validate=True), np.dtype(str(value["t"])))
    array = array.reshape(shape)
    if array.dtype.kind not in "biufc":
        raise UnusableError
    if value.get("scalar"):
        return array[()]
    seen = array.view(Seen)
    seen.dtype_name = str(value.get("d", ""))
    seen.framework = (classes_of(value) or [""])[0].partition(".")[0]
    return seen


def _error(_: object) -> Any:
    raise UnusableError


def _number(kind: type) -> Any:
    def read(text: Any) -> Any:
        return kind(str(text)[:5_000])

    return read


_PLAIN: Mapping[str, Any] = {
    "none": lambda _: None,
    "ellipsis": lambda _: ...,
    "bool": lambda value: value is True,
    "int": _number(int),
    "float": lambda text: float.fromhex(str(text)),
    "complex": _number(complex),
    "str": str,
    "bytes": lambda text: base64.b64decode(text, validate=True),
    "dtype": lambda name: Named(str(name)),
    "type": lambda names: Named(*map(str, names)),
    "object": lambda _: Opaque(),
    "error": _error,
}


def has_nan(value: Any) -> bool:
    """Return whether a number, or one in an array, a list or a dictionary, is NaN."""
    if isinstance(value, float | complex | np.ndarray | np.generic):
        array = np.asarray(value)
        return array.dtype.kind in "fc" and bool(np.isnan(array).any())
    if isinstance(value, list | tuple | frozenset):
        return any(map(has_nan, value))
    return isinstance(value, dict) and any(map(has_nan, value.values()))
