"""Extracts parts of a module's source text, without executing it."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

_SHARED = "exams._shared"  # modules that questions share


def reachable_source(source: str, roots: Collection[str]) -> str:
    """Return the top-level statements, with imports, that these names need directly or through others.

    Comments are left out.

    Raises:
        LookupError: a root is not defined at the top level.
    """
    body = ast.parse(source).body
    needed = _needed(_definitions(body), roots, {})
    kept = [node for node in body if _is_future(node) or needed.intersection(defines(node))]
    return ast.unparse(ast.Module(body=kept, type_ignores=[]))


def shares(source: str, names: Sequence[str]) -> dict[str, str]:
    """Return for each name the source of the statements that it needs and no earlier name needs.

    Statements that define nothing, such as calls, belong to the first name; the docstring, future imports and
    definitions that no name needs are left out.

    Raises:
        LookupError: a name is not defined at the top level.
    """
    body = ast.parse(source).body[bool(ast.get_docstring(ast.parse(source))) :]
    lines, given = source.splitlines(), set[int]()
    defined, known, found = _definitions(body), dict[str, set[str]](), {}
    for name in names:
        needed = _needed(defined, [name], known)
        mine = [
            node
            for node in body
            if id(node) not in given
            and not _is_future(node)
            and (needed.intersection(defines(node)) or (name == names[0] and not defines(node)))
        ]
        given |= set(map(id, mine))
        found[name] = "\n\n\n".join(_written(node, lines) for node in mine)
    return found


def top_level(source: str, kinds: tuple[type[ast.stmt], ...] = (ast.stmt,)) -> dict[str, str]:
    """Return the source of each top-level statement of these kinds by the names that it binds.

    Raises:
        SyntaxError: the source does not parse.
    """
    lines = source.splitlines()
    found = [
        (node, name) for node in ast.parse(source).body if isinstance(node, kinds) for name in defines(node)
    ]
    return {name: "\n".join(lines[_first_line(node) - 1 : node.end_lineno]) for node, name in found}


def _first_line(node: ast.stmt) -> int:
    """Return the number of a statement's first line, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _written(node: ast.stmt, lines: Sequence[str]) -> str:
    """Return the lines of a statement, with its decorators and the comments right above."""
    first = _first_line(node) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])


def _definitions(body: Sequence[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Return the statements that define each name."""
    defined: dict[str, list[ast.stmt]] = {}
    for node in body:
        for name in defines(node):
            defined.setdefault(name, []).append(node)
    return defined


def needed_names(source: str, root: str) -> set[str]:
    """Return the top-level names that a name of a module needs, with itself; empty if it is not defined.

    Raises:
        SyntaxError: the source does not parse.
    """
    defined = _definitions(ast.parse(source).body)
    return _needed(defined, [root], {}) if root in defined else set()


def _needed(
    defined: Mapping[str, Sequence[ast.stmt]], roots: Collection[str], known: dict[str, set[str]]
) -> set[str]:
    """Return these names of a module and all that they need, directly or through others.

    Args:
        defined: the module's definitions.
        roots: the names to start from.
        known: a cache of the needs of each name; it is extended.

    Raises:
        LookupError: a root is not defined.
    """
    if absent := sorted(set(roots) - defined.keys()):
        raise LookupError(", ".join(absent))
    needed: set[str] = set()
    todo = sorted(roots)
    while todo:
        name = todo.pop()
        if name in defined and name not in needed:
            needed.add(name)
            if name not in known:
                known[name] = set().union(*(_needs(node, name) for node in defined[name]))
            todo += known[name]
    return needed


def imported_packages(source: str) -> set[str]:
    """Return the top-level packages that a module imports anywhere.

    Raises:
        SyntaxError: the source does not parse.
    """
    nodes = list(ast.walk(ast.parse(source)))
    names = [item.name for node in nodes if isinstance(node, ast.Import) for item in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names}


def shared_modules(course: Path, source: str) -> dict[str, str]:
    """Return the modules of ``exams/_shared/`` that a module imports, directly or through others.

    Args:
        course: the course's folder.
        source: the module's source.

    Returns:
        Their sources without comments by dotted name, each after those that it imports.

    Raises:
        OSError: a module is absent.
        SyntaxError: a module does not parse.
    """
    found: dict[str, str] = {}

    def add(text: str, above: frozenset[str]) -> None:
        for name in sorted(_shared_names(text) - found.keys() - above):
            tree = ast.parse((course / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
            add(plain := ast.unparse(tree), above | {name})
            found[name] = plain

    add(source, frozenset())
    return found


def _shared_names(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {item.name for item in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == _SHARED:
            names |= {f"{_SHARED}.{item.name}" for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name for name in names if name.startswith(f"{_SHARED}.")}


def with_shared(source: str, modules: Mapping[str, str]) -> str:
    """Return the source of a module that makes these shared modules importable when it is executed."""
    if not modules:
        return source
    lines = source.splitlines()
    first = next((i for i, line in enumerate(lines) if not line.startswith("from __future__ ")), len(lines))
    own = ["import autograder.probing.shared"]
    own += [f"autograder.probing.shared.install({name!r}, {text!r})" for name, text in modules.items()]
    return "\n".join([*lines[:first], *own, *lines[first:]])


def _needs(node: ast.stmt, name: str) -> set[str]:
    """Return the module's names that a statement uses, without local variables of functions."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    outside = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    names = {inner.id for part in outside for inner in ast.walk(part) if isinstance(inner, ast.Name)}
    module = symtable.symtable(ast.unparse(node), name, "exec")
    todo = list(module.get_children())
    while todo:
        table = todo.pop()
        names |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        todo += table.get_children()
    return names


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def defines(node: ast.stmt) -> list[str]:
    """Return the names that a top-level statement binds."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(item.asname or item.name).split(".")[0] for item in node.names]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    found = [inner for target in filter(None, targets) for inner in ast.walk(target)]
    return [name.id for name in found if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)]


def line_of(source: str, part: str, check: str = "") -> int:
    """Return the line of the declaration of a part, or of its check with this id, from 1."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Part":
            names = [word.value for word in node.keywords if word.arg == "name"]
            if any(isinstance(name, ast.Constant) and name.value == part for name in names):
                return _line_of_check(node, check) if check else node.lineno
    return 1


def _line_of_check(part: ast.Call, check: str) -> int:
    for node in ast.walk(part):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            (name, *_) = node.args
            if f"{node.func.id}({getattr(name, 'value', None)})" == check:
                return node.lineno
    return part.lineno
