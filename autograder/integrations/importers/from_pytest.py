"""Reads pytest files: tests that call ``adapters.py``, or the modules that students write, with snapshots."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import indent
from unittest import TestCase

from autograder.integrations.importers import reasons
from autograder.integrations.importers.homework import find_homework, read_module
from autograder.integrations.importers.model import Assignment, ImportingError, LeftOut, Piece
from autograder.integrations.importers.taint import bound, loads
from autograder.worker.reading import transformed

_SNAPSHOTS = "_snapshots"
_MARKS = ("skip", "xfail", "skipif")
_PREPARING = ("setUpClass", "setup_class", "setUp", "setup_method")
_CAPTURING = """\
import collections, contextlib, io
_out, _err = io.StringIO(), io.StringIO()

def _read():
    found = collections.namedtuple('Captured', 'out err')(_out.getvalue(), _err.getvalue())
    for one in (_out, _err):
        one.truncate(one.seek(0))
    return found
capsys = collections.namedtuple('Capsys', 'readouterr')(_read)
with contextlib.redirect_stdout(_out), contextlib.redirect_stderr(_err):"""
# pytest's own fixtures; below a colon the test stands within it
_OWN = {
    "tmp_path": "import pathlib, tempfile\ntmp_path = pathlib.Path(tempfile.mkdtemp())",
    "monkeypatch": "import pytest\nmonkeypatch = pytest.MonkeyPatch()",
    "capsys": _CAPTURING,
}
_UNDOING = {"monkeypatch": "monkeypatch.undo()"}
_DETACHED = "(lambda found: found.detach().cpu().numpy() if hasattr(found, 'detach') else found)"


class _SkippedError(ImportingError):
    """A test is marked as one that is not run, and so was worth nothing."""


def read_pytest(source: Path) -> Assignment:
    """Read a folder of tests, ``SOURCE/tests/test_*.py`` or ``SOURCE/test_*.py``.

    Raises:
        ImportingError: it has no tests, or no module that they test.
    """
    homework, left_out = find_homework(source), list[LeftOut]()
    answers = homework.answers
    solved = answers.read_text(encoding="utf-8")
    template = homework.unsolved(answers)
    own = homework.beside(left_out)
    reading = _Reading(answers.stem, homework.folder, left_out)
    reading.local = {name.removesuffix(".py") for name in own if "/" not in name}
    return Assignment(
        name=answers.stem,
        title=source.resolve().name,
        pieces=[
            *homework.pieces(),
            Piece(kind="answer", name=answers.stem, source=solved, template=template),
            *reading.given(),
            *(one for path in homework.files for one in reading.tests(path)),
        ],
        files={name: data for name, data in own.items() if not _is_test(name)},
        secrets={name: data for name, data in own.items() if name.startswith(_SNAPSHOTS)},
        written=homework.written(),
        modules=homework.handed_out(),
        left_out=left_out,
        original=_notebook(solved),
        handout=_notebook(template),
    )


def _needed(body: Sequence[ast.stmt], asking: Sequence[ast.AST]) -> list[ast.stmt]:
    """Return the statements without functions and imports that are for something else than tests."""
    defined = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    optional = [
        one for one in body if isinstance(one, defined) and not {"*", "annotations"} & {*bound([one])}
    ]
    todo = [*asking, *(one for one in body if one not in optional)]
    read = set[str]()
    while todo:
        read |= loads(todo.pop())
        todo += [one for one in optional if not read.isdisjoint(bound([one]))]
        optional = [one for one in optional if read.isdisjoint(bound([one]))]
    return [one for one in body if one not in optional]


def _functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.ClassDef | None]]:
    """Yield the functions of a file, and the methods of its classes of tests, each with its class."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node, None
        elif isinstance(node, ast.ClassDef):
            yield from ((one, node) for one in node.body if isinstance(one, ast.FunctionDef))


def _is_test(name: str) -> bool:
    last = name.rpartition("/")[2]
    own = ("conftest.py", "__init__.py")
    return name.startswith(_SNAPSHOTS) or last.startswith("test_") or name in own


def _notebook(source: str) -> bytes:
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    return f"{nbformat.writes(new_notebook(cells=[new_code_cell(source, id='cell-0')]))}\n".encode()


class _Reading:
    """Reads the tests and fixtures of a folder."""

    def __init__(self, answers: str, folder: Path, left_out: list[LeftOut]) -> None:
        self._answers, self._folder, self._left_out = answers, folder, left_out
        self._fixtures: dict[str, ast.FunctionDef] = {}
        self.local: set[str] = set()  # modules beside the tests

    def given(self) -> Iterator[Piece]:
        """Yield what ``conftest.py`` has besides fixtures, which become functions."""
        path = self._folder / "conftest.py"
        if path.is_file():
            yield from self._above(read_module(path), "conftest")

    def tests(self, path: Path) -> Iterator[Piece]:
        """Yield a piece for what stands above the tests of a file, and one for each test."""
        tree = read_module(path)
        yield from self._above(tree, path.stem)
        for node, within in _functions(tree):
            if node.name.startswith("test") and not _is_fixture(node):
                try:
                    code = self._code(node, path) if within is None else self._method(node, within, path)
                except ImportingError as error:
                    points = 0.0 if isinstance(error, _SkippedError) else 1.0
                    self._left_out.append(LeftOut(where=node.name, why=error.text, points=points))
                    continue
                yield Piece(kind="test", name=f"{path.stem}-{node.name}", source=code, points=1, apart=True)

    def _above(self, tree: ast.Module, name: str) -> Iterator[Piece]:
        kept: list[ast.stmt] = []
        asking: list[ast.AST] = []  # what is given for
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and _is_fixture(node):
                self._fixtures[node.name] = node
                asking.append(node)
                continue
            own = isinstance(node, ast.ImportFrom) and (node.module or "").endswith(self._answers)
            test = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test")
            test |= isinstance(node, ast.ClassDef) and any("TestCase" in ast.unparse(x) for x in node.bases)
            snapshots = isinstance(node, ast.ClassDef) and "Snapshot" in node.name
            if test:
                asking.append(node)
            elif not (own or snapshots or isinstance(node, ast.Expr)):
                kept.append(node)
        if text := "\n\n".join(map(self._plain, _needed(kept, asking))):
            yield Piece(kind="given", name=f"{name}-above", source=transformed(text))

    def _plain(self, tree: ast.stmt) -> str:
        """Return code in which modules beside the tests are imported by their own names."""
        for node in ast.walk(tree):
            last = (node.module or "").rpartition(".")[2] if isinstance(node, ast.ImportFrom) else ""
            if isinstance(node, ast.ImportFrom) and last in self.local:
                node.module, node.level = last, 0
        return ast.unparse(ast.fix_missing_locations(tree))

    def _code(self, node: ast.FunctionDef, path: Path) -> str:
        """Return the code of a test, with its fixtures above and its parameters in a loop.

        Raises:
            ImportingError: it is skipped, or needs a fixture that is not known.
        """
        for one in map(ast.unparse, node.decorator_list):
            if one.rpartition(".")[2].startswith(_MARKS):
                raise _SkippedError(reasons.MARKED.format(mark=one))
        loops = [found for one in node.decorator_list if (found := _parameters(one)) is not None]
        looped = {name for names, _ in loops for name in names}
        above: dict[str, str] = {}
        headers = [f"for {', '.join(names)} in {values}:" for names, values in loops]
        everywhere = [n for n, one in self._fixtures.items() if _about(one).get("autouse") == "True"]
        for name in [*everywhere, *(argument.arg for argument in node.args.args)]:
            if name not in {*looped, *above} and "snapshot" not in name:
                self._fixture(name, above, headers)
        snapshot = next((one.arg for one in node.args.args if "snapshot" in one.arg), "")
        body = [_Snapshot(snapshot, self._saved(node.name, path)).visit(one) for one in node.body]
        if any(isinstance(one, ast.Return) for inner in body for one in ast.walk(inner)):
            whole = ast.parse(f"def {node.name}():\n    pass\n{node.name}()")
            body, whole.body[0].body = whole.body, body  # type: ignore[attr-defined]
        text = "\n".join(map(self._plain, body))
        for name, code in reversed(above.items()):
            undone = _UNDOING.get(name) or (f"next(_{name}, None)" if f"next(_{name})" in code else "")
            text = _below(code, f"{text}\n{undone}".rstrip())
        for loop in headers:  # in which fixtures are made anew
            text = _below(loop, text)
        return f"import numpy as np\n{text}" if snapshot else text

    def _method(self, node: ast.FunctionDef, within: ast.ClassDef, path: Path) -> str:
        """Return the code of a test that is a method: what its object has are variables, and its methods
        functions.

        Raises:
            ImportingError: its class inherits from another than unittest's.
        """
        other = [ast.unparse(one) for one in within.bases]
        if any(one != "object" and not one.endswith("TestCase") for one in other):
            raise ImportingError(reasons.INHERITS.format(of=", ".join(other)))
        flat = _Flat(within.name)
        members = [flat.visit(copy.deepcopy(one)) for one in within.body]
        functions = {one.name: one for one in members if isinstance(one, ast.FunctionDef)}
        before = [one for name in _PREPARING for one in getattr(functions.get(name), "body", [])]
        plain = [one for one in members if isinstance(one, ast.Assign)]
        for target in (target for one in plain for target in one.targets if isinstance(target, ast.Name)):
            target.id = f"self_{target.id}"
        fixtures = {name: one for name, one in functions.items() if _is_fixture(one)}
        self._fixtures |= fixtures
        helpers = [
            one for name, one in functions.items() if not name.startswith(("test", *_PREPARING, *fixtures))
        ]
        for one in helpers:
            one.name = f"self_{one.name}"
        test = functions[node.name]
        test.body = [*_needed([*plain, *helpers, *before], [test]), *test.body]
        test.decorator_list += within.decorator_list
        code = self._code(test, path)
        return f"import unittest\nself = unittest.TestCase()\n{code}" if _asks_itself(test) else code

    def _fixture(self, name: str, above: dict[str, str], headers: list[str]) -> None:
        found = self._fixtures.get(name)
        if name in _OWN and found is None:
            above[name] = _OWN[name]
            return
        if found is None:
            raise ImportingError(reasons.NO_FIXTURE.format(name=name))
        plain = ast.parse(ast.unparse(found).replace("request.param", f"{name}_param")).body[0]
        assert isinstance(plain, ast.FunctionDef)
        if any(isinstance(one, ast.Name) and one.id == "request" for one in ast.walk(plain)):
            raise ImportingError(reasons.FIXTURE_REQUESTS.format(name=name))
        plain.args.args = [one for one in plain.args.args if one.arg != "request"]
        for argument in plain.args.args:
            if argument.arg not in above:
                self._fixture(argument.arg, above, headers)
        if values := _about(found).get("params"):
            headers.append(f"for {name}_param in {_cases(ast.parse(values, mode='eval').body)}:")
        plain.decorator_list = []
        plain.name = f"make_{name}"
        made = f"make_{name}({', '.join(argument.arg for argument in plain.args.args)})"
        yields = any(isinstance(one, ast.Yield) for one in ast.walk(plain))
        made = f"_{name} = {made}\n{name} = next(_{name})" if yields else f"{name} = {made}"
        above[name] = f"{self._plain(plain)}\n{made}"

    def _saved(self, test: str, path: Path) -> str:
        """Return the expression that reads a test's snapshot; empty if there is none."""
        for suffix in (".npz", ".json", ".pkl"):
            for name in (test, f"{path.stem}.{test}"):
                file = self._folder / _SNAPSHOTS / f"{name}{suffix}"
                if file.is_file():
                    return f"{_SNAPSHOTS}/{file.name}"
        return ""


def _about(fixture: ast.FunctionDef) -> dict[str, str]:
    """Return what the decorators of a fixture say of it."""
    calls = [one for one in fixture.decorator_list if isinstance(one, ast.Call)]
    return {k.arg: ast.unparse(k.value) for one in calls for k in one.keywords if k.arg}


def _is_fixture(node: ast.FunctionDef) -> bool:
    return any("fixture" in ast.unparse(one) for one in node.decorator_list)


def _asks_itself(test: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "self" for one in ast.walk(test))


class _Flat(ast.NodeTransformer):
    """Puts variables in the place of what an object of a test class has, but its assertions."""

    def __init__(self, name: str) -> None:
        self._of = ("self", "cls", name, "self.__class__")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        if node.args.args and node.args.args[0].arg in self._of:
            del node.args.args[0]
        node.body = [one for one in node.body if "super()" not in ast.unparse(one)] or [ast.Pass()]
        if any(ast.unparse(one) in ("staticmethod", "classmethod") for one in node.decorator_list):
            node.decorator_list = []
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        return node  # one that a test makes has objects of its own

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        of_it = ast.unparse(node.value) in self._of and not hasattr(TestCase, node.attr)
        if of_it:
            return ast.copy_location(ast.Name(f"self_{node.attr}", node.ctx), node)
        self.generic_visit(node)
        return node


class _Snapshot(ast.NodeTransformer):
    """Puts a comparison with a file in the place of ``snapshot.assert_match``."""

    def __init__(self, name: str, path: str) -> None:
        self._name, self._path = name, path

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not self._name or ast.unparse(node.func) != f"{self._name}.assert_match":
            return node
        if not self._path:
            raise ImportingError(reasons.NO_SNAPSHOT)
        actual, *rest = [*node.args, *(k.value for k in node.keywords if k.arg in ("actual", "expected"))]
        if isinstance(rest[0] if rest else None, ast.Constant):
            raise ImportingError(reasons.NAMED_SNAPSHOT)
        about = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
        rtol, atol = about.get("rtol", "1e-4"), about.get("atol", "1e-2")
        mine, path = ast.unparse(actual), repr(self._path)
        reader = "json" if self._path.endswith(".json") else "pickle"
        text = f"np.testing.assert_equal({mine}, __import__('{reader}').load(open({path}, 'rb')))"
        if self._path.endswith(".npz"):
            saved = f"(lambda found: found[found.files[0]])(np.load({path}))"
            text = f"np.testing.assert_allclose({_DETACHED}({mine}), {saved}, rtol={rtol}, atol={atol})"
        return ast.parse(text, mode="eval").body


def _parameters(node: ast.expr) -> tuple[list[str], str] | None:
    """Return the names and values of ``pytest.mark.parametrize``, if a decorator is that."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("parametrize"):
        return None
    names, values = node.args[:2]
    said = ast.literal_eval(names)
    found = [one.strip() for one in said.split(",")] if isinstance(said, str) else list(said)
    return found, _cases(values)


def _cases(values: ast.expr) -> str:
    """Return values of parameters, without what ``pytest.param`` says of them."""
    for node in [one for one in ast.walk(values) if isinstance(one, ast.List | ast.Tuple)]:
        for number, one in enumerate(node.elts):
            if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("param"):
                node.elts[number] = ast.Tuple(one.args, ast.Load()) if len(one.args) > 1 else one.args[0]
    return ast.unparse(values)


def _below(code: str, text: str) -> str:
    """Return code with a text below it: within it, if it ends in a colon."""
    return f"{code}\n{indent(text, '    ') if code.endswith(':') else text}"


def is_pytest(source: Path) -> bool:
    """Return whether a folder has pytest files."""
    return source.is_dir() and any([*source.glob("test_*.py"), *source.glob("tests/test_*.py")])
