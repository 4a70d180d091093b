"""Makes the template for students from the exam module's source."""

from __future__ import annotations

import ast

from autograder.core.exam import Question
from autograder.course.catalog import CatalogError, QuestionEntry


def template(entry: QuestionEntry) -> str:
    """Return the module that a student fills in: statements and stubs, without answers, checks and seeds.

    Raises:
        CatalogError: a name of the interface is not in the exam module's source.
    """
    comment = "\n".join(f"# {line}".rstrip() for line in _heading(entry.question).splitlines())
    return "\n\n\n".join([f"{comment}\n\n{preamble(entry.question)}", *stubs(entry).values()]) + "\n"


def preamble(question: Question) -> str:
    """Return the import lines at the start of a template or notebook."""
    return "\n\n".join(filter(None, ["from __future__ import annotations", question.preamble]))


def stubs(entry: QuestionEntry) -> dict[str, str]:
    """Return the source of each name of the interface, in the interface's order.

    Raises:
        CatalogError: a name is not in the exam module's source.
    """
    source = entry.path.read_text(encoding="utf-8")
    body, found = ast.parse(source).body, {}
    for name in interface_names(entry.question):
        node = next((node for node in body if _is_stub(node, name)), None)
        if node is None:
            raise CatalogError(f"{entry.path}: the interface names {name}, which is not defined there")
        found[name] = "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
    return found


def interface_names(question: Question) -> list[str]:
    """Return the names that a student defines."""
    return [item if isinstance(item, str) else item.__name__ for item in question.interface]


def _heading(question: Question) -> str:
    lines = [f"{question.title.ko} / {question.title.en}", ""]
    for number, part in enumerate(question.parts, start=1):
        lines += [f"({number}) {part.name} [{part.points:g}]", ""]
        lines += [part.statement.ko, "", part.statement.en, ""]
    return "\n".join(lines)


def _is_stub(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id == name
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
