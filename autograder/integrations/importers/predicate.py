"""Takes an assertion apart: what the student's code gave, what is expected, and how they are compared."""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, field

from autograder.integrations.importers.forms import (
    COMPARATORS,
    METHODS,
    REDUCERS,
    STATEMENTS,
    Aliases,
    Filled,
    is_constant,
)
from autograder.integrations.importers.taint import Students

_MIXING = ast.Compare | ast.BoolOp | ast.BinOp
_INLINED = 3  # levels of helper functions that are written out


@dataclass
class Sides:
    """An assertion in two sides.

    Attributes:
        text: the predicate, with ``s0`` for the first value of the student's and ``e0`` for the first
            expected.
        otherwise: the same with the solution's own values, ``r0``, for what is expected.
        student: the expressions of the student's side.
        expected: those of the other.
        helper: a function of the question's own that gets both sides and judges them, if there is one.
    """

    text: str = ""
    otherwise: str = ""
    student: list[ast.expr] = field(default_factory=list)
    expected: list[ast.expr] = field(default_factory=list)
    helper: str = ""


def take_apart(
    test: ast.expr, students: Students, names: set[str], aliases: Aliases, *, reducing: bool = False
) -> Sides:
    """Return both sides of an assertion.

    Args:
        test: what must be true.
        students: knows the question's own functions.
        names: those that depend on the student's code here.
        aliases: the full names of what is imported.
        reducing: whether differences and means are taken where the values are, which are too large to send.
    """
    return _Apart(students, names, aliases, reducing).of(test)


def take_apart_both(
    left: ast.expr, right: ast.expr, students: Students, names: set[str], aliases: Aliases
) -> tuple[Sides, tuple[str, str], tuple[str, str] | None]:
    """Return two values' sides; how each is said, and how with the solution's own."""
    apart = _Apart(students, names, aliases)
    apart.look(left, right)
    said = apart.predicate(left), apart.predicate(right)
    other = _Otherwise()
    pair = other.pair(*said)
    own = (ast.unparse(pair[0]), ast.unparse(pair[1])) if other.replaced else None
    return apart.sides, (ast.unparse(said[0]), ast.unparse(said[1])), own


class _Apart:
    def __init__(self, students: Students, names: set[str], aliases: Aliases, reducing: bool = False) -> None:
        self._students, self._names, self._aliases = students, names, aliases
        self._reducing = reducing
        self._beside: list[ast.expr] = []
        self._every = False  # whether every value is taken for the student's, as none is known to be
        self.sides = Sides()

    def look(self, *values: ast.expr) -> None:
        """Look at all that is judged: one value of it at least must be the student's."""
        self._every = not any(map(self._depends, values))

    def of(self, test: ast.expr) -> Sides:
        self.look(test)
        node = self.predicate(test)
        self.sides.text = ast.unparse(node)
        other = _Otherwise()
        found = ast.unparse(other.visit(copy.deepcopy(node)))
        self.sides.otherwise = found if other.replaced else ""
        return self.sides

    def _depends(self, node: ast.AST) -> bool:
        return self._every or (node not in self._beside and self._students.depends(node, self._names))

    def predicate(self, node: ast.expr, level: int = 0) -> ast.expr:
        if is_constant(node):
            return node
        self._note_beside(node)
        if isinstance(node, ast.Call) and self._aliases.full(node.func) == "pytest.approx":
            return self._named("approx", node, level)
        if not self._depends(node):
            return self._leaf(node, self.sides.expected, "e")
        match node:
            case ast.BoolOp(op=op, values=values):
                return ast.BoolOp(op, [self.predicate(one, level) for one in values])
            case ast.UnaryOp(op=ast.Not() | ast.Invert() as op, operand=operand):
                return ast.UnaryOp(op, self.predicate(operand, level))
            case ast.UnaryOp(op=op, operand=operand) if self._mixes(operand):
                return ast.UnaryOp(op, self.predicate(operand, level))
            case ast.Compare(left=left, ops=ops, comparators=others) if not _of_objects(node):
                sides = [self.predicate(one, level) for one in (left, *others)]
                return ast.Compare(sides[0], ops, sides[1:])
            case ast.BinOp(left=left, op=op, right=right) if self._mixes(node):
                return ast.BinOp(self.predicate(left, level), op, self.predicate(right, level))
            case ast.Call():
                return self._call(node, level)
        return self._leaf(node, self.sides.student, "s")

    def _note_beside(self, node: ast.expr) -> None:
        match node:
            case ast.Compare(left=left, comparators=more) | ast.Call(func=left, args=more):
                self._beside += self._students.beside([left, *more], self._names)
            case ast.BinOp(left=left, right=right):
                self._beside += self._students.beside([left, right], self._names)

    def _call(self, node: ast.Call, level: int) -> ast.expr:
        full = self._aliases.full(node.func)
        plain = not any(isinstance(one, ast.Starred) for one in node.args) and all(
            k.arg for k in node.keywords
        )
        if full == "isinstance" and len(node.args) == 2 and plain:
            return self._named("isinstance", node, level, leaf=True)
        if full in COMPARATORS and plain:
            return self._named(COMPARATORS[full], node, level)
        if STATEMENTS.get(full) and plain:
            return self._named(STATEMENTS[full], node, level)
        if full in REDUCERS and plain and node.args and self._mixes(node.args[0]):
            return self._named(REDUCERS[full], node, level)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and plain:
            of, method = node.func.value, METHODS[node.func.attr]
            compared = node.args and method in COMPARATORS.values()
            if compared or self._mixes(of):
                inner = self.predicate(of, level)
                if not method:
                    return inner
                made = ast.Call(
                    ast.Name(method), [inner, *(self.predicate(one, level) for one in node.args)], []
                )
                made.keywords = [ast.keyword(k.arg, self.predicate(k.value, level)) for k in node.keywords]
                return made
        if (written := self._written_out(node)) is not None and level < _INLINED:
            return self.predicate(written, level + 1)
        self.sides.helper = self._judge(node) or self.sides.helper
        return self._leaf(node, self.sides.student, "s")

    def _judge(self, node: ast.Call) -> str:
        """Return the function that a call has judge both sides where they are; empty if none."""
        match node.func:
            case ast.Attribute(attr="equals"):  # of tables
                return "equals"
            case ast.Name(id=name) if name in self._students.functions and name not in self._names:
                return name if len(node.args) + len(node.keywords) > 1 else ""
        return ""

    def _named(self, name: str, node: ast.Call, level: int, *, leaf: bool = False) -> ast.expr:
        mine = leaf and self._depends(node.args[0])
        first = [self._leaf(node.args[0], self.sides.student, "s")] if mine else []
        arguments = [*first, *(self.predicate(one, level) for one in node.args[len(first) :])]
        keywords = [
            ast.keyword(k.arg, self.predicate(k.value, level)) for k in node.keywords if k.arg not in _IGNORED
        ]
        if name == "isclose" or name == "allclose":
            keywords = [k for k in keywords if k.arg in ("rtol", "atol", "equal_nan", "a", "b")]
        return ast.Call(ast.Name(name), arguments, keywords)

    def _mixes(self, node: ast.expr) -> bool:
        """Return whether an expression compares, or counts up, what is the student's with what is not."""
        match node:
            case ast.Compare() | ast.BoolOp():
                return True
            case _ if self._reducing:
                return False
            case ast.BinOp(left=left, right=right):
                if isinstance(node.op, ast.BitAnd | ast.BitOr):
                    return True
                both = self._depends(left) and self._depends(right)
                return not both or self._mixes(left) or self._mixes(right)
            case ast.UnaryOp(operand=operand):
                return self._mixes(operand)
            case ast.Call(func=func, args=arguments):
                full = self._aliases.full(func)
                if full in COMPARATORS:
                    return True
                if full in REDUCERS:
                    return bool(arguments) and self._mixes(arguments[0])
                method = isinstance(func, ast.Attribute) and func.attr in METHODS
                return method and self._mixes(func.value)  # type: ignore[attr-defined]
        return False

    def _leaf(self, node: ast.expr, side: list[ast.expr], letter: str) -> ast.expr:
        text = ast.dump(node)
        calls = any(isinstance(one, ast.Call) for one in ast.walk(node))  # which may give another value
        for number, known in enumerate(side):
            if ast.dump(known) == text and not calls:
                return ast.Name(f"{letter}{number}")
        side.append(node)
        return ast.Name(f"{letter}{len(side) - 1}")

    def _written_out(self, node: ast.Call) -> ast.expr | None:
        """Return what a call of a helper that only returns an expression stands for."""
        function = self._students.functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is None or function.name in self._names:
            return None
        body = [one for one in function.body if not (isinstance(one, ast.Expr) and is_constant(one.value))]
        arguments = function.args
        if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
            return None
        known = [one.arg for one in [*arguments.posonlyargs, *arguments.args]]
        if arguments.vararg or arguments.kwarg or len(node.args) > len(known) or arguments.kwonlyargs:
            return None
        given = dict(zip(known[len(known) - len(arguments.defaults) :], arguments.defaults, strict=True))
        given |= dict(zip(known, node.args, strict=False)) | {k.arg: k.value for k in node.keywords if k.arg}
        if set(given) != set(known):
            return None
        return Filled(given).visit(copy.deepcopy(body[0].value))  # type: ignore[no-any-return]


def _of_objects(node: ast.Compare) -> bool:
    """Return whether two objects are asked to be the same one, and not a constant or a class: outside there
    are others."""
    sides, said = [node.left, *node.comparators], ast.unparse(node)
    if re.search(r" in (vars|globals|locals|dir)\(\)$", said):
        return True  # of all names
    of_class = any(map(is_constant, sides)) or re.search(r"\btype\(|dtype|__class__", said)
    return isinstance(node.ops[0], ast.Is | ast.IsNot) and not of_class


_IGNORED = ("err_msg", "verbose", "msg", "message", "summarize", "name", "data", "delta_msg")


class _Otherwise(ast.NodeTransformer):
    """Puts the solution's own value where one of the student's is compared with what is expected."""

    def __init__(self) -> None:
        self.replaced = False

    def pair(self, left: ast.expr, right: ast.expr) -> tuple[ast.expr, ast.expr]:
        if (name := _student(left)) and not _has_student(right):
            self.replaced = True
            return left, ast.Name(name.replace("s", "r", 1))
        if (name := _student(right)) and not _has_student(left):
            self.replaced = True
            return ast.Name(name.replace("s", "r", 1)), right
        return left, right

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            node.left, node.comparators[0] = self.pair(node.left, node.comparators[0])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Sub):
            node.left, node.right = self.pair(node.left, node.right)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        compares = isinstance(node.func, ast.Name) and node.func.id in _TWO_SIDED
        if compares and len(node.args) >= 2:
            node.args[:2] = self.pair(*node.args[:2])
        return node


_TWO_SIDED = {
    "allclose", "isclose", "array_equal", "array_equiv", "torch_allclose", "torch_equal", "math_isclose",
    "equals", "assert_close", "assert_near", "almost_equal", "np_assert_allclose", "np_assert_almost_equal",
    "np_assert_array_almost_equal", "np_assert_array_equal", "np_assert_equal", "np_assert_approx_equal",
}  # fmt: skip


def _student(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) and node.id.startswith("s") and node.id[1:].isdigit() else ""


def _has_student(node: ast.expr) -> bool:
    return any(isinstance(one, ast.expr) and _student(one) for one in ast.walk(node))
