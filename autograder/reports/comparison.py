"""Two submissions side by side: lines that are the same, the same but for names, or different."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from autograder.core.text import Language, Text
from autograder.reports.html import content_hash, file_name, page_template, source_of

MAX_LINES = 1_000  # of each that are compared
_WORD = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"#.*$")
_KEPT = frozenset([*keyword.kwlist, *keyword.softkwlist, *dir(builtins)])


@dataclass(frozen=True, slots=True)
class Row:
    """A line of either submission, None where one has no such line."""

    left: str | None
    right: str | None
    kind: Literal["same", "renamed", "different"]


def rows(left: str, right: str) -> list[Row]:
    """Return the lines of two sources side by side, aligned without regard to names, comments and spaces."""
    mine, theirs = (source.splitlines()[:MAX_LINES] for source in (left, right))
    matcher = SequenceMatcher(None, [_shape(one) for one in mine], [_shape(one) for one in theirs], False)
    found: list[Row] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        found += _rows(mine[i:i_end], theirs[j:j_end], equal=tag == "equal")
    return found


def _rows(left: Sequence[str], right: Sequence[str], *, equal: bool) -> Iterator[Row]:
    for one, other in zip_longest(left, right):
        same = one is not None and other is not None and one.strip() == other.strip()
        yield Row(one, other, "same" if same else "renamed" if equal else "different")


def _shape(line: str) -> str:
    """Return a line without its names, comment and spaces."""
    plain = _WORD.sub(lambda word: word[0] if word[0] in _KEPT else "name", _COMMENT.sub("", line))
    return "".join(plain.split())


def comparison_page(
    title: Text, students: tuple[str, str], sources: tuple[str, str], language: Language
) -> str:
    """Return the HTML of a page with both submissions; ``language`` is shown first."""
    script = source_of("language.js")
    return page_template("comparison.html").render(
        title=title,
        students=students,
        rows=rows(*sources),
        language=language,
        style=source_of("page.css"),
        script=script,
        script_hash=content_hash(script),
    )


def comparison_name(students: tuple[str, str]) -> str:
    """Return the name of the file of a page without its suffix."""
    return "--".join(map(file_name, students))
