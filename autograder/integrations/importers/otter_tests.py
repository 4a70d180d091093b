"""Reads otter's tests: files in the OK format or with functions below ``@test_case``, and doctests."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from autograder.core.errors import UserError
from autograder.integrations.importers import reasons
from autograder.integrations.importers.forms import Filled
from autograder.integrations.importers.model import ImportingError, LeftOut, Piece


@dataclass
class Case:
    """A test case: its code, whether students see it, and its points if they are its own."""

    code: str
    hidden: bool
    points: float | None = None


@dataclass
class Test:
    """The test cases of a question."""

    name: str
    cases: list[Case] = field(default_factory=list)
    points: float | list[float | None] | None = None
    whole: bool = False  # all or nothing

    def pieces(self) -> Iterator[Piece]:
        """Yield a piece for each case; the first has the name of the test."""
        cases, worth = self.cases, self._worth()
        if self.whole and cases:
            hidden = any(case.hidden for case in cases)
            cases = [Case("\n".join(case.code for case in cases), hidden)]
            worth = [sum(worth)]
        up_to = [round(sum(worth[:number]), 6) for number in range(len(worth) + 1)]  # thirds make up a whole
        for number, case in enumerate(cases, start=1):
            lines = frozenset(range(1, case.code.count("\n") + 2)) if case.hidden else frozenset[int]()
            name = self.name if number == 1 else f"{self.name}-{number}"
            points = round(up_to[number] - up_to[number - 1], 6)
            yield Piece(kind="test", name=name, source=case.code, points=points, hidden=lines, apart=True)

    def _worth(self) -> list[float]:
        """Return the points of each case, as otter shares them out."""
        own = [case.points for case in self.cases]
        if isinstance(self.points, list):
            own = [*self.points, *own[len(self.points) :]]
        known = sum(one or 0 for one in own)
        left = own.count(None)
        total = self.points if isinstance(self.points, int | float) else None
        share = 0.0
        if left:
            share = (total - known) / left if total is not None else 0.0 if known else 1 / len(own)
        return [share if one is None else float(one) for one in own]


def tests_in(folder: Path, inside: Mapping[str, Any], left_out: list[LeftOut]) -> dict[str, Test]:
    """Return the tests by name: those inside a notebook's metadata, and the files in a folder."""
    found = {}
    files = {path.stem: path for path in sorted(folder.glob("*.py"))}
    for name, one in {**inside, **files}.items():
        try:
            text = one.read_text(encoding="utf-8") if isinstance(one, Path) else one
            test = read_test(text, name) if isinstance(text, str) else _of_suites(text, name)
        except (OSError, SyntaxError, ValueError, KeyError, TypeError, UserError) as error:
            where = f"tests/{one.name}" if isinstance(one, Path) else name
            said = error.text if isinstance(error, UserError) else error
            left_out.append(LeftOut(where=where, why=reasons.NOT_READ.format(error=said)))
            continue
        if test.cases:
            found[name] = test
    return found


def read_test(text: str, name: str) -> Test:
    """Read a file of tests, in the OK format or with functions below ``@test_case``; nothing of it is run.

    Raises:
        SyntaxError, ValueError, KeyError, TypeError, ImportingError: it is in neither form.
    """
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "test":
            return _of_suites(_literal(node.value, tree), name)
    return _of_cases(tree, name)


def _literal(node: ast.expr, tree: ast.Module) -> Any:
    """Return the value of a literal, in which names of the file's own literals may stand."""
    known = {
        ast.unparse(one.targets[0]): one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and one.value is not node
    }
    return ast.literal_eval(Filled(known).visit(node))


def _of_suites(spec: Mapping[str, Any], name: str) -> Test:
    test = Test(name=name, points=spec.get("points"), whole=spec.get("all_or_nothing") is True)
    for suite in spec["suites"]:
        setup = of_doctest(dedent(str(suite.get("setup") or ""))) if ">>>" in str(suite.get("setup")) else ""
        setup = setup or dedent(str(suite.get("setup") or ""))
        for case in suite["cases"]:
            points = case.get("points")
            code = "\n".join(filter(str.strip, [setup, of_doctest(dedent(case["code"]))]))
            test.cases.append(
                Case(code, bool(case.get("hidden", True)), None if points is None else float(points))
            )
    return test


def of_doctest(text: str) -> str:
    """Return the code of a doctest, with an assertion where an output is expected."""
    examples = [one for one in doctest.DocTestParser().parse(text) if isinstance(one, doctest.Example)]
    return "\n".join(with_output(one.source, one.want, one.exc_msg) for one in examples)


def with_output(source: str, want: str, raised: str | None = None) -> str:
    """Return code whose last expression must show a text, with an assertion for that."""
    tree = ast.parse(source)
    want = want.strip()
    if raised is not None:
        kind = raised.partition(":")[0].strip()
        return f"import pytest\nwith pytest.raises({kind}):\n" + "\n".join(
            f"    {x}" for x in source.splitlines()
        )
    last = tree.body[-1] if tree.body else None
    if not want or last is None:
        return source.rstrip("\n")
    printing = ["print(" in ast.unparse(one) for one in tree.body]
    if not isinstance(last, ast.Expr) or (printing[-1] and any(printing[:-1])):
        said = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as _said:\n"
        return f"{said}{indent(ast.unparse(tree), '    ')}\nassert _said.getvalue().strip() == {want!r}"
    above = [ast.unparse(one) for one in tree.body[:-1]]
    shown = ast.unparse(last.value)
    if want in ("True", "False", "np.True_", "np.False_"):
        return "\n".join([*above, f"assert {shown}" if "True" in want else f"assert not ({shown})"])
    call = last.value
    prints = isinstance(call, ast.Call) and ast.unparse(call.func) == "print" and not call.keywords
    if prints:
        assert isinstance(call, ast.Call)
        shown = " + ' ' + ".join(f"str({ast.unparse(one)})" for one in call.args) or "''"
        return "\n".join([*above, f"assert ({shown}) == {want!r}"])
    return "\n".join([*above, f"assert repr({shown}) == {want!r}"])


def _of_cases(tree: ast.Module, name: str) -> Test:
    """Read functions below ``@test_case``; what else stands in the file comes before each."""
    test, above = Test(name=name), list[str]()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (about := _decorator(node)) is not None:
            points = about.get("points")
            code = code_of_function(ast.unparse(node), above)
            test.cases.append(
                Case(code, about.get("hidden") is True, None if points is None else float(points))
            )
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("OK_FORMAT", "name", "points"):
            if ast.unparse(node.targets[0]) == "points":
                test.points = ast.literal_eval(node.value)
        elif "otter" not in ast.unparse(node):
            above.append(ast.unparse(node))
    if not test.cases:
        raise ImportingError(reasons.OTHER_FORM)
    return test


def _decorator(node: ast.FunctionDef) -> dict[str, Any] | None:
    for one in node.decorator_list:
        called = one.func if isinstance(one, ast.Call) else one
        if ast.unparse(called).rpartition(".")[2] == "test_case":
            keywords = one.keywords if isinstance(one, ast.Call) else []
            return {k.arg: ast.literal_eval(k.value) for k in keywords if k.arg in ("points", "hidden")}
    return None


class _Environment(ast.NodeTransformer):
    """Puts names of the notebook where a function reads them from ``env``."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if ast.unparse(node.value) == "env" and isinstance(node.slice, ast.Constant):
            return ast.copy_location(ast.Name(str(node.slice.value), node.ctx), node)
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse("globals()", mode="eval").body if node.id == "env" else node


def code_of_function(source: str, above: Sequence[str]) -> str:
    """Return the code of a test function, run on the notebook's names; empty if it is none."""
    body = ast.parse(source).body
    if not body or not isinstance(function := body[0], ast.FunctionDef):
        return ""
    called = len(body) == 1 or (len(body) == 2 and isinstance(body[1], ast.Expr))
    if not called:
        return ""
    function.decorator_list = []
    returns = any(isinstance(one, ast.Return | ast.Yield) for one in ast.walk(function))
    made = _Environment().visit(function)
    if returns:
        made.args = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        return "\n".join([*above, ast.unparse(ast.fix_missing_locations(made)), f"{function.name}()"])
    return "\n".join([*above, *(ast.unparse(ast.fix_missing_locations(one)) for one in made.body)])
