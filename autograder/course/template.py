"""Makes the template for students: the interface, below the statements."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.core.exam import Question
from autograder.core.text import Language, Text
from autograder.course.question import QuestionEntry


def template(entry: QuestionEntry) -> str:
    """Return the module that a student fills in: statements and interface, without answers, checks and seeds.

    Raises:
        CatalogError: the interface cannot be read.
    """
    comment = "\n".join(f"# {line}".rstrip() for line in _heading(entry.question).splitlines())
    return f"{comment}\n\n{entry.interface_source}"


def preamble(entry: QuestionEntry) -> str:
    """Return what stands in the interface besides the names to fill in, such as imports."""
    text = entry.interface_source
    for stub in entry.stubs.values():
        text = text.replace(stub, "", 1)
    return "\n".join(line for line in text.splitlines() if line.strip())


def _heading(question: Question) -> str:
    lines = [both(question.title.ko, question.title.en, " / "), ""]
    for number, part in enumerate(question.parts, start=1):
        name = both(part.title.ko, part.title.en, " / ")
        lines += [" ".join(filter(None, [f"({number})", name, part.name, f"[{part.points:g}]"])), ""]
        lines += [both(part.statement.ko, part.statement.en, "\n\n"), ""]
    return "\n".join(lines)


def said(text: Text, languages: Sequence[Language], between: str) -> str:
    """Return a text in these languages."""
    return text[languages[0]] if len(languages) == 1 else both(text.ko, text.en, between)


def both(korean: str, english: str, between: str) -> str:
    """Return a text in both languages, once where a course has one language only."""
    return korean if korean == english else f"{korean}{between}{english}"
