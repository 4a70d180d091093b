"""Reads a question's statements: Markdown with ``# title``, then ``## part: its title`` for each part."""

from __future__ import annotations

import mimetypes
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from autograder.core.errors import UserError
from autograder.core.exam import Question
from autograder.core.text import Language, Text

_FENCE = re.compile(r" {0,3}(```|~~~)")
_FIGURE = re.compile(r"!\[([^\]]*)\]\((?!data:|https?:)([^)\s]+)\)")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_PART = re.compile(r"##\s+(\w+)\s*:\s*(\S.*)")


class StatementError(UserError):
    """A file of words is absent, lacks something or names what is not there; the message says where."""


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A question's words in one language: its title, and the title and the text of each part."""

    title: str
    parts: Mapping[str, _Section]


def read_statement(path: Path, parts: Sequence[str]) -> Statement:
    """Read the statement of a question with these parts.

    Raises:
        StatementError: the file is absent, has no title, lacks a part, or is about another.
    """
    lines = read_lines(path)
    for number, line in _outside_code(lines):
        lines[number] = _embedded(line, path, number + 1)
    numbers = headings(lines, ("# ", "## "))
    if not numbers or not lines[numbers[0]].startswith("# "):
        raise StatementError(f"{path}:1: it must begin with a title, '# ...'")
    found: dict[str, _Section] = {}
    for number, end in pairwise([*numbers[1:], len(lines)]):
        where = f"{path}:{number + 1}"
        if (match := _PART.fullmatch(lines[number].strip())) is None:
            raise StatementError(f"{where}: expected '## part: its title', got {lines[number]!r}")
        name, title = match.groups()
        if name not in parts or name in found:
            raise StatementError(f"{where}: {name!r} is no part, or stands twice; parts: {', '.join(parts)}")
        found[name] = _Section(title, "\n".join(lines[number + 1 : end]).strip())
    if absent := [name for name in parts if name not in found]:
        raise StatementError(
            f"{path}:{len(lines)}: no statement of part {absent[0]}: add '## {absent[0]}: ...'"
        )
    return Statement(lines[numbers[0]].removeprefix("# ").strip(), found)


def read_lines(path: Path) -> list[str]:
    """Return the lines of a question's file of words in one language.

    Raises:
        StatementError: it is absent or unreadable.
    """
    what = path.name.partition(".")[0]
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise StatementError(
            f"{path}:1: no such {what}; write it, or take its language out of languages in course.toml"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise StatementError(f"{path}: the {what} cannot be read: {error}") from None


def headings(lines: Sequence[str], marks: tuple[str, ...]) -> list[int]:
    """Return the numbers, from 0, of the lines that begin with one of these marks, outside of code."""
    return [number for number, line in _outside_code(lines) if line.startswith(marks)]


def _embedded(line: str, path: Path, number: int) -> str:
    """Return a line with the figures that lie beside the statement in it, so that it can be shown anywhere.

    Raises:
        StatementError: there is no such figure.
    """

    def data(found: re.Match[str]) -> str:
        description, name = found.groups()
        kind, figure = mimetypes.guess_type(name)[0], path.parent / name
        if kind not in _PICTURES or not figure.is_file():
            raise StatementError(
                f"{path}:{number}: no such figure: {name}; it must lie beside the statement and be one of "
                + ", ".join(_PICTURES)
            )
        return f"![{description}](data:{kind};base64,{b64encode(figure.read_bytes()).decode()})"

    return _FIGURE.sub(data, line)


def _outside_code(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Return the lines outside fenced code, with their numbers from 0."""
    found, fence = [], ""
    for number, line in enumerate(lines):
        if match := _FENCE.match(line):
            fence = "" if fence == match[1] else fence or match[1]
        elif not fence:
            found.append((number, line))
    return found


def with_statements(
    question: Question, folder: Path, languages: Sequence[Language]
) -> tuple[Text, dict[str, tuple[Text, Text]]]:
    """Return a question's title and each part's title and statement, from the files in its folder.

    Raises:
        StatementError: a language of the course, or a part, is missing.
    """
    names = [part.name for part in question.parts]
    read = {one: read_statement(folder / f"statement.{one}.md", names) for one in languages}
    title = Text(**{one: statement.title for one, statement in read.items()})
    return title, {
        name: (
            Text(**{one: statement.parts[name].title for one, statement in read.items()}),
            Text(**{one: statement.parts[name].text for one, statement in read.items()}),
        )
        for name in names
    }
