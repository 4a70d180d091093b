"""What a student wrote for a part: the definitions it asks for, with the lines that went wrong marked."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from autograder.core.verdict import Finding
from autograder.course.source import defines

_MAX_SOURCE = 200_000  # characters; a larger file is not looked into
_MAX_LINES = 60  # of one definition
_MAX_DEFINITIONS = 8
_QUOTED = re.compile(r'^  File ".*", line \d+.*\n    (.*)$', re.MULTILINE)  # a line in a traceback


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a student's code; ``number`` counts from 1 in the text that was run."""

    number: int
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The definition of a name, and how many of its lines are left out at the end."""

    name: str
    lines: Sequence[Line]
    left_out: int


def excerpts(source: str, names: Iterable[str], findings: Iterable[Finding]) -> list[Excerpt]:
    """Return the student's definitions of these names, those with a marked line first.

    Marked are lines that a failed finding names, or that its traceback ends in.

    Args:
        source: the text that was run, cells joined.
        names: of the interface.
        findings: on the part.
    """
    defined = _definitions(source)
    lines = source.splitlines()
    numbers, texts = set[int](), set[str]()
    for finding in findings:
        if not finding.passed:
            numbers.add(int(finding.numbers.get("line", 0)))
            texts.update(_QUOTED.findall(finding.traceback)[-1:])
    found = [
        _excerpt(name, defined[name], lines, numbers, texts)
        for name in list(dict.fromkeys(names))[:_MAX_DEFINITIONS]
        if name in defined
    ]
    return sorted(found, key=lambda one: not any(line.marked for line in one.lines))


def _definitions(source: str) -> dict[str, tuple[int, int]]:
    """Return the first and last line, from 1, of the last definition of each name."""
    if len(source) > _MAX_SOURCE:
        return {}
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # what the parser may raise
        return {}
    return {
        name: (
            min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]),
            node.end_lineno or node.lineno,
        )
        for node in body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        for name in defines(node)
    }


def _excerpt(
    name: str, span: tuple[int, int], lines: Sequence[str], numbers: Collection[int], texts: Collection[str]
) -> Excerpt:
    first, last = span
    shown = [
        Line(number, lines[number - 1], number in numbers or lines[number - 1].strip() in texts)
        for number in range(first, min(last, first + _MAX_LINES - 1) + 1)
    ]
    return Excerpt(name, shown, left_out=last - first + 1 - len(shown))
