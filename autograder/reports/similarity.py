"""Finds submissions that are suspiciously similar, without running them; a person decides what that means.

Submissions are compared as syntax trees without names of variables, comments, docstrings, annotations and
layout, definition by definition in alphabetical order. Left out are the statements of the template, imports,
and definitions that many students share.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

SUSPICIOUS = 0.85  # normalised Indel similarity, from 0 to 1
MIN_TOKENS = 60  # shorter submissions are not compared
MAX_CHARACTERS, MAX_TOKENS = 1 << 17, 20_000  # longer ones are not compared
_COMMON = (5, 0.1)  # a definition is common if more students than this number and share of the class have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two students with similar submissions: from :data:`SUSPICIOUS` to 1, by the tokens compared of each."""

    students: tuple[str, str]
    similarity: float
    tokens: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The suspicious submissions to a question: groups of students with the same text, and similar pairs.

    ``too_long`` are the students whose submissions were not compared but for their text.
    """

    identical: Sequence[Sequence[str]]
    pairs: Sequence[Pair]
    too_long: Sequence[str] = ()


def finds_pairs() -> bool:
    """Return whether rapidfuzz, which compares different texts, is installed."""
    return find_spec("rapidfuzz") is not None


def likeness(sources: Mapping[str, str], template: str) -> Likeness:
    """Return the suspicious submissions to a question.

    Args:
        sources: the source of each student; one with a syntax error is left out.
        template: the source that students start from.

    Returns:
        Groups of students with the same text, and pairs of different texts, the most similar first. A group
        is represented in the pairs by one student. Without rapidfuzz there are no pairs.
    """
    given = {tuple(_tokens(node)) for node in _statements(template)}
    by_text: dict[str, list[str]] = {}
    for student, source in sources.items():
        by_text.setdefault(source.strip(), []).append(student)
    trees = {text: _definitions(text, given) for text in by_text}
    short = {text: tree for text, tree in trees.items() if tree is not None}
    written = {by_text[text][0]: tree for text, tree in short.items() if tree}
    identical = [names for text, names in by_text.items() if len(names) > 1 and trees[text] != []]
    too_long = [name for text, names in by_text.items() if text not in short for name in names]
    return Likeness(identical=identical, pairs=_pairs(_uncommon(written, len(sources))), too_long=too_long)


Tokens = tuple[str, ...]


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _definitions(source: str, given: set[Tokens]) -> list[Tokens] | None:
    """Return the tokens of each statement that is not among ``given``, sorted by the name it defines.

    None if that is too long.
    """
    if len(source) > MAX_CHARACTERS:
        return None
    found = [
        (getattr(node, "name", ""), tuple(_tokens(node)))
        for node in _statements(source)
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    if sum(len(tokens) for _, tokens in found) > MAX_TOKENS:
        return None
    return [tokens for _, tokens in sorted(found, key=lambda item: item[0]) if tokens not in given]


_BUILTINS = frozenset(dir(builtins))
_LEFT_OUT = frozenset(["annotation", "returns", "decorator_list", "args", "type_params"])


def _tokens(root: ast.AST) -> Iterator[str]:
    """Yield the tree's tokens in source order; all variables give the same token."""
    todo: list[ast.AST] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            yield node.id if node.id in _BUILTINS else "name"
        elif isinstance(node, ast.Constant):
            yield "text" if isinstance(node.value, str) else f"value {hash(node.value)}"
        else:
            yield type(node).__name__
            if isinstance(node, ast.Attribute):
                yield node.attr
        todo += reversed(list(_children(node)))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name in node._fields:
        if name in _LEFT_OUT and not isinstance(node, ast.Call):
            continue
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context) and not _is_text(child):
                yield child


def _is_text(node: ast.AST) -> bool:
    """Return whether a node is a string as a statement, such as a docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _uncommon(written: Mapping[str, Sequence[Tokens]], students: int) -> dict[str, Tokens]:
    """Return each student's tokens without common definitions; students with few tokens are left out."""
    counts = Counter(tokens for definitions in written.values() for tokens in set(definitions))
    limit = max(_COMMON[0], _COMMON[1] * students)
    left = {
        student: tuple(token for tokens in definitions if counts[tokens] <= limit for token in tokens)
        for student, definitions in written.items()
    }
    return {student: tokens for student, tokens in left.items() if len(tokens) >= MIN_TOKENS}


def _pairs(tokens: Mapping[str, Tokens]) -> list[Pair]:
    if not finds_pairs():
        return []
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    numbers = {token: index for index, token in enumerate({t for found in tokens.values() for t in found})}
    # A character for each token, because rapidfuzz is fastest on strings; beyond a million some share one.
    words = [
        "".join(chr(0x10000 + numbers[token] % (1 << 20)) for token in found) for found in tokens.values()
    ]
    if len(words) < 2:
        return []
    similar = cdist(words, words, scorer=Indel.normalized_similarity, score_cutoff=SUSPICIOUS, workers=-1)
    students = list(tokens)
    found = [
        Pair(
            students=(students[i], students[j]),
            similarity=float(similar[i, j]),
            tokens=(len(words[i]), len(words[j])),
        )
        for i, j in zip(*similar.nonzero(), strict=True)
        if i < j
    ]
    return sorted(found, key=lambda pair: (-pair.similarity, pair.students))
