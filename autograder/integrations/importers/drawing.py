"""Lets a test cell draw its inputs anew in hidden variants."""

from __future__ import annotations

import ast

from autograder.integrations.importers.forms import Aliases, is_constant
from autograder.integrations.importers.taint import Students

_MAKERS = {
    "numpy.array", "numpy.asarray", "torch.tensor", "torch.Tensor", "torch.FloatTensor",
    "tensorflow.constant", "tensorflow.convert_to_tensor", "jax.numpy.array",
}  # fmt: skip
_SEEDS = {
    "numpy.random.seed", "torch.manual_seed", "torch.random.manual_seed", "tensorflow.random.set_seed",
    "tensorflow.set_random_seed", "numpy.random.default_rng", "numpy.random.RandomState", "random.seed",
    "keras.utils.set_random_seed", "tensorflow.keras.utils.set_random_seed",
}  # fmt: skip


def draw(mine: ast.Module, whole: ast.Module, students: Students, aliases: Aliases) -> None:
    """Mark literals of inputs and seeds, in both forms of a cell alike.

    Only what the student's form has is marked; a literal that only the expected side needs is not in it.
    """
    drawing = _Drawing(aliases)
    statements = {ast.dump(one) for one in ast.walk(mine) if _is_input(one, students)}
    for tree in (mine, whole):
        for node in ast.walk(tree):
            if _is_input(node, students) and ast.dump(node) in statements:
                drawing.visit(node)


def _is_input(node: ast.AST, students: Students) -> bool:
    simple = isinstance(node, ast.Assign | ast.AnnAssign) or (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and "_observe" not in ast.unparse(node.value)
    )
    return simple and not students.depends(node)


class _Drawing(ast.NodeTransformer):
    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        full = self._aliases.full(node.func)
        first = node.args[0] if node.args else None
        if full in _SEEDS and isinstance(first, ast.Constant) and isinstance(first.value, int):
            node.args[0] = _marked("seed", first)
        if full in _MAKERS and isinstance(first, ast.List) and is_constant(first) and _floats(first) >= 2:
            node.args[0] = _marked("drawn", first)
        return node


def _marked(how: str, node: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(ast.Name("_observe", ast.Load()), how, ast.Load()), [node], [])


def _floats(node: ast.expr) -> int:
    constants = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return sum(isinstance(one, float) and one != round(one) for one in constants)
