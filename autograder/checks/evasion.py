"""Ways around a list of forbidden names: each is refused where it stands, with what to write instead.

A name that is made at run time cannot be known before, so whatever could make one is refused: running text
as code, reaching into modules, functions and frames, imports of modules not known to be harmless, and
modules that are passed around, after which their names can no longer be followed.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from autograder.checks.names import Imported, Place, Reading, constant_getattr, starts, targets
from autograder.core.text import (
    FORBIDDEN,
    LEADS_ASTRAY,
    MODULE_PASSED_ON,
    NAME_AT_RUN_TIME,
    PRIVATE_NAME,
    STAR_IMPORT,
    UNKNOWN_IMPORT,
    Text,
)
from autograder.core.verdict import Finding, finding_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Modules that lead nowhere but by the names refused below; the last three names are what a released notebook
# imports, and a solution.
_HARMLESS = _words(
    """
    __future__ abc argparse bisect calendar cmath collections contextlib copy csv dataclasses datetime decimal
    enum fractions functools glob heapq io itertools json math numbers operator os pathlib platform pprint
    random re shutil statistics string sys tempfile textwrap time typing typing_extensions unicodedata
    urllib warnings numpy matplotlib pandas scipy seaborn sklearn PIL tqdm torchvision torchinfo torchsummary
    IPython.display google.colab
    autograder.check autograder.Mistake autograder.Text
    """
)
_STARS = _words("math cmath random typing collections")
_PASSED_ON = _words("math matplotlib.pyplot")  # modules that may be passed around

_BUILTINS = _words("exec eval compile globals locals vars breakpoint")
_SPECIAL = _words("__name__ __file__ __doc__ __class__ __debug__ __annotations__")
_METHODS = frozenset(
    f"__{name}__"
    for name in _words(
        """
        init post_init new call len iter next getitem setitem delitem contains setattr delattr enter exit repr
        str format hash eq ne lt le gt ge bool int float index add radd iadd sub rsub mul rmul imul matmul
        rmatmul truediv rtruediv floordiv mod pow neg pos abs invert and or xor
        name qualname doc class module version dict annotations file all
        """
    )
)
# Attributes of any object that lead to code which the source does not name.
ASTRAY = _words(
    """
    importlib import_module builtins sys inspect pickle marshal ctypes ctypeslib gc runpy pkgutil imp copyreg
    subprocess attrgetter methodcaller get_type_hints ForwardRef get_field runstring rundocs allow_pickle
    joblib np singledispatch singledispatchmethod read_pickle f_globals f_locals f_builtins f_back f_code
    gi_frame gi_code cr_frame cr_code ag_frame ag_code tb_frame tb_next co_consts co_code
    """
)
_OF_MODULES = _words(
    """
    numpy.load pandas.eval sys.modules sys.settrace sys.setprofile sys.meta_path sys.exc_info sys.exception
    os.system os.popen type.__setattr__ type.__delattr__ sys.path PIL.ImageMath
    """
)
_STARTS_OF_MODULES = (
    *("os.fork", "os.exec", "os.spawn", "os.posix_spawn", "sys.path_"),
    *("torch.utils.benchmark", "torch.utils.cpp_extension", "torch.utils._", "torch.hub", "torch.package"),
    *("torch.fx", "torch.jit", "torch.ops", "torch.library", "torch.serialization", "PIL.ImageMath."),
    *("numpy.lib.", "numpy.f2py", "numpy.testing", "pandas.io.", "pandas.core", "pandas.compat"),
)


def evasions(
    check: str, reading: Reading, forbidden: Sequence[str], own: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield a finding for everything in a source that is, or could lead to, a forbidden dotted name.

    Args:
        check: the label of the check that asks.
        reading: the source.
        forbidden: the dotted names.
        own: dotted names of the student's own modules, whose text is part of the source.
    """
    rules = _Rules(check, reading, forbidden, own)
    yield from rules.imports()
    for place in reading.places:
        yield from rules.at(place)


class _Rules:
    def __init__(self, check: str, reading: Reading, forbidden: Sequence[str], own: Collection[str]) -> None:
        self._check = check
        self._own = {name for name in own if not _is_within(name, _HARMLESS)}
        self._own_roots = {name.split(".")[0] for name in self._own}
        self._reading = reading
        self._roots = {name.split(".")[0] for name in forbidden}
        self._leaves = {name.rpartition(".")[2]: name for name in reversed(forbidden)}
        modules = {item.path for item in reading.imports if item.is_module}
        modules |= {name.rpartition(".")[0] or name for name in forbidden}
        self._modules = {start for path in modules for start in starts(path)}
        self._has_pandas = any(_is_within(item.path, ["pandas"]) for item in reading.imports)
        # Refused on every object: names that nobody gives to attributes of their own.
        self._telling = {leaf for leaf in self._leaves if not leaf[0].islower()} | self._roots | ASTRAY
        self._starting = {*self._telling, *self._leaves, "_", *_BUILTINS}

    def _refuse(self, template: Text, line: int, **fields: Any) -> Finding:
        return finding_of(self._check, template, line=line, **fields)

    def imports(self) -> Iterator[Finding]:
        """Judge the import statements, and imports as attributes of a class."""
        for item in self._reading.imports:
            module, _, name = item.path.rpartition(".")
            if name == "*":
                if module not in _STARS and module not in self._own:
                    yield self._refuse(STAR_IMPORT, item.line, name=module)
            elif found := self._judge_path(item.path, item.line):
                yield found
            elif item.scope.kind == "class" and item.path.split(".")[0] in self._roots:
                yield self._refuse(MODULE_PASSED_ON, item.line, name=item.path)
            elif not self._is_known(item):
                yield self._refuse(UNKNOWN_IMPORT, item.line, name=item.path)

    def _is_known(self, item: Imported) -> bool:
        root = item.path.split(".")[0]
        known = root in self._roots or root in self._own_roots
        return known or _is_within(root if item.is_module else item.path, _HARMLESS)

    def _judge_path(self, path: str, line: int) -> Finding | None:
        """Judge a full dotted name whose first component is a module, or else a builtin."""
        parts = path.split(".")
        again = max(index for index, part in enumerate(parts) if index == 0 or part in self._roots)
        if parts[again] in self._roots:
            for leaf in parts[again:]:
                if leaf in self._leaves:
                    return self._refuse(FORBIDDEN, line, name=_shown(path, self._leaves[leaf]))
        if again and parts[again] in self._roots:
            return self._refuse(LEADS_ASTRAY, line, name=_short(path))
        if inside := next((part for part in parts[1:] if _is_private(part)), None):
            return self._refuse(PRIVATE_NAME, line, name=_short(path), inside=inside)
        if path in _OF_MODULES or path.startswith(_STARTS_OF_MODULES) or "__dict__" in parts:
            return self._refuse(LEADS_ASTRAY, line, name=_short(path))
        return None

    def at(self, place: Place) -> Iterator[Finding]:
        """Judge one node of the tree."""
        node = place.node
        if isinstance(node, ast.Attribute):
            yield from self._attribute(place, node.attr, node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield from self._name(place, node)
        elif isinstance(node, ast.Call):
            yield from self._call(place, node)
        elif isinstance(node, ast.MatchClass):
            for name in node.kwd_attrs:
                if self._is_telling(name):
                    yield self._refuse(LEADS_ASTRAY, node.lineno, name=name)

    def _is_telling(self, name: str) -> bool:
        return name in self._telling or (_is_special(name) and name not in _METHODS)

    def _attribute(self, place: Place, name: str, node: ast.expr) -> Iterator[Finding]:
        if self._is_telling(name) and not self._reading.paths(node, place.scope):
            yield self._refuse(LEADS_ASTRAY, node.lineno, name=name)
        yield from self._chain(place, node)

    def _chain(self, place: Place, node: ast.expr) -> Iterator[Finding]:
        """Judge a whole chain of attributes at its outermost node."""
        if isinstance(place.above, ast.Attribute):
            return
        for path in sorted(self._paths(node, place)):
            if found := self._judge_path(path, node.lineno):
                yield found
            elif self._changes(path, place):
                yield self._refuse(LEADS_ASTRAY, node.lineno, name=_short(path) + " = ...")
            elif any(self._is_telling(part) for part in path.split(".")[1:]):
                yield self._refuse(LEADS_ASTRAY, node.lineno, name=_short(path))
            elif path in self._modules and path not in _PASSED_ON and not _stays(place):
                yield self._refuse(MODULE_PASSED_ON, node.lineno, name=path)

    def _paths(self, node: ast.expr, place: Place) -> set[str]:
        """Return what an expression may stand for; a name of an own module is what its text binds it to."""
        found = self._reading.paths(node, place.scope)
        for path in list(found):
            # The longest: of nets.layers.f the module is nets.layers.
            module = next((start for start in reversed(starts(path)) if start in self._own), None)
            if module not in (None, path):
                name, _, rest = path.removeprefix(f"{module}.").partition(".")
                bound = self._reading.module.resolve(name) - {name}
                found |= {f"{base}.{rest}" if rest else base for base in bound}
        return found

    def _changes(self, path: str, place: Place) -> bool:
        """Return whether a guarded package is changed here, other than by assigning a constant."""
        if path.split(".")[0] not in self._roots:
            return False
        above = place.above
        if isinstance(above, ast.Call) and isinstance(above.func, ast.Name):
            return above.func.id in ("setattr", "delattr") and place.node in above.args[:1]
        written = isinstance(place.node, ast.Attribute) and not isinstance(place.node.ctx, ast.Load)
        return written and not (isinstance(above, ast.Assign) and isinstance(above.value, ast.Constant))

    def _name(self, place: Place, node: ast.Name) -> Iterator[Finding]:
        name, line = node.id, node.lineno
        special = _is_special(name) and name not in _SPECIAL
        if (
            special
            or (name in _BUILTINS and not place.scope.is_local(name))
            or (name == "get_ipython" and not _only_looked_at(place))
        ):
            yield self._refuse(LEADS_ASTRAY, line, name=name)
        elif name == "getattr" and not (isinstance(place.above, ast.Call) and place.above.func is node):
            yield self._refuse(NAME_AT_RUN_TIME, line)
        yield from self._chain(place, node)

    def _call(self, place: Place, node: ast.Call) -> Iterator[Finding]:
        for keyword in node.keywords:
            if keyword.arg == "allow_pickle" or (
                keyword.arg == "weights_only" and not _is_true(keyword.value)
            ):
                yield self._refuse(LEADS_ASTRAY, node.lineno, name=keyword.arg)
        match node.func:
            case ast.Name(id="getattr"):
                if found := constant_getattr(node):
                    for name in found[1].split("."):
                        yield from self._attribute(place, name, node)
                elif not (len(node.args) > 1 and self._starts_harmlessly(node.args[1])):
                    yield self._refuse(NAME_AT_RUN_TIME, node.lineno)
            case ast.Attribute(attr="eval") if node.args or node.keywords:  # a network's takes nothing
                yield self._refuse(LEADS_ASTRAY, node.lineno, name="eval")
            case ast.Attribute(attr="query") if self._has_pandas:
                yield self._refuse(LEADS_ASTRAY, node.lineno, name="query")

    def _starts_harmlessly(self, node: ast.expr) -> bool:
        """Return whether a name made at run time starts with a text with which no refused name starts."""
        start = ""
        match node:
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
                pass
            case ast.BinOp(left=ast.Constant(value=str(start)), op=ast.Add()):
                pass
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
                start = text.partition("%")[0]
        return bool(start) and not any(_overlap(name, start) for name in self._starting)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _overlap(name: str, start: str) -> bool:
    return name.startswith(start) or (name == "_" and start.startswith(name))


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_private(name: str) -> bool:
    return name.startswith("_") and not _is_special(name)


def _is_within(path: str, allowed: Collection[str]) -> bool:
    return any(start in allowed for start in starts(path))


def _stays(place: Place) -> bool:
    """Return whether a module is only named here: before a dot, as a statement, or assigned to a name."""
    above = place.above
    if isinstance(above, ast.Assign | ast.AnnAssign):
        plain = all(isinstance(target, ast.Name) for target in targets(above))
        return plain and above.value is place.node and place.scope.kind != "class"
    if isinstance(above, ast.Call):
        return constant_getattr(above) is not None and above.args[0] is place.node
    return isinstance(above, ast.Expr | ast.Delete)


def _only_looked_at(place: Place) -> bool:
    """Return whether ``get_ipython`` is called, and nothing is asked of what it returns but its text."""
    call, around = place.above, place.around
    if not isinstance(call, ast.Call) or call.func is not place.node:
        return False
    match around:
        case ast.Call(func=ast.Name(id=("str" | "repr" | "print") as name)):
            return place.scope.resolve(name) == {name}  # Python's own
        case ast.Compare(left=left, comparators=others):  # an object of the student's would be given it
            return all(isinstance(node, ast.Constant) for node in (left, *others) if node is not call)
    return False


def _short(path: str) -> str:
    return path if len(path) <= 80 else path[:77] + "..."


def _shown(path: str, name: str) -> str:
    """Return the forbidden name, after the path that reached it if that differs."""
    return name if path == name or path.startswith(name + ".") else f"{_short(path)} ({name})"
