"""Calls that a part declares instead of a probe, as text: ``"dx, dw = backward(dout, cache)"``.

A call is an expression, with or without names for what it returns. It may use inputs, settings, names of the
interface, functions of the question's probes, what earlier calls returned, and ``device``. After
``"softmax(x)"`` the name ``softmax`` is what that returned, but ``softmax(y)`` calls the function again.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from symtable import SymbolTable, symtable

from autograder.core.errors import DeclarationError


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        source: as declared.
        expression: what is evaluated.
        targets: names for what it returns; the items of a tuple have a name each.
        names: all names that the expression uses, in order.
        called: those of them that it calls.
    """

    source: str
    expression: str
    targets: tuple[str, ...]
    names: tuple[str, ...]
    called: frozenset[str]

    @property
    def observed(self) -> tuple[str, ...]:
        """The targets that are evidence; a name that begins with ``_`` is for later calls only."""
        return tuple(name for name in self.targets if not name.startswith("_"))


@lru_cache(maxsize=1024)  # asked for with every submission
def parse_call(source: str) -> Call:
    """Return a call from its text.

    Raises:
        DeclarationError: it is no expression, or what it returns has no name.
    """
    try:
        (node,) = ast.parse(source.strip()).body
    except (SyntaxError, ValueError, TypeError, AttributeError):
        raise DeclarationError(f"calls: {source!r} is not one call, such as 'out, cache = f(x)'") from None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        (target,), value = node.targets, node.value
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        targets = tuple(item.id for item in names if isinstance(item, ast.Name))
        if len(targets) == len(names):
            return _call(source, targets, value)
    elif isinstance(node, ast.Expr):
        value = node.value
        named = value.func if isinstance(value, ast.Call) else value
        if isinstance(named, ast.Name):
            return _call(source, (named.id,), value)
    raise DeclarationError(f"calls: {source!r} needs a name for what it returns, such as 'y = {source}'")


def _call(source: str, targets: tuple[str, ...], value: ast.expr) -> Call:
    calls = [node.func for node in ast.walk(value) if isinstance(node, ast.Call)]
    called = frozenset(function.id for function in calls if isinstance(function, ast.Name))
    return Call(source, ast.unparse(value), targets, _free_names(value), called)


def _free_names(node: ast.expr) -> tuple[str, ...]:
    """Return the names that an expression does not bind itself, in order."""
    free = _global_names(symtable(ast.unparse(node), "<call>", "eval"))
    names = sorted((n.lineno, n.col_offset, n.id) for n in ast.walk(node) if isinstance(n, ast.Name))
    return tuple(dict.fromkeys(name for *_, name in names if name in free))


def _global_names(table: SymbolTable) -> set[str]:
    """Return the names of the module's that a scope and those inside it read."""
    whole = table.get_type() == "module"
    symbols = table.get_symbols()
    found = {s.get_name() for s in symbols if s.is_referenced() and (s.is_global() or whole)}
    bound = {s.get_name() for s in symbols if whole and s.is_assigned()}
    return found.union(*map(_global_names, table.get_children())) - bound
