"""What a module's source refers to: full dotted names, through aliases and scopes, without executing it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_ROUNDS = 10  # of following aliases of aliases
_MAX_PATHS = 16  # that one name may stand for
_MAX_COMPONENTS = 20  # of a dotted name; the rest is ignored
_MAX_CHARACTERS = 20_000  # of what a name stands for: chains of aliases would grow with their square

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class TooManyAliasesError(ValueError):
    """A source whose names cannot be followed: too many of them stand for too many others."""


@dataclass(slots=True)
class Scope:
    """A scope that binds names: a module, a class, a function or a comprehension.

    ``bound`` are the names bound in it, ``paths`` the dotted names that they may stand for.
    """

    kind: str
    outer: Scope | None = None
    bound: set[str] = field(default_factory=set)
    paths: dict[str, set[str]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)  # declared global or nonlocal

    def resolve(self, name: str) -> set[str]:
        """Return the dotted names that a name may stand for: itself if unbound, none if unknown."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bound and (scope is self or scope.kind != "class"):
                return scope.paths.get(name, set())
            scope = scope.outer
        return {name}

    def is_local(self, name: str) -> bool:
        """Return whether an enclosing function binds the name, so that it is never a builtin."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind == "function" and name in scope.bound:
                return True
            scope = scope.outer
        return False

    def binding(self, name: str) -> Iterator[Scope]:
        """Yield the scopes in which a binding made here takes effect."""
        if name not in self.elsewhere:
            yield self
            return
        scope = self.outer
        while scope is not None:
            yield scope
            scope = scope.outer


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree with its parent and its scope."""

    node: ast.AST
    above: ast.AST
    scope: Scope
    around: ast.AST | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A name bound by an import: the dotted name it stands for, and whether that surely is a module."""

    path: str
    line: int
    is_module: bool
    scope: Scope


class Reading:
    """A parsed source: its nodes, and the dotted names that each expression may stand for.

    Raises:
        SyntaxError: the source does not parse.
        TooManyAliasesError: too many of its names stand for too many others.
    """

    def __init__(self, source: str) -> None:
        self.module = Scope("module")
        self.imports: list[Imported] = []
        tree = ast.parse(source)
        self.places = list(_places(tree, self.module))
        for place in self.places:
            self._bind(place)
        self._follow_aliases()

    def _bind(self, place: Place) -> None:
        node, scope = place.node, place.scope
        if isinstance(node, ast.Import | ast.ImportFrom):
            for item in node.names:
                self._bind_import(node, item, scope)
            return
        for name in _bound_by(node):
            target = scope
            while isinstance(place.above, ast.NamedExpr) and target.kind == "comprehension" and target.outer:
                target = target.outer
            for binding in target.binding(name):
                binding.bound.add(name)

    def _bind_import(self, node: ast.Import | ast.ImportFrom, item: ast.alias, scope: Scope) -> None:
        if isinstance(node, ast.ImportFrom):
            path, name = f"{node.module or '.'}.{item.name}", item.asname or item.name
            is_module = False
        else:
            path, name, is_module = item.name, item.asname or item.name.split(".")[0], True
        self.imports.append(Imported(path, node.lineno, is_module, scope))
        for binding in scope.binding(name):
            binding.bound.add(name)
            stands_for = name if is_module and not item.asname else path
            binding.paths.setdefault(name, set()).add(stands_for)

    def _follow_aliases(self) -> None:
        """Let ``b = a`` make b stand for what a stands for, whatever their order in the source."""
        aliases = [
            (place.scope, target.id, place.node.value)
            for place in self.places
            if isinstance(place.node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and place.node.value
            for target in targets(place.node)
            if isinstance(target, ast.Name)
        ]
        for _ in range(_ROUNDS):
            changed = False
            for scope, name, value in aliases:
                paths = self.paths(value, scope)
                for binding in scope.binding(name) if paths else ():
                    known = binding.paths.setdefault(name, set())
                    changed |= not paths <= known
                    known |= paths
                    if len(known) > _MAX_PATHS or max(map(len, paths)) > _MAX_CHARACTERS:
                        raise TooManyAliasesError(name)
            if not changed:
                return
        raise TooManyAliasesError

    def paths(self, node: ast.AST, scope: Scope) -> set[str]:
        """Return the dotted names that an expression may stand for; none if it is no dotted name."""
        attributes: list[str] = []
        while True:  # no recursion: a hostile chain may be thousands long
            if isinstance(node, ast.Attribute):
                attributes.append(node.attr)
                node = node.value
            elif (found := constant_getattr(node)) is not None:
                node, name = found
                attributes += reversed(name.split("."))
            else:
                break
        if not isinstance(node, ast.Name):
            return set()
        tail = "".join(f".{name}" for name in reversed(attributes))
        return {base + tail for base in scope.resolve(node.id)}

    def names(self) -> Iterator[tuple[str, int]]:
        """Yield (full dotted name, line) of every import and every expression, and of their prefixes."""
        for item in self.imports:
            yield item.path, item.line
        for place in self.places:
            if isinstance(place.node, ast.expr) and not _is_inside_chain(place):
                for path in self.paths(place.node, place.scope):
                    for start in {*starts(path), path}:
                        yield start, place.node.lineno


def _is_inside_chain(place: Place) -> bool:
    return isinstance(place.above, ast.Attribute)


def starts(path: str) -> list[str]:
    """Return the prefixes ``a``, ``a.b``, ... of a dotted name, up to 20 components."""
    parts = path.split(".", _MAX_COMPONENTS)[:_MAX_COMPONENTS]
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def constant_getattr(node: ast.AST) -> tuple[ast.expr, str] | None:
    """Return (object, name) of ``getattr(object, "name")``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
        match node.args:
            case [target, ast.Constant(value=str(name)), *_]:
                return target, name
    return None


def targets(node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> list[ast.expr]:
    """Return the targets of an assignment."""
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _bound_by(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
    return []


def _places(tree: ast.Module, module: Scope) -> Iterator[Place]:
    """Yield every node but the module, parents before children."""
    todo: list[Place] = [Place(child, tree, module) for child in reversed(tree.body)]
    while todo:
        place = todo.pop()
        if isinstance(place.node, ast.Global | ast.Nonlocal):
            place.scope.elsewhere |= set(place.node.names)
        yield place
        todo += reversed([Place(child, place.node, scope, place.above) for child, scope in _children(place)])


def _children(place: Place) -> Iterable[tuple[ast.AST, Scope]]:
    """Return a node's children with their scopes: defaults, bases and decorators are in the outer one."""
    node, scope = place.node, place.scope
    if isinstance(node, _Function):
        inner = Scope("function", scope)
        args = node.args
        names = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
        outside = [*args.defaults, *filter(None, args.kw_defaults)]
        outside += [arg.annotation for arg in names if arg.annotation]
        if not isinstance(node, ast.Lambda):
            outside += [*node.decorator_list, *([node.returns] if node.returns else [])]
        body = (
            [node.body] if isinstance(node, ast.Lambda) else [*node.body, *getattr(node, "type_params", [])]
        )
        inner.bound |= {arg.arg for arg in names}
        return [*((child, scope) for child in outside), *((child, inner) for child in body)]
    if isinstance(node, ast.ClassDef):
        inner = Scope("class", scope)
        outside = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
        body = [*node.body, *getattr(node, "type_params", [])]
        return [*((child, scope) for child in outside), *((child, inner) for child in body)]
    if isinstance(node, _Comprehension):
        inner = Scope("comprehension", scope)
        first = node.generators[0].iter
        return [(first, scope), *((child, inner) for child in ast.iter_child_nodes(node))]
    if isinstance(node, ast.comprehension) and isinstance(place.above, _Comprehension):
        done = place.above.generators[0].iter
        return [(child, scope) for child in ast.iter_child_nodes(node) if child is not done]
    return [(child, scope) for child in ast.iter_child_nodes(node)]
