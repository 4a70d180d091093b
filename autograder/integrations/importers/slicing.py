"""Makes of a test cell that judges one that records, without what only judging needs."""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from autograder.core.errors import UserError
from autograder.core.text import EMPTY, Text
from autograder.integrations.importers import reasons
from autograder.integrations.importers.cutting import OBSERVE, Visible, cut, without_expected
from autograder.integrations.importers.drawing import draw
from autograder.integrations.importers.forms import (
    Aliases,
    Filled,
    asserts,
    demanded,
    expected_raised,
    says_or_counts,
)
from autograder.integrations.importers.inlining import Inlining
from autograder.integrations.importers.predicate import Sides, take_apart, take_apart_both
from autograder.integrations.importers.pruning import NOTHING, Unread, prune
from autograder.integrations.importers.taint import Function, Students, bound, keys_of, loads, roots


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """An assertion of a test cell.

    Attributes:
        name: in the cell's records.
        source: its text.
        predicate, otherwise: see :class:`autograder.checks.Asserted`.
        hidden: whether it is a hidden test.
        varying: whether how often it is reached depends on the student's code.
        forgeable: why it is, if the sandbox itself says whether it holds.
    """

    name: str
    source: str
    predicate: str
    otherwise: str = ""
    hidden: bool = False
    varying: bool = False
    forgeable: Text = EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliced:
    """A cell that records.

    Attributes:
        student: for the sandbox.
        expected: the same with the expected sides, for the solution alone.
        shown: that without hidden tests and as it is drawn, for students.
        assertions: in the order of the cell.
    """

    student: str
    expected: str
    assertions: Sequence[Assertion]
    shown: str = ""


_WORDS = ("err_msg", "verbose", "msg", "message", "name")  # arguments that only say something


class UnsuitableError(UserError):
    """A cell cannot be made to record; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What slicing a cell needs to know of the notebook.

    Attributes:
        students: the names that depend on the student's code.
        aliases: the full names of what is imported.
        numbering: of assertions.
        later: the names that other cells read.
        local: modules that lie beside the notebook.
        cutting: whether what only the expected side needs is cut.
        drawing: whether inputs are drawn anew in hidden variants.
        whole: the assertions of the cell, by their number from 0, that are judged where they stand.
        reducing: whether values are so large that they are reduced in the sandbox.
        unread: what nobody reads in any cell, once expected sides are gone.
    """

    students: Students
    aliases: Aliases
    numbering: Iterator[int]
    later: Collection[str]
    local: Collection[str] = ()
    cutting: bool = True
    drawing: bool = True
    whole: Collection[int] = ()
    reducing: bool = False
    unread: Unread = NOTHING


def slice_cell(source: str, context: Context, hidden: Collection[int] = ()) -> Sliced:
    """Make a test cell that records.

    Args:
        source: the cell, as Python.
        context: the notebook.
        hidden: the numbers of the lines that students do not see.

    Raises:
        UnsuitableError: it has a form that cannot be recorded.
        SyntaxError: it does not parse.
    """
    tree = ast.parse(source)
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        function.body = _one_or_other(function.body, context.aliases)
    recording = _Recording(context, hidden, tree)
    body = recording.block(tree.body, context.students.names, varying=False)
    whole = ast.fix_missing_locations(ast.Module(body, []))
    shown = ast.unparse(Visible(hidden).visit(copy.deepcopy(whole)))
    mine = without_expected(copy.deepcopy(whole))
    if context.cutting:
        prune(mine, context.unread)
        mine.body = cut(mine.body, context.students, set(context.later), context.local)
    if context.drawing:
        draw(mine, whole, context.students, context.aliases)
    return Sliced(
        student=ast.unparse(ast.fix_missing_locations(mine)),
        expected=ast.unparse(ast.fix_missing_locations(whole)),
        assertions=recording.found,
        shown=shown,
    )


def _one_or_other(body: list[ast.stmt], aliases: Aliases) -> list[ast.stmt]:
    """Return the body of a function, with one assertion where it ends early instead of the last."""
    match body:
        case [*above, ast.If(test=test, body=[ast.Return(value=None)], orelse=[]), last]:
            match last:
                case ast.Assert(test=other):
                    pass
                case ast.Expr(value=ast.Call() as other) if (aliases.statement(other) or ("",))[
                    0
                ] == "function":
                    pass
                case _:
                    return body
            either = ast.Assert(ast.BoolOp(ast.Or(), [test, other]))
            return [*above, ast.copy_location(either, last)]
    return body


class _Recording:
    def __init__(self, context: Context, hidden: Collection[int], tree: ast.Module) -> None:
        self._context, self._hidden, self._demanded = context, hidden, set(demanded(tree))
        self._inlining = Inlining(tree, context.students, context.aliases, context.later)
        self.found: list[Assertion] = []

    def block(self, body: Sequence[ast.stmt], names: set[str], *, varying: bool) -> list[ast.stmt]:
        plain = self._inlining.block(body, names)
        return [made for statement in plain for made in self._statement(statement, names, varying)]

    def _statement(self, node: ast.stmt, names: set[str], varying: bool) -> Iterator[ast.stmt]:
        aliases = self._context.aliases
        match node:
            case ast.Assert(test=test):
                yield from self._assert(test, node, names, varying)
            case ast.Expr(value=ast.Call() as call) if aliases.raises(call):
                if not (of := expected_raised(call)[1]):
                    raise UnsuitableError(reasons.CALLS_NOTHING.format(call=ast.unparse(call)))
                called: list[ast.stmt] = [ast.Expr(ast.Call(of[0], of[1:], call.keywords))]
                yield self._raising(call, called, node, varying, None)
            case ast.Expr(value=ast.Call() as call) if (form := aliases.statement(call)) is not None:
                yield self._observed(self._demand(call, form, names), node, varying)
            case ast.Expr(value=ast.Call() as call) if self._judges(call, names):
                sides = Sides(text="s0 is None", helper=ast.unparse(call.func))
                yield self._with(sides, [node], node, varying, None)
            case ast.With(
                items=[ast.withitem(context_expr=ast.Call() as call, optional_vars=caught)], body=body
            ) if aliases.raises(call):
                yield self._raising(call, self.block(body, names, varying=varying), node, varying, caught)
            case ast.Raise() if node.exc is not None:
                yield self._observed(Sides(text="False"), node, varying)
                yield node
            case ast.If(test=test, body=[*says, ast.Raise(exc=ast.expr())], orelse=below) if all(
                map(says_or_counts, says)
            ) and self._context.students.depends(test, names):
                yield from self._assert(ast.UnaryOp(ast.Not(), test), node, names, varying)
                yield from self.block(below, names, varying=varying)
            case _:
                yield self._compound(node, names, varying)

    def _compound(self, node: ast.stmt, names: set[str], varying: bool) -> ast.stmt:
        made, inside, students = copy.copy(node), names, self._context.students
        self._refuse(node, names)
        match made:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inside, varying = students.inside(made, names), True
            case ast.ClassDef():
                varying = True
            case ast.Try() | ast.TryStar():
                varying, made.handlers = True, [copy.copy(one) for one in made.handlers]
            case ast.For() | ast.AsyncFor():
                varying = varying or students.depends(made.iter, names)
                if varying and isinstance(made, ast.For) and keys_of(made):  # in one order, whoever made it
                    by = [ast.keyword("key", ast.Name("repr", ast.Load()))]
                    made.iter = ast.Call(ast.Name("sorted", ast.Load()), [made.iter], by)
            case ast.If() | ast.While():
                varying = varying or students.depends(made.test, names)
        for within in (made, *getattr(made, "handlers", ())):
            for field in ("body", "orelse", "finalbody"):
                if isinstance(below := getattr(within, field, None), list):
                    setattr(within, field, self.block(below, inside, varying=varying))
        return made

    def _refuse(self, node: ast.stmt, names: set[str]) -> None:
        """Refuse a match; to return where the student's code says so; and a try whose handlers see failed
        assertions, unless they are only said and counted, and the count is asked for elsewhere."""
        match node:
            case ast.Match():
                raise UnsuitableError(reasons.MATCHES)
            case ast.If(test=test, body=[*_, ast.Return(value=None)]):
                if self._context.students.depends(test, names):
                    raise UnsuitableError(reasons.GOES_ON)
            case ast.Try():
                self._refuse_catching(node)

    def _refuse_catching(self, node: ast.Try) -> None:
        asserting = any(asserts(one, self._context.aliases) for one in node.body)
        for handler in node.handlers if asserting else ():
            caught = ast.unparse(handler.type) if handler.type else "BaseException"
            catches = any(name in caught for name in ("Assertion", "BaseException")) or caught == "Exception"
            counted = self._demanded & {*bound(node.body), *bound(handler.body)}
            if catches and not (counted and all(map(says_or_counts, handler.body))):
                raise UnsuitableError(reasons.CATCHES)

    def _assert(self, test: ast.expr, node: ast.stmt, names: set[str], varying: bool) -> Iterator[ast.stmt]:
        match test:
            case ast.Call(
                func=ast.Name(id="all"),
                args=[
                    ast.GeneratorExp(elt=elt, generators=[each]) | ast.ListComp(elt=elt, generators=[each])
                ],
            ) if not each.is_async:
                inner: list[ast.stmt] = [ast.copy_location(ast.Assert(elt, None), node)]
                for condition in reversed(each.ifs):
                    inner = [ast.copy_location(ast.If(condition, inner, []), node)]
                loop = ast.copy_location(ast.For(each.target, each.iter, inner, []), node)
                depends = self._context.students.depends(each.iter, names)
                own = names | set(roots(each.target) if depends else ())
                yield self._compound(loop, own, varying)
                return
        if any(
            isinstance(one, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom) for one in ast.walk(test)
        ):
            raise UnsuitableError(reasons.ASSIGNS)
        if len(self.found) in self._context.whole:
            sides = Sides(
                text="s0", student=[ast.Call(ast.Name("bool", ast.Load()), [test], [])], helper="it"
            )
            yield self._observed(sides, node, varying)
            return
        yield self._observed(self._apart(test, names), node, varying)

    def _apart(self, test: ast.expr, names: set[str]) -> Sides:
        context = self._context
        return take_apart(test, context.students, names, context.aliases, reducing=context.reducing)

    def _demand(self, call: ast.Call, form: tuple[str, str], names: set[str]) -> Sides:
        """Return the sides of a call that raises where something does not hold."""
        kind, name = form
        arguments = list(call.args)
        keywords = {k.arg: k.value for k in call.keywords if k.arg}
        if kind == "unittest":
            whole = ast.parse(name, mode="eval").body
            words = {"s": ("first", "expr", "member", "obj"), "e": ("second", "container", "cls")}
            given = {to: keywords[k] for to, of in words.items() for k in of if k in keywords}
            test: ast.expr = Filled(given | dict(zip("se", arguments, strict=False))).visit(whole)
            if "almost_equal" in name:
                places = [ast.keyword(k, v) for k, v in keywords.items() if k in ("places", "delta")]
                places += [ast.keyword("places", one) for one in arguments[2:3]]
                inner = test.operand if isinstance(test, ast.UnaryOp) else test
                assert isinstance(inner, ast.Call)
                return self._two(inner, names, places, negated=inner is not test)
            return self._apart(test, names)
        if not name:
            return self._apart(arguments[0], names)
        return self._two(ast.Call(ast.Name(name), arguments, []), names, list(call.keywords))

    def _two(
        self, call: ast.Call, names: set[str], keywords: list[ast.keyword], *, negated: bool = False
    ) -> Sides:
        """Return the sides of a function of predicates that compares two arguments."""
        wanted = {"actual": 0, "desired": 1, "x": 0, "y": 1, "expected": 1, "a": 0, "b": 1}
        arguments = list(call.args[:2])
        for keyword in keywords:
            if keyword.arg in wanted and len(arguments) < 2:
                arguments.insert(wanted[keyword.arg], keyword.value)
        if len(arguments) < 2:
            raise UnsuitableError(reasons.ONE_SIDE.format(call=ast.unparse(call)))
        context = self._context
        sides, said, own = take_apart_both(
            arguments[0], arguments[1], context.students, names, context.aliases
        )
        kept = [k for k in keywords if k.arg and k.arg not in (*wanted, *_WORDS)]
        extra = [*call.args[2:3]] if getattr(call.func, "id", "") != "almost_equal" else []
        more = [*map(ast.unparse, extra), *map(ast.unparse, kept)]

        def text(both: tuple[str, str]) -> str:
            called = f"{ast.unparse(call.func)}({', '.join([*both, *more])})"
            return f"not {called}" if negated else called

        sides.text, sides.otherwise = text(said), text(own) if own else ""
        return sides

    def _raising(
        self,
        call: ast.Call,
        body: list[ast.stmt],
        node: ast.stmt,
        varying: bool,
        name: ast.expr | None = None,
    ) -> ast.stmt:
        expected, _ = expected_raised(call)
        if not expected:
            raise UnsuitableError(reasons.NO_EXCEPTION.format(call=ast.unparse(call)))
        text = "raised(s0, e0) and matches(s1, e1)" if expected[1:] else "raised(s0, e0)"
        return self._with(Sides(text=text, expected=expected), body, node, varying, name)

    def _judges(self, call: ast.Call, names: set[str]) -> bool:
        """Return whether a call of another library's asserts something of the student's."""
        *_, last = ast.unparse(call.func).split(".")
        own = last in self._context.students.functions
        return last.startswith("assert") and not own and self._context.students.depends(call, names)

    def _with(
        self, sides: Sides, body: list[ast.stmt], node: ast.stmt, varying: bool, name: ast.expr | None
    ) -> ast.stmt:
        made = self._call(sides, node, varying)
        made.func = ast.Attribute(made.func, "raising", ast.Load())
        made.args += [ast.Constant(True) for _ in sides.expected[1:]]
        return ast.copy_location(ast.With([ast.withitem(made, name)], body), node)

    def _why(self, helper: str, inside: Sequence[str]) -> Text:
        if inside:
            return reasons.COMPARED_INSIDE.format(names=", ".join(sorted(inside)))
        if helper == "it":
            return reasons.JUDGED_INSIDE if self._context.reducing else reasons.NOT_THE_SAME
        return reasons.JUDGES_INSIDE.format(names=f"{helper}()") if helper else EMPTY

    def _observed(self, sides: Sides, node: ast.stmt, varying: bool) -> ast.stmt:
        return ast.copy_location(ast.Expr(self._call(sides, node, varying)), node)

    def _call(self, sides: Sides, node: ast.stmt, varying: bool) -> ast.Call:
        name = f"a{next(self._context.numbering)}"
        reads = set[str]().union(*map(loads, sides.student))
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        self.found.append(
            Assertion(
                name=name,
                source=self._inlining.said(node),
                predicate=sides.text,
                otherwise=sides.otherwise,
                hidden=any(line in self._hidden for line in lines),
                varying=varying,
                forgeable=self._why(sides.helper, [n for n in self._inlining.inside if n in reads]),
            )
        )
        arguments: list[ast.expr] = [ast.Constant(name), *map(_later, sides.student)]
        call = ast.Call(ast.Name(OBSERVE, ast.Load()), arguments, [])
        if sides.expected:
            both = ast.Tuple([_later(one) for one in sides.expected], ast.Load())
            call.keywords = [ast.keyword("expected", both)]
        return call


def _later(node: ast.expr) -> ast.expr:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and ast.unparse(one) in ("vars()", "locals()", "dir()"):
            one.func = ast.Name("globals", ast.Load())  # of the cell, and not of what is called later
    empty = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Lambda(empty, node)
