"""Records what assertions of a test cell saw, in the notebook where the cell runs; nothing is judged here.

A test cell has ``_observe("a1", lambda: relu(x))`` where an assertion stood, and ``with
_observe.raising("a2"):`` where one asked for an exception. Each assertion is recorded as often as it is
reached.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import BuiltinFunctionType, FunctionType, SimpleNamespace
from typing import Any

import numpy as np

from autograder.core.evidence import Array, Evidence
from autograder.core.seen import MAX_INSIDE, MAX_ITEMS, MAX_LEVELS, Value
from autograder.probing.arrays import from_framework

_MAX_TEXT = 50_000  # characters
MAX_REACHED = 2_000  # times that one assertion is recorded
_MAX_TOGETHER = 256 << 10  # bytes of arrays that stand in the JSON, of all assertions
_PLAIN: dict[type, str] = {
    bool: "bool", int: "int", float: "float", complex: "complex", str: "str", bytes: "bytes",
}  # fmt: skip
_NUMBERS = "biufc"


class Recorder:
    """Stands for ``_observe`` in a test cell.

    Attributes:
        seen: by the assertion's name, for each time it was reached the values on both sides.
        arrays: what is too large for JSON.
        missing: by name, what was raised where a value should be.
        room: bytes of arrays that may still stand in the JSON.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seen: dict[str, list[Value]] = {}
        self.arrays: dict[str, Array] = {}
        self.missing: dict[str, BaseException] = {}
        self.room = _MAX_TOGETHER
        self._seed = seed

    def __call__(
        self, name: str, *student: Callable[[], Any], expected: tuple[Callable[[], Any], ...] = ()
    ) -> None:
        """Record the values of both sides; the student's cell has no expected side."""
        where = self._reach(name)
        if where is None:
            return
        self._put(name, where, "s", [self._value(name, where, f"s{n}", one) for n, one in enumerate(student)])
        self._put(
            name, where, "e", [self._value(name, where, f"e{n}", one) for n, one in enumerate(expected)]
        )

    @contextmanager
    def raising(
        self, name: str, says: bool = False, expected: tuple[Callable[[], Any], ...] = ()
    ) -> Iterator[SimpleNamespace]:
        """Record the class of what is raised within, if anything is, and what it says; go on below."""
        where = self._reach(name)
        found: list[Value] = [{"k": "none"}]
        caught = SimpleNamespace(value=None, exception=None, type=None)  # as pytest or unittest have it
        try:
            yield caught
        except Exception as error:
            found = [{"k": "object", "m": _classes(type(error))}]
            found += [self._value(name, where or 0, "s1", partial(str, error))] if says else []
            caught.value, caught.exception, caught.type = error, error, type(error)
        if where is not None:
            self._put(name, where, "s", found)
            self._put(
                name, where, "e", [self._value(name, where, f"e{n}", one) for n, one in enumerate(expected)]
            )

    def drawn(self, values: Any) -> Any:
        """Return numbers of a test's input as they stand, or in a hidden variant others of the same sort."""
        return values if self._seed is None else redrawn(values, self._seed)

    def seed(self, number: int) -> int:
        """Return the seed of a test's random input, or in a hidden variant another."""
        return number if self._seed is None else (number + self._seed) % 2**31

    @property
    def evidence(self) -> Evidence:
        """What was recorded."""
        return Evidence(arrays=self.arrays, facts=dict(self.seen))

    def _reach(self, name: str) -> int | None:
        reached = self.seen.setdefault(name, [])
        if len(reached) >= MAX_REACHED:
            return None
        reached.append({"s": [], "e": []})
        return len(reached) - 1

    def _put(self, name: str, where: int, side: str, values: list[Value]) -> None:
        self.seen[name][where][side] = values

    def _value(self, name: str, where: int, side: str, of: Callable[[], Any]) -> Value:
        try:
            value = of()
        except Exception as error:
            self.missing.setdefault(name, error)
            return {"k": "error", "v": type(error).__name__[:100]}
        return _Encoding(f"{name}.{where}.{side}", self).of(value)


class _Encoding:
    def __init__(self, name: str, recorder: Recorder) -> None:
        self._name, self._recorder, self._items = name, recorder, 0

    def of(self, value: Any, level: int = 0) -> Value:
        self._items += 1
        if self._items > MAX_ITEMS or level > MAX_LEVELS:
            return {"k": "object", "m": _classes(type(value))}
        try:
            found = self._of(value, level)
        except Exception:
            found = {"k": "object"}
        kind = type(value)
        if kind.__module__ != "builtins" or found["k"] == "object":
            found.setdefault("m", _classes(kind))
        return found

    def _of(self, value: Any, level: int) -> Value:
        if value is None or value is ...:
            return {"k": "none" if value is None else "ellipsis"}
        if isinstance(value, type):
            return {"k": "type", "v": _classes(value)}
        if isinstance(value, FunctionType | BuiltinFunctionType):
            return {
                "k": "type",
                "v": [f"{value.__module__}.{value.__qualname__}"[:200]],
                "m": _classes(type(value)),
            }
        kind = next((_PLAIN[one] for one in _PLAIN if type(value) is one), None)
        if kind is not None:
            return _plain(kind, value)
        if (several := _several(value)) is not None:
            kind, items = several
            return {"k": kind, "v": [self.of(item, level + 1) for item in items]}
        if isinstance(value, dict):
            pairs = [[self.of(key, level + 1), self.of(one, level + 1)] for key, one in dict.items(value)]
            return {"k": "dict", "v": pairs}
        if (dtype := _dtype_name(value)) is not None:
            return {"k": "dtype", "v": dtype}
        return self._array(value)

    def _array(self, value: Any) -> Value:
        plain = _as_array(value)
        if not isinstance(plain, np.ndarray | np.generic):
            for one in _PLAIN:  # subclasses, such as an enumeration's
                if isinstance(value, one):
                    return _plain(_PLAIN[one], one(value))
            return {"k": "object"}
        array = np.asarray(plain)
        named = str(getattr(value, "dtype", array.dtype)).removeprefix("torch.")
        dtype = named.split("'")[1] if "'" in named else named
        found: Value = {"k": "array", "d": dtype, "s": list(array.shape)}
        if isinstance(plain, np.generic) and plain is value:
            found["scalar"] = True
        if array.dtype.kind in "US":
            return found | {"texts": [str(one)[:_MAX_TEXT] for one in array.reshape(-1)[:MAX_ITEMS]]}
        if array.dtype.kind == "O":
            return found | {"items": [self.of(one, 1) for one in array.reshape(-1)[:MAX_ITEMS]]}
        return found | self._numbers(array) if array.dtype.kind in _NUMBERS else {"k": "object"}

    def _numbers(self, array: Array) -> Value:
        """Return what an array of numbers adds: its bytes, or where they are."""
        if array.dtype.itemsize > 16 or array.dtype.name in ("float128", "bfloat16"):
            array = array.astype(np.float64)
        array = np.ascontiguousarray(array).reshape(array.shape)
        if array.nbytes <= min(MAX_INSIDE, self._recorder.room) or array.dtype.name == "complex128":
            self._recorder.room -= array.nbytes
            return {"t": array.dtype.name, "v": base64.b64encode(array.tobytes()).decode()}
        name = f"{self._name}.{len(self._recorder.arrays)}"
        self._recorder.arrays[name] = array.copy()
        return {"t": array.dtype.name, "at": name}


def _as_array(value: Any) -> Any:
    """Return what has numbers as an array: a framework's tensor, a table; anything else as it is."""
    if isinstance(value, np.ndarray | np.generic):
        return value
    plain = from_framework(value)
    return np.asarray(value) if plain is value and hasattr(value, "__array__") else plain


def _plain(kind: str, value: Any) -> Value:
    if kind == "bool":
        return {"k": kind, "v": bool(value)}
    if kind == "str":
        return {"k": kind, "v": str.__str__(value)[:_MAX_TEXT]}
    if kind == "bytes":
        return {"k": kind, "v": base64.b64encode(bytes(value[:_MAX_TEXT])).decode()}
    if kind == "float":
        return {"k": kind, "v": float(value).hex()}
    return {"k": kind, "v": repr(value)[:_MAX_TEXT]}


def _several(value: Any) -> tuple[str, Any] | None:
    """Return a sequence's or set's kind and items; those of torch's and TensorFlow's shapes too."""
    kind = type(value)
    if kind.__name__ in ("Size", "TensorShape") and kind.__module__.split(".")[0] in ("torch", "tensorflow"):
        return "dims", list(value)
    if isinstance(value, list):
        return "list", list.copy(value)
    if isinstance(value, tuple):
        return "tuple", tuple(value)
    if isinstance(value, range) or kind.__name__ in ("dict_keys", "dict_values", "dict_items"):
        return "list", list(value)[: MAX_ITEMS + 1]
    if isinstance(value, set | frozenset):
        return "set", sorted(value, key=repr)
    return None


def _dtype_name(value: Any) -> str | None:
    """Return the name of numpy's, torch's or TensorFlow's dtype or device; None of anything else."""
    kind = type(value)
    if isinstance(value, np.dtype):
        return value.name
    if kind.__name__ in ("dtype", "DType", "device") and kind.__module__.split(".")[0] in (
        "torch",
        "tensorflow",
    ):
        return str(value.name if kind.__name__ == "DType" else value).removeprefix("torch.")
    return None


def _classes(kind: type) -> list[str]:
    found = []
    for one in type.mro(kind)[:-1] if kind is not type else ():
        module, name = type.__getattribute__(one, "__module__"), type.__getattribute__(one, "__qualname__")
        found.append(f"{module}.{name}"[:200])
    return found[:30] or [f"{kind.__module__}.{kind.__qualname__}"]


def redrawn(values: Any, seed: int) -> Any:
    """Return numbers, in nested lists, drawn anew between the smallest and the largest of them.

    What they are is kept: whole numbers stay as they are, as they may be labels or sizes; rows that sum to
    one do so again, sorted rows stay sorted, symmetric matrices symmetric, and signs stay where all are the
    same.
    """
    array = np.asarray(values)
    if array.dtype.kind != "f" or array.size < 2 or (array == np.round(array)).all():
        return values
    random_numbers = np.random.default_rng([seed % 2**31, array.size])
    low, high = float(array.min()), float(array.max())
    made = np.round(random_numbers.uniform(low, high, array.shape), 3)
    if array.ndim and np.allclose(array.sum(-1), 1) and low >= 0:
        made = np.round(random_numbers.dirichlet(np.ones(array.shape[-1]), array.shape[:-1]), 6)
    elif array.ndim and (np.diff(array, axis=-1) >= 0).all():
        made = np.sort(made, axis=-1)
    elif array.ndim == 2 and array.shape[0] == array.shape[1] and (array == array.T).all():
        made = (made + made.T) / 2
    made = np.where(array == np.round(array), array, made) if (array == 0).mean() > 0.4 else made
    return made.tolist() if not isinstance(values, np.ndarray) else made
