"""Which names of a notebook depend on the student's code."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef
_WRITING = re.compile(r"(save|savez|savetxt|savez_compressed|savefig|imsave|dump|open|write_\w+|to_\w+)$")
_CHANGING = frozenset(
    ["append", "extend", "insert", "update", "add", "copy_", "load_state_dict", "setdefault"]
)


class Students:
    """The names that depend on the student's code, as cells are read one after another.

    Args:
        modules: those that students write, each with its names.

    Attributes:
        names: of the notebook's namespace.
        functions: the question's own functions, by name.
    """

    def __init__(self, modules: Mapping[str, Collection[str]] | None = None) -> None:
        self._modules = modules or {}
        self.names: set[str] = set()
        self.functions: dict[str, Function] = {}
        self._keys: set[str] = set()  # names that go over the keys of a dictionary of the student's
        self._written: set[object] = set()  # names of files that the student's code writes
        self._parameters: dict[str, set[str]] = {}

    def apart(self) -> Students:
        """Return those of a module, which has names of its own, and knows the same functions."""
        made = copy.copy(self)
        made.names = set()
        return made

    def answer(self, tree: ast.Module) -> None:
        """Read a cell that a student fills in: what it defines, but not imports, is the student's."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _WRITING.search(ast.unparse(node.func)):
                self._written |= {one.value for one in node.args if isinstance(one, ast.Constant)}
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        self.names |= set(bound(tree.body)) - set(bound(imports))
        for name in self.names & self.functions.keys():
            del self.functions[name]

    def own(self, tree: ast.Module) -> None:
        """Read a cell of the question's own."""
        for node in ast.walk(tree):
            if isinstance(node, Function):
                self.functions[node.name] = node
        self.names -= _first_stored(tree.body)  # those that depend on it here are found again
        for _ in range(4):
            before = (set(self.names), {name: set(found) for name, found in self._parameters.items()})
            self._spread(tree.body, self.names)
            if before == (self.names, self._parameters):
                break

    def inside(self, function: Function, names: set[str]) -> set[str]:
        """Return the names that depend on the student's code within a function of the question's."""
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        arguments += filter(None, [function.args.vararg, function.args.kwarg])
        own, body = {one.arg for one in arguments}, function.body
        found = names - own - set(bound(body))
        found |= self._parameters.get(function.name, set())
        for _ in range(4):
            size = len(found)
            self._spread(body, found)
            if size == len(found):
                break
        return found

    def depends(self, node: ast.AST, names: set[str] | None = None) -> bool:
        """Return whether an expression depends on the student's code."""
        mine = self.names if names is None else names
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) and one.id in mine:
                return True
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value in self._written:
                return True
            if isinstance(one, ast.NamedExpr) and self.depends(one.value, mine):
                return True
        return False

    def beside(self, values: Sequence[ast.expr], names: set[str]) -> list[ast.expr]:
        """Return those of values in one comparison or call that depend on the student's code only for the key
        under which they stand, where a value of the student's stands under it, too."""
        found = [loads(one) & names for one in values]
        return [
            one
            for one, mine in zip(values, found, strict=True)
            if mine and mine <= self._keys and any(mine < other for other in found)
        ]

    def _spread(self, body: Sequence[ast.stmt], names: set[str]) -> None:
        for statement in body:
            for call in _calls(statement):
                self._note_arguments(call, names)
            if isinstance(statement, Function | ast.ClassDef):
                if isinstance(statement, Function):
                    inner = self.inside(statement, names)
                    inner -= self._parameters.get(statement.name, set()) | set(bound(statement.body))
                    if any(self.depends(one, inner) for one in statement.body):
                        names.add(statement.name)
                elif self.depends(statement, names):
                    names.add(statement.name)
                continue
            self._spread_statement(statement, names)
            for inner_body in blocks(statement):
                self._spread(inner_body, names)

    def _spread_statement(self, statement: ast.stmt, names: set[str]) -> None:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            names.update(self._imported(statement))
        if isinstance(statement, ast.For) and keys_of(statement) and self.depends(statement.iter, names):
            self._keys |= set(roots(statement.target))
        for target, value in _assigned(statement):
            if self.depends(value, names) or (
                isinstance(statement, ast.With) and any(self.depends(one, names) for one in statement.body)
            ):
                names.update(roots(target))
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._spread_call(statement.value, names)

    def _imported(self, statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
        """Yield the names that are imported from modules which students write."""
        for item in statement.names:
            of = item.name if isinstance(statement, ast.Import) else statement.module or ""
            known = next(
                (one for one in (of.partition(".")[0], of.rpartition(".")[2]) if one in self._modules), ""
            )
            if known and item.name == "*":
                yield from self._modules[known]
            elif known:
                yield item.asname or item.name.partition(".")[0]

    def _spread_call(self, call: ast.Call, names: set[str]) -> None:
        """Read a call whose value is not used: it is made for what it changes."""
        arguments = [*call.args, *(one.value for one in call.keywords)]
        changes = isinstance(call.func, ast.Attribute) and (
            call.func.attr in _CHANGING or call.func.attr.startswith("fit")
        )
        if changes and any(self.depends(one, names) for one in arguments):
            names.update(roots(call.func))
        if self.depends(call.func, names) and not isinstance(call.func, ast.Attribute):
            self._written |= {
                x.value for one in arguments for x in ast.walk(one) if isinstance(x, ast.Constant)
            }
            names.update(name for one in arguments if isinstance(one, ast.Name) for name in roots(one))

    def _note_arguments(self, call: ast.Call, names: set[str]) -> None:
        """Note which parameters of the question's own functions get what depends on the student's code."""
        called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        function = self.functions.get(called)
        if function is None:
            return
        found = self._parameters.setdefault(function.name, set())
        known = [one.arg for one in [*function.args.posonlyargs, *function.args.args]]
        beside = self.beside(call.args, names)
        for number, argument in enumerate(call.args):
            if argument not in beside and self.depends(argument, names):
                if isinstance(argument, ast.Starred) or number >= len(known):
                    found |= set(known) | ({function.args.vararg.arg} if function.args.vararg else set())
                else:
                    found.add(known[number])
        found |= {one.arg for one in call.keywords if one.arg and self.depends(one.value, names)}


def bound(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements bind, those in their blocks too, but not in functions."""
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (item.asname or item.name.partition(".")[0] for item in names)
            case ast.Assign(targets=targets):
                yield from (name for target in targets for name in roots(target))
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.For(target=target):
                yield from roots(target)
            case ast.With(items=items):
                yield from (name for one in items if one.optional_vars for name in roots(one.optional_vars))
        yield from (node.target.id for node in ast.walk(statement) if isinstance(node, ast.NamedExpr))
        for inner in blocks(statement):
            yield from bound(inner)


def _assigned(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a statement itself assigns to, each with what it assigns."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.AugAssign(target=target, value=value)
        ):
            yield target, value
        case ast.For(target=target, iter=value):
            yield from _columns(target, value)
        case ast.With(items=items):
            yield from ((one.optional_vars, one.context_expr) for one in items if one.optional_vars)
    yield from ((one.target, one.value) for one in ast.walk(statement) if isinstance(one, ast.NamedExpr))


def keys_of(loop: ast.For) -> bool:
    """Return whether a loop goes over the keys of a dictionary."""
    return isinstance(loop.iter, ast.Call) and ast.unparse(loop.iter).endswith(".keys()")


def _columns(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a loop assigns to, each with what it goes over."""
    match target, value:
        case ast.Tuple(elts=[number, inner]), ast.Call(func=ast.Name(id="enumerate"), args=[of]):
            yield number, ast.Constant(0)
            yield from _columns(inner, of)
        case _, ast.Call(func=ast.Name(id="range")):
            yield target, ast.Constant(0)  # a place is the same in what the student gave and what is expected
        case ast.Tuple(elts=items), ast.Call(func=ast.Name(id="zip"), args=found) if len(items) == len(found):
            yield from zip(items, found, strict=True)
        case _:
            yield target, value


def _first_stored(body: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements assign before any of them reads them."""
    read, found = set[str](), set[str]()
    for statement in body:
        reads = loads(statement)
        if isinstance(statement, ast.Assign):
            names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
            found |= names - read - reads
        read |= reads
    return found


def roots(target: ast.expr) -> Iterator[str]:
    """Yield the names that an assignment to a target binds or changes."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=items) | ast.List(elts=items):
            for item in items:
                yield from roots(item)
        case ast.Starred(value=value) | ast.Attribute(value=value) | ast.Subscript(value=value):
            yield from roots(value)


def loads(node: ast.AST) -> set[str]:
    """Return the names that are read in a piece of code."""
    return {
        one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Store)
    }


def blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a statement, as they stand in it."""
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(statement, field, None)
        if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
            yield inner
    for handler in getattr(statement, "handlers", []):
        yield handler.body
    for case in getattr(statement, "cases", []):
        yield case.body


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """Yield the calls in a statement itself, not those in its blocks."""
    within = {id(one) for inner in blocks(statement) for one in inner}
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            yield node
        todo += [one for one in ast.iter_child_nodes(node) if id(one) not in within]
