"""Evaluates what an assertion asks for, outside the sandbox: a small language of comparisons.

``allclose(s0, e0, atol=0.001)``: ``s0`` is the first value of the student's, ``e0`` the first that was
expected. It has comparisons, ``and``, ``or``, ``not``, arithmetic, literals, and the functions of
:data:`FUNCTIONS`, which judge as the libraries do whose names they have.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import numpy as np

from autograder.checks.values import Named, Seen, UnusableError

_TORCH = {  # rtol and atol of torch.testing.assert_close
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7),
}  # fmt: skip


def _plain(value: Any) -> Any:
    return np.asarray(value)


def _dtype(value: Any) -> str:
    return (value.dtype_name if isinstance(value, Seen) else "") or str(np.asarray(value).dtype)


def _raises_nothing(check: Callable[..., Any]) -> Callable[..., bool]:
    def holds(*values: Any, **options: Any) -> bool:
        try:
            check(*values, **options)
        except AssertionError:
            return False
        return True

    return holds


def _numpy_tests(name: str, *values: Any, **options: Any) -> None:
    getattr(np.testing, name)(*values, **options)  # imported here: it takes 30 ms


def _torch_allclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    return _dtype(a) == _dtype(b) and bool(np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))


def _torch_equal(a: Any, b: Any) -> bool:
    return _plain(a).shape == _plain(b).shape and bool((_plain(a) == _plain(b)).all())


def _assert_close(
    a: Any,
    b: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_dtype: bool = True,
    **_: Any,
) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_assert_close, a, b))
    if _plain(a).shape != _plain(b).shape or (check_dtype and _dtype(a) != _dtype(b)):
        return False
    defaults = _TORCH.get(_dtype(b), (0.0, 0.0))
    rtol, atol = (defaults[0] if rtol is None else rtol), (defaults[1] if atol is None else atol)
    return bool(np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))


def _assert_near(x: Any, y: Any, rtol: float | None = None, atol: float | None = None, **_: Any) -> bool:
    kind = _plain(x).dtype
    small = 10 * np.finfo(kind).eps if kind.kind == "f" else 0.0
    rtol, atol = (small if one is None else one for one in (rtol, atol))
    return bool((np.abs(_plain(x) - _plain(y)) <= atol + rtol * np.abs(_plain(y))).all())


class _Approx:
    def __init__(
        self, value: Any, rel: float | None = None, abs: float | None = None, nan_ok: bool = False
    ) -> None:
        self.value, self.nan_ok = value, nan_ok
        self.rel, self.abs = (
            (1e-6 if rel is None and abs is None else rel or 0.0),
            (1e-12 if abs is None else abs),
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(self.value, dict):
            if not isinstance(other, dict) or other.keys() != self.value.keys():
                return False
            return all(_Approx(v, self.rel, self.abs) == other[k] for k, v in self.value.items())
        mine, theirs = np.asarray(other), np.asarray(self.value)
        if mine.shape != theirs.shape and theirs.shape:
            return False
        allowed = np.maximum(self.rel * np.abs(theirs), self.abs)
        with np.errstate(all="ignore"):
            return bool(((np.abs(mine - theirs) <= allowed) | (mine == theirs)).all())

    __hash__ = None  # type: ignore[assignment]


def _almost_equal(a: Any, b: Any, places: int | None = None, msg: Any = None, delta: Any = None) -> bool:
    """Judge as unittest's assertAlmostEqual does."""
    if bool(np.all(a == b)):
        return True
    difference = abs(a - b)
    return (
        bool(difference <= delta)
        if delta is not None
        else bool(round(difference, 7 if places is None else places) == 0)
    )


def _is(a: Any, b: Any) -> bool:
    if isinstance(a, Named) or isinstance(b, Named):
        return bool(a == b)
    return a is b or (a is not None and b is not None and type(a) is type(b) and bool(np.all(a == b)))


def _count_equal(a: Any, b: Any, *_: Any) -> bool:
    return sorted(map(repr, a)) == sorted(map(repr, b))


def _norm(
    value: Any, ord: Any = None, axis: Any = None, dim: Any = None, p: Any = None, keepdims: bool = False
) -> Any:
    return np.linalg.norm(
        value, ord=ord if p is None else p, axis=dim if axis is None else axis, keepdims=keepdims
    )


def _over_axis(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(value: Any, axis: Any = None, dim: Any = None, keepdims: bool = False) -> Any:
        return function(value, axis=dim if axis is None else axis, keepdims=keepdims)

    return reduce


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "matches": lambda text, pattern: re.search(pattern, text),
    **{name: getattr(np, name) for name in ("allclose", "isclose", "array_equal", "array_equiv", "square",
    "sqrt")},
    **{name: getattr(np, name) for name in ("isfinite", "isnan", "isinf", "logical_and", "logical_or",
    "logical_not")},
    **{name: getattr(np, name) for name in ("maximum", "minimum", "array", "argmax", "unique", "shape",
    "sign")},
    **{name: _over_axis(getattr(np, name)) for name in ("all", "any", "sum", "mean", "max", "min", "std",
    "var")},
    **{
        f"np_{name}": _raises_nothing(partial(_numpy_tests, name))
        for name in (
            "assert_allclose", "assert_almost_equal", "assert_array_almost_equal", "assert_array_equal",
            "assert_equal", "assert_array_less", "assert_approx_equal", "assert_string_equal",
        )
    },
    "abs": np.abs,
    "norm": _norm,
    "torch_allclose": _torch_allclose,
    "torch_equal": _torch_equal,
    "assert_close": _assert_close,
    "assert_near": _assert_near,
    "approx": _Approx,
    "almost_equal": _almost_equal,
    "count_equal": _count_equal,
    "math_isclose": math.isclose,
    "is_same": _is,
    "equals": operator.eq,
    "differs": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "float": float,
    "int": int,
    "bool": bool,
    "len": len,
    "round": round,
    "set": frozenset,
    "sorted": sorted,
    "list": list,
    "tuple": tuple,
    "str": str,
    "plain_all": all,
    "plain_any": any,
    "plain_sum": sum,
    "plain_max": max,
    "plain_min": min,
}  # fmt: skip
_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.MatMult: operator.matmul,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt:
    operator.gt, ast.GtE: operator.ge, ast.Is: _is, ast.IsNot: lambda a, b: not _is(a, b),
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip
_MAX_POWER = 64


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """Return a predicate's syntax.

    Raises:
        ValueError: it does not parse, or uses what is not in the language.
    """
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text!r}: {error.msg}") from None
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and not (
            isinstance(one.func, ast.Name) and one.func.id in {*FUNCTIONS, "isinstance", "raised"}
        ):
            raise ValueError(f"{text!r}: {ast.unparse(one.func)} is no function of predicates")
    return node


def holds(text: str, values: Mapping[str, Any], classes: Mapping[str, list[str]]) -> bool:
    """Return whether a predicate is true, as ``assert`` takes it.

    Args:
        text: the predicate.
        values: by name, a function that gives each value, or raises :class:`UnusableError`.
        classes: by name, the names of each value's classes.

    Raises:
        UnusableError: it needs a value that is none.
        Exception: whatever comparing such values raises.
    """
    with np.errstate(all="ignore"):
        return bool(_Evaluation(values, classes).of(parse(text)))


class _Evaluation:
    def __init__(self, values: Mapping[str, Any], classes: Mapping[str, list[str]]) -> None:
        self._values, self._classes = values, classes

    def of(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._values[name]()
            case ast.BoolOp(op=op, values=parts):
                return self._first(parts, stop=isinstance(op, ast.Or))
            case ast.UnaryOp(op=op, operand=operand):
                return _OPERATORS[type(op)](self.of(operand))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self._power(self.of(left), self.of(right))
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self.of(left), self.of(right))
            case ast.Compare():
                return self._compare(node)
            case ast.Call():
                return self._call(node)
        return self._collection(node)

    def _call(self, node: ast.Call) -> Any:
        name = ast.unparse(node.func)
        if name in ("isinstance", "raised"):
            return self._isinstance(node.args)
        named = {one.arg: self.of(one.value) for one in node.keywords if one.arg}
        return FUNCTIONS[name](*map(self.of, node.args), **named)

    def _collection(self, node: ast.expr) -> Any:
        match node:
            case ast.List(elts=items):
                return [self.of(item) for item in items]
            case ast.Tuple(elts=items):
                return tuple(self.of(item) for item in items)
            case ast.Set(elts=items):
                return frozenset(self.of(item) for item in items)
            case ast.Dict(keys=keys, values=items):
                return {self.of(key): self.of(item) for key, item in zip(keys, items, strict=True) if key}
        raise ValueError(f"{ast.unparse(node)} is not in the language of predicates")

    def _first(self, parts: list[ast.expr], *, stop: bool) -> Any:
        value: Any = not stop
        for part in parts:
            value = self.of(part)
            if bool(value) is stop:
                break
        return value

    def _power(self, left: Any, right: Any) -> Any:
        if isinstance(left, int) and (not isinstance(right, int | float) or abs(right) > _MAX_POWER):
            raise UnusableError
        return left**right

    def _compare(self, node: ast.Compare) -> Any:
        left, result = self.of(node.left), True
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.of(right_node)
            result = _OPERATORS[type(op)](left, right)
            if len(node.ops) > 1 and not bool(result):
                break
            left = right
        return result

    def _isinstance(self, arguments: list[ast.expr]) -> bool:
        of, wanted = arguments
        if not isinstance(of, ast.Name):
            raise ValueError("isinstance needs a value that was seen")
        self._values[of.id]()  # raises where there is none
        found = self.of(wanted)
        kinds = found if isinstance(found, tuple | list) else (found,)
        names = {one.names[0] for one in kinds if isinstance(one, Named) and one.names}
        return not names.isdisjoint([*self._classes[of.id], "builtins.object"])
