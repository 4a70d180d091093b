"""The slips that people make in programs that compute and train, each as edits of one node of the syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_ATOMS = ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.Constant | ast.List | ast.Dict
_DROPPED = ("zero_grad", "step", "backward", "eval", "train")  # statements
_VIEWS = ("detach", "clone", "T", "mT", "t", "transpose", "transposed", "permute")
_MODES = ("no_grad", "inference_mode")
_MODULES = ["torch", "np", "numpy", "tf", "F", "nn", "functional", "special", "activations", "math", "keras"]
_OTHER = {"mean": "sum", "sum": "mean", "triu": "tril", "tril": "triu", "nanmean": "nansum"}
_BY_AXIS = re.compile(
    "sum|mean|max|min|amax|amin|argmax|argmin|std|var|prod|cumsum|softmax|log_softmax|logsumexp|norm|all|any|cat|"
    "concatenate|concat|stack|unsqueeze|squeeze|expand_dims|argsort|sort|flip|roll"
)
_OPTIMISERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad")
_ACTIVATIONS = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid"}
_CHOOSING = ("masked_fill", "masked_fill_", "masked_select", "where")
_COMPARED = {ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<")}
_EPS = re.compile(r"eps(ilon)?|\w+_eps(ilon)?", re.IGNORECASE)
_BIAS = re.compile(r"b\d*|bias\w*|\w+_bias|b_\w+|\w+_b|beta", re.IGNORECASE)
_SMALL = 1e-3


class Edit(NamedTuple):
    """Bytes to replace, from ``start`` to before ``end``, and the text to put there."""

    start: int
    end: int
    text: str


class Written:
    """A program's text, by the positions of its syntax."""

    def __init__(self, source: str) -> None:
        self.data = source.encode()
        self.starts = [0]
        for line in self.data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        """Return the position of a line, from 1, and a column in bytes, from 0."""
        return self.starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Return where a node starts and ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        """Return a node's text."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def alone(self, node: ast.expr) -> str:
        """Return a node's text as it may stand anywhere, in parentheses if needed."""
        return self.of(node) if isinstance(node, _ATOMS) else f"({self.of(node)})"

    def instead(self, node: ast.expr | ast.stmt | ast.keyword, text: str) -> Edit:
        """Return the edit that puts a text in a node's place."""
        return Edit(*self.span(node), text)

    def changed(self, edit: Edit) -> str:
        """Return the program after an edit."""
        return (self.data[: edit.start] + edit.text.encode() + self.data[edit.end :]).decode()

    def lines(self, edit: Edit) -> tuple[int, str, str]:
        """Return the first line that an edit changes, and its lines before and after, stripped."""
        first = next(number for number, start in enumerate(self.starts, 1) if start > edit.start) - 1
        start = self.starts[first - 1]
        end = next(position for position in self.starts if position >= edit.end and position > start)
        after = self.data[start : edit.start] + edit.text.encode() + self.data[edit.end : end]
        return first, self.data[start:end].decode().strip(), after.decode().strip()


def _name(node: ast.AST) -> str:
    """Return the last name of a dotted one, or empty."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _renamed(node: ast.expr, name: str, text: Written) -> Edit:
    """Return the edit of a dotted name's last name."""
    _, end = text.span(node)
    return Edit(end - len(_name(node).encode()), end, name)


def _said(node: ast.expr) -> str:
    """Return the value of a string as it is written, or empty."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _integer(node: ast.AST | None) -> int | None:
    """Return the value of an integer as it is written, or None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _integer(node.operand)
        return None if value is None else -value
    written = node.value if isinstance(node, ast.Constant) else None
    return written if isinstance(written, int) and not isinstance(written, bool) else None


def _shifted(node: ast.expr, text: Written) -> Iterator[Edit]:
    """Yield one more and one less."""
    value = _integer(node)
    for by in (1, -1):
        sign = "+" if by > 0 else "-"
        yield text.instead(node, str(value + by) if value is not None else f"{text.alone(node)} {sign} 1")


def dropped_statement(node: ast.AST, text: Written) -> Iterator[Edit]:
    """``optimizer.zero_grad()``, ``loss.backward()``, ``net.eval()`` and the like are forgotten."""
    called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
    if isinstance(node, ast.Expr) and isinstance(called, ast.Attribute) and called.attr in _DROPPED:
        yield text.instead(node, "pass")


def dropped_call(node: ast.AST, text: Written) -> Iterator[Edit]:
    """``.detach()`` or a transpose is forgotten."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _VIEWS:
        if _name(node.func.value) not in _MODULES:
            yield text.instead(node, text.alone(node.func.value))
        elif node.args:
            yield text.instead(node, text.alone(node.args[0]))
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield text.instead(node, text.alone(node.value))


def dropped_mode(node: ast.AST, text: Written) -> Iterator[Edit]:
    """``with torch.no_grad():`` or ``@torch.no_grad()`` is forgotten."""
    if isinstance(node, ast.With) and len(node.items) == 1:
        called = node.items[0].context_expr
        if isinstance(called, ast.Call) and _name(called.func) in _MODES:
            yield Edit(text.span(node)[0], text.span(called)[1], "if True")
    for decorator in getattr(node, "decorator_list", ()):
        if _name(decorator.func if isinstance(decorator, ast.Call) else decorator) in _MODES:
            start, end = text.span(decorator)
            yield Edit(start - 1, end, "")


def dropped_term(node: ast.AST, text: Written) -> Iterator[Edit]:
    """``+ eps`` or ``+ bias`` is forgotten."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
        return
    for term, rest in ((node.right, node.left), (node.left, node.right)):
        value = term.value if isinstance(term, ast.Constant) else None
        small = isinstance(value, float) and 0 < value <= _SMALL
        if small or _EPS.fullmatch(_name(term)) or _BIAS.fullmatch(_name(term)):
            yield text.instead(node, text.of(rest))


def other_reduction(node: ast.AST, text: Written) -> Iterator[Edit]:
    """A mean is taken for a sum, the upper triangle for the lower one, and the other way round."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _OTHER:
        yield _renamed(node.func, _OTHER[node.func.attr], text)
    if isinstance(node, ast.keyword) and node.arg == "reduction" and (said := _said(node.value)) in _OTHER:
        yield text.instead(node.value, f'"{_OTHER[said]}"')


def other_axis(node: ast.AST, text: Written) -> Iterator[Edit]:
    """A reduction goes along another dimension."""
    axis = None
    if isinstance(node, ast.keyword) and node.arg in ("dim", "axis"):
        axis = node.value
    elif isinstance(node, ast.Call) and _BY_AXIS.fullmatch(_name(node.func)) and node.args:
        axis = node.args[-1]
    if (value := _integer(axis)) is not None and axis is not None:
        yield text.instead(axis, str(value - 1 if value > 0 else value + 1))


def shifted_bound(node: ast.AST, text: Written) -> Iterator[Edit]:
    """A range or a slice is off by one."""
    if isinstance(node, ast.Call) and _name(node.func) in ("range", "arange"):
        for argument in node.args[:2]:
            yield from _shifted(argument, text)
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None:
                for edit in _shifted(bound, text):
                    # x[:-1] one further is all of x, not nothing
                    yield edit._replace(text="") if bound is node.upper and edit.text == "0" else edit


def other_activation(node: ast.AST, text: Written) -> Iterator[Edit]:
    """relu, tanh and sigmoid are taken for one another, or forgotten."""
    if isinstance(node, ast.Call):
        name, classes = _name(node.func), tuple(_ACTIVATIONS.values())
        names = tuple(_ACTIVATIONS) if name in _ACTIVATIONS else (*classes, "Identity")
        if name in (*_ACTIVATIONS, *classes):
            yield from (_renamed(node.func, other, text) for other in names if other != name)
        if name in _ACTIVATIONS:
            yield from _without(node, text)
    if isinstance(node, ast.keyword) and node.arg == "activation" and (said := _said(node.value)):
        names = (*_ACTIVATIONS, "linear") if said in _ACTIVATIONS else ("linear",) * (said == "softmax")
        yield from (text.instead(node.value, f'"{other}"') for other in names if other != said)


def _without(call: ast.Call, text: Written) -> Iterator[Edit]:
    """Yield what a function or a method is applied to, instead of its result."""
    if call.args:
        yield text.instead(call, text.alone(call.args[0]))
    elif isinstance(call.func, ast.Attribute):
        yield text.instead(call, text.alone(call.func.value))


def softmax_dropped_or_doubled(node: ast.AST, text: Written) -> Iterator[Edit]:
    """A softmax is forgotten, or taken twice."""
    if not isinstance(node, ast.Call):
        return
    if _name(node.func) in ("Softmax", "LogSoftmax"):
        yield text.instead(node, text.of(node.func).removesuffix(_name(node.func)) + "Identity()")
    if _name(node.func) not in ("softmax", "log_softmax"):
        return
    of_value = isinstance(node.func, ast.Attribute) and _name(node.func.value) not in _MODULES
    inner = (
        node.func.value if of_value and isinstance(node.func, ast.Attribute) else next(iter(node.args), None)
    )
    if inner is not None:
        yield text.instead(node, text.alone(inner))
        yield text.instead(inner, text.of(node))


def other_optimiser(node: ast.AST, text: Written) -> Iterator[Edit]:
    """Another optimiser, or ten times the learning rate."""
    if isinstance(node, ast.Call) and _name(node.func) in _OPTIMISERS:
        other = "Adam" if _name(node.func) in ("SGD", "AdamW") else "SGD"
        yield _renamed(node.func, other, text)
    if isinstance(node, ast.keyword) and node.arg in ("lr", "learning_rate"):
        yield text.instead(node.value, f"10 * {text.alone(node.value)}")


def flipped_option(node: ast.AST, text: Written) -> Iterator[Edit]:
    """``shuffle`` or ``bias`` is the other way round; a layer has no bias."""
    said = (
        node.value if isinstance(node, ast.keyword) and node.arg in ("shuffle", "bias", "use_bias") else None
    )
    if isinstance(said, ast.Constant) and isinstance(said.value, bool):
        yield text.instead(said, str(not said.value))
    if isinstance(node, ast.Call) and _name(node.func) in ("Linear", "Conv1d", "Conv2d", "Dense", "Conv2D"):
        option = "use_bias" if _name(node.func) in ("Dense", "Conv2D") else "bias"
        if option not in [keyword.arg for keyword in node.keywords] and (node.args or node.keywords):
            ends = [text.span(one)[1] for one in node.args] + [text.span(one)[1] for one in node.keywords]
            end = max(ends)
            yield Edit(end, end, f", {option}=False")


def inverted_mask(node: ast.AST, text: Written) -> Iterator[Edit]:
    """What is masked is kept, and the other way round."""
    if isinstance(node, ast.Call) and _name(node.func) in _CHOOSING and node.args:
        mask = node.args[0]
        if isinstance(mask, ast.UnaryOp) and isinstance(mask.op, ast.Invert):
            yield text.instead(mask, text.of(mask.operand))
        else:
            yield text.instead(mask, f"~{text.alone(mask)}")
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.expr) and "mask" in _name(node.slice):
        yield text.instead(node.slice, f"~{text.alone(node.slice)}")


def other_comparison(node: ast.AST, text: Written) -> Iterator[Edit]:
    """``>`` is taken for ``>=``, ``<`` for ``<=``, and the other way round."""
    if not isinstance(node, ast.Compare):
        return
    left: ast.expr = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if (signs := _COMPARED.get(type(operator))) is not None:
            start, end = text.span(left)[1], text.span(right)[0]
            between = text.data[start:end].decode()
            yield Edit(start, end, between.replace(signs[0], signs[1], 1))
        left = right


SLIPS: tuple[Callable[[ast.AST, Written], Iterator[Edit]], ...] = (
    dropped_statement,
    dropped_call,
    dropped_mode,
    dropped_term,
    other_reduction,
    other_axis,
    shifted_bound,
    other_activation,
    softmax_dropped_or_doubled,
    other_optimiser,
    flipped_option,
    inverted_mask,
    other_comparison,
)
