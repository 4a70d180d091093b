"""The forms of assertions: which call is which function of :mod:`autograder.checks.predicates`."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder.integrations.importers.taint import Function, loads

_NP_TESTING = (
    "assert_allclose", "assert_almost_equal", "assert_array_almost_equal", "assert_array_equal",
    "assert_equal", "assert_array_less", "assert_approx_equal", "assert_string_equal",
)  # fmt: skip
_ORDERS = {
    "less": "less", "less_equal": "less_equal", "greater": "greater", "greater_equal": "greater_equal",
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "ne": "differs",
    "not_equal": "differs", "eq": "equals", "equal": "equals",
}  # fmt: skip

# Functions with a value, by their full names.
COMPARATORS: Mapping[str, str] = {
    **{
        f"{lib}.{name}": to
        for lib in ("numpy", "torch", "tensorflow", "tensorflow.math")
        for name, to in _ORDERS.items()
    },
    "numpy.allclose": "allclose", "numpy.isclose": "isclose", "numpy.array_equal": "array_equal",
    "numpy.array_equiv": "array_equiv", "jax.numpy.allclose": "allclose",
    "jax.numpy.array_equal": "array_equal", "tensorflow.experimental.numpy.allclose": "allclose",
    "torch.allclose": "torch_allclose", "torch.isclose": "isclose", "torch.equal": "torch_equal",
    "math.isclose": "math_isclose", "cmath.isclose": "isclose", "pytest.approx": "approx",
    "operator.eq": "equals",
}  # fmt: skip

# Functions that are evaluated outside where they stand above a comparison or a difference.
_PLAIN = ("abs", "float", "int", "bool", "len", "round", "set", "sorted", "list", "tuple", "str")
_ARRAYS = {
    **{name: name for name in ("all", "any", "abs", "sum", "mean", "max", "min", "norm", "sqrt", "square")},
    **{f"reduce_{name}": name for name in ("all", "any", "sum", "mean", "max", "min")},
    **{f"logical_{name}": f"logical_{name}" for name in ("and", "or", "not")},
    "absolute": "abs", "amax": "max", "amin": "min", "isfinite": "isfinite", "maximum": "maximum",
    "minimum": "minimum", "array": "array", "asarray": "array", "tensor": "array", "unique": "unique",
    "sort": "sorted",
}  # fmt: skip
REDUCERS: Mapping[str, str] = {
    **{name: f"plain_{name}" for name in ("all", "any", "sum", "max", "min")},
    **{name: name for name in _PLAIN},
    **{
        f"{lib}.{name}": to
        for lib in ("numpy", "torch", "tensorflow", "tensorflow.math", "jax.numpy")
        for name, to in _ARRAYS.items()
    },
    **{f"{of}.norm": "norm" for of in ("numpy.linalg", "torch.linalg", "tensorflow")},
    "math.fabs": "abs",
    "math.sqrt": "sqrt",
}
METHODS = {
    "all": "all", "any": "any", "sum": "sum", "mean": "mean", "max": "max", "min": "min", "abs": "abs",
    "norm": "norm", "item": "", "numpy": "", "detach": "", "cpu": "", "tolist": "list", "std": "std",
    "eq": "equals", "equal": "torch_equal", "allclose": "torch_allclose", "ne": "differs", "lt": "less",
    "gt": "greater", "le": "less_equal", "ge": "greater_equal", "isclose": "isclose", "float": "",
    "double": "", "bool": "", "squeeze": "",
}  # fmt: skip

# Statements that raise where something does not hold, by their full names.
STATEMENTS: Mapping[str, str] = {
    **{f"numpy.testing.{name}": f"np_{name}" for name in _NP_TESTING},
    **{
        f"tensorflow.debugging.assert_{name}": name
        for name in ("less", "less_equal", "greater", "greater_equal")
    },
    "numpy.testing.assert_": "",
    "torch.testing.assert_close": "assert_close",
    "torch.testing.assert_allclose": "assert_close",
    "tensorflow.debugging.assert_near": "assert_near",
    "tensorflow.debugging.assert_equal": "array_equal",
    "tensorflow.debugging.Assert": "",
}

# unittest's methods, and the functions that nose makes of them.
UNITTEST: Mapping[str, str] = {
    **{f"assert{of}Equal": "s == e" for of in ("", "List", "Tuple", "Dict", "Set", "MultiLine")},
    "assertEquals": "s == e",
    "assertNotEqual": "s != e", "assertTrue": "s", "assertFalse": "not s",
    "assertIs": "s is e", "assertIsNot": "s is not e", "assertIsNone": "s is None",
    "assertIsNotNone": "s is not None", "assertIn": "s in e", "assertNotIn": "s not in e",
    "assertIsInstance": "isinstance(s, e)", "assertNotIsInstance": "not isinstance(s, e)",
    "assertAlmostEqual": "almost_equal(s, e)", "assertNotAlmostEqual": "not almost_equal(s, e)",
    "assertGreater": "s > e", "assertGreaterEqual": "s >= e", "assertLess": "s < e",
    "assertLessEqual": "s <= e", "assertSequenceEqual": "list(s) == list(e)",
    "assertCountEqual": "count_equal(s, e)",
}  # fmt: skip
_NOSE = {
    **{re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", name): name for name in UNITTEST},
    "ok_": "assertTrue", "eq_": "assertEqual", "assert_almost_equals": "assertAlmostEqual",
}  # fmt: skip
_RAISES = {"pytest.raises", "numpy.testing.assert_raises", "nose.tools.assert_raises", "nose.tools.raises"}
_RAISES |= {"numpy.testing.assert_raises_regex", "nose.tools.assert_raises_regex"}


@dataclass(frozen=True)
class Aliases:
    """The full names of what cells import, by the names that they give them."""

    names: Mapping[str, str]

    def full(self, node: ast.expr) -> str:
        """Return the full name of a function; empty where it has none, such as a method of a result."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        root = self.names.get(node.id, node.id)
        return ".".join([root, *reversed(parts)])

    def statement(self, call: ast.Call) -> tuple[str, str] | None:
        """Return how a call that raises where something does not hold judges.

        Returns:
            The kind, ``function`` or ``unittest``, and the function or the form; None if it is no such call.
        """
        full = self.full(call.func)
        if full in STATEMENTS:
            return "function", STATEMENTS[full]
        last = call.func.attr if isinstance(call.func, ast.Attribute) else full.rpartition(".")[2]
        if last in UNITTEST and isinstance(call.func, ast.Attribute):
            return "unittest", UNITTEST[last]
        if last in _NOSE and (full.startswith("nose.") or full == f"unittest.{last}"):
            return "unittest", UNITTEST[_NOSE[last]]
        return None

    def raises(self, call: ast.expr) -> bool:
        """Return whether a call asks for an exception."""
        if not isinstance(call, ast.Call):
            return False
        last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        return self.full(call.func) in _RAISES or last in ("assertRaises", "assertRaisesRegex")


def expected_raised(call: ast.Call) -> tuple[list[ast.expr], list[ast.expr]]:
    """Return the class, and what it must say, of what a call asks to be raised; and what it calls."""
    named = {one.arg: one.value for one in call.keywords}
    upto = 2 if ast.unparse(call.func).lower().endswith("regex") else 1
    expected = call.args[:upto] or [named[name] for name in ("expected_exception",) if name in named]
    said = [] if call.args[upto:] else [named[name] for name in ("match", "expected_regex") if name in named]
    return [*expected, *said], call.args[upto:]


def aliases_of(trees: Iterable[ast.AST]) -> Aliases:
    """Return the names that modules are imported by in these cells."""
    names: dict[str, str] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for item in node.names:
                    first = item.name.partition(".")[0]
                    names[item.asname or first] = item.name if item.asname else first
            elif isinstance(node, ast.ImportFrom) and node.module:
                for item in node.names:
                    if item.name == "*" and node.module in ("numpy.testing", "nose.tools"):
                        every = [*_NP_TESTING, "assert_", "assert_raises", *_NOSE]
                        names |= {one: f"{node.module}.{one}" for one in every}
                    names[item.asname or item.name] = f"{node.module}.{item.name}"
    return Aliases(names)


def functions_with_assertions(tree: ast.Module, aliases: Aliases) -> set[str]:
    """Return the names of the functions of a cell in which something is asserted."""
    return {node.name for node in ast.walk(tree) if isinstance(node, Function) and asserts(node, aliases)}


def asserts(tree: ast.AST, aliases: Aliases) -> bool:
    """Return whether something is asserted in a piece of code."""
    return any(
        isinstance(one, ast.Assert)
        or (isinstance(one, ast.Call) and aliases.statement(one) is not None)
        or (isinstance(one, ast.Raise) and one.exc is not None and "AssertionError" in ast.unparse(one.exc))
        for one in ast.walk(tree)
    )


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the names of the modules that code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


class Filled(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, given: Mapping[str, ast.expr]) -> None:
        self._given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self._given.get(node.id, node))


def is_constant(node: ast.expr) -> bool:
    """Return whether an expression is a literal, in tuples, lists and dictionaries too."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return is_constant(operand)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return all(map(is_constant, items))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow(), right=right):
            return is_constant(left) and is_constant(right)
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and is_constant(key) for key in keys) and all(map(is_constant, values))
    return False


def demanded(tree: ast.Module) -> Iterator[str]:
    """Yield the names of which something is asked: by an assertion, or before an exception is raised."""
    for node in ast.walk(tree):
        raises = isinstance(node, ast.If) and any(
            isinstance(x, ast.Raise) for x in [*node.body, *node.orelse]
        )
        if isinstance(node, ast.Assert | ast.If) and (raises or isinstance(node, ast.Assert)):
            yield from loads(node.test)


def count_assertions(tree: ast.AST) -> int:
    """Return how many assertions stand in a cell, calls such as ``assert_allclose`` among them."""
    calls = [one.func for one in ast.walk(tree) if isinstance(one, ast.Call)]
    named = [ast.unparse(one).rpartition(".")[2] for one in calls]
    return sum(isinstance(one, ast.Assert) for one in ast.walk(tree)) + sum(
        one.startswith("assert") for one in named
    )


def prints(statement: ast.stmt) -> bool:
    """Return whether a statement only prints."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) in ("print", "display")


def says_or_counts(statement: ast.stmt) -> bool:
    """Return whether a statement only prints or counts."""
    match statement:
        case ast.Pass() | ast.Continue() | ast.AugAssign() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(value=value):
            return is_constant(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"))):
            return True
    return prints(statement)
