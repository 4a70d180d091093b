"""Reads a question's feedback: in Markdown what its checks and pictures are called, and what they say.

``## part``, or ``## part, part`` for what is the same in several, begins what is said of its checks. Each has
``### check: its label``, by its name or id, and below that the statement of an equation or the rubric of an
essay. ``### picture``, or ``### picture 2`` where a part has several, has the caption below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from autograder.checks.base import Named
from autograder.core.check import Check
from autograder.core.exam import Part
from autograder.core.illustration import Illustration
from autograder.core.text import EMPTY, Language, Text
from autograder.course.statement import StatementError, headings, read_lines

_FOLDED = re.compile(r"(?<!\n)\n(?!\n|[-*] |\d+\. )")  # the end of a line within a paragraph or an item
_EXPECTED = "expected '## part', and below it '### check: its label'"
_Item = TypeVar("_Item", Check, Illustration)


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands under a heading; ``where`` is its file and line."""

    where: str
    label: str
    text: str


_Found = dict[tuple[str, str], _Words]  # by the part's name, and the check's id or the picture


def with_feedback(parts: Sequence[Part], folder: Path, languages: Sequence[Language]) -> list[Part]:
    """Return the parts of a question with what ``feedback.ko.md`` and ``feedback.en.md`` in its folder say.

    Raises:
        StatementError: a language is missing, a heading names nothing, or something is said twice or in part.
    """
    paths = {one: folder / f"feedback.{one}.md" for one in languages}
    if not any(path.is_file() for path in paths.values()):
        return list(parts)
    read = {one: _read(path, parts) for one, path in paths.items()}
    for one, found in read.items():
        for other in read.values():
            for part, name in sorted(other.keys() - found.keys()):
                where = other[part, name].where
                raise StatementError(f"{paths[one]}:1: nothing about {name} of part {part}, unlike {where}")
    return [_complete(part, read) for part in parts]


def _complete(part: Part, read: Mapping[Language, _Found]) -> Part:
    def words(name: str) -> dict[Language, _Words]:
        return {one: found[part.name, name] for one, found in read.items() if (part.name, name) in found}

    checks = [_told(check, check.id, words(check.id)) for check in part.checks]
    return replace(
        part,
        checks=checks,
        pictures=[_told(one, name, words(name)) for name, one in _pictures(part).items()],
    )


def _pictures(part: Part) -> dict[str, Illustration]:
    """Return a part's pictures by what they are called: their number, where there are several."""
    many = len(part.pictures) > 1
    return {f"picture {n}" if many else "picture": one for n, one in enumerate(part.pictures, start=1)}


def _told(item: _Item, name: str, words: Mapping[Language, _Words]) -> _Item:
    """Return a check or a picture with its words."""
    text_field = item.sentence if isinstance(item, Named) else "caption" if hasattr(item, "caption") else ""
    for kind, field in (("label", "label" if isinstance(item, Named) else ""), ("text", text_field)):
        said = {one: getattr(each, kind) for one, each in words.items()}
        if not any(said.values()):
            continue
        where = next(each.where for one, each in words.items() if said[one])
        if absent := next((each.where for one, each in words.items() if not said[one]), None):
            raise StatementError(f"{absent}: {name} has no {kind} here, unlike {where}")
        if not field or not is_dataclass(item):
            raise StatementError(f"{where}: {name} takes no {kind}")
        given = (
            item.labelled if isinstance(item, Named) and kind == "label" else getattr(item, field) != EMPTY
        )
        if given:
            raise StatementError(f"{where}: question.py has a {field} of {name} too; keep one of the two")
        item = replace(item, **{field: Text(**said)})
    return item


def _read(path: Path, parts: Sequence[Part]) -> _Found:
    """Return what a file says of a question with these parts."""
    lines = read_lines(path)
    numbers = headings(lines, ("# ", "## ", "### "))
    if any(map(str.strip, lines[: (numbers or [len(lines)])[0]])):
        raise StatementError(f"{path}:1: {_EXPECTED}")
    found: _Found = {}
    about: Sequence[Part] = ()
    for number, end in zip(numbers, [*numbers[1:], len(lines)], strict=True):
        where, (mark, _, name) = f"{path}:{number + 1}", lines[number].partition(" ")
        text = _FOLDED.sub(" ", "\n".join(map(str.strip, lines[number + 1 : end])).strip())
        if mark == "##" and not text:
            about = _parts(where, name, parts)
        elif mark == "###" and about:
            names, _, label = name.partition(":")
            words = _Words(where, label.strip(), text)
            if not (words.label or text):
                raise StatementError(f"{where}: expected '### {names}: its label', or a text below it")
            for key in _keys(where, names, about):
                if key in found:
                    raise StatementError(
                        f"{where}: {key[1]} of part {key[0]} stands twice, see {found[key].where}"
                    )
                found[key] = words
        else:
            raise StatementError(f"{where}: {_EXPECTED}")
    return found


def _parts(where: str, names: str, parts: Sequence[Part]) -> list[Part]:
    known = {part.name: part for part in parts}
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in known:
            raise StatementError(f"{where}: no part is named {name!r}{_hint(name, [*known])}")
    return [known[name] for name in wanted]


def _keys(where: str, names: str, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Yield the part and the id of every check or picture that a heading names."""
    for name in map(str.strip, names.split(",")):
        known, found = [], []
        for part in parts:
            ids = {check.id: getattr(check, "name", "") for check in part.checks}
            ids |= dict.fromkeys(_pictures(part), "")
            named = [one for one in ids if name in (one, ids[one])]
            if len(named) > 1:
                raise StatementError(f"{where}: {name!r} may be {' or '.join(named)}; say which")
            known += [ids[one] or one for one in ids]
            found += [(part.name, one) for one in named]
        if not found:
            of = " or ".join(part.name for part in parts)
            raise StatementError(f"{where}: no check of {of} is named {name!r}{_hint(name, known)}")
        yield from found


def _hint(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(dict.fromkeys(known))}"
