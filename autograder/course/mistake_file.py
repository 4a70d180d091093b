"""Reads solutions, and reads and writes mistakes, that are whole files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from autograder.core.mistake import Mistake
from autograder.core.text import Text
from autograder.course.modules import CatalogError, raised

_LOSES = re.compile(r"^(loses|ko|en):[ \t]*(.*(?:\n(?!loses:|ko:|en:).*)*)", re.MULTILINE)


def read_source(path: Path) -> str:
    """Return a file's source.

    Raises:
        CatalogError: it is absent or not Python.
    """
    try:
        source = path.read_text(encoding="utf-8")
        ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError) as error:
        raise raised(path, error) from None
    return source


def mistake_of_file(path: Path) -> Mistake:
    """Return a whole file's mistake; its docstring says ``loses: part, part``, ``ko: ...``, ``en: ...``.

    Raises:
        CatalogError: it has no such docstring.
    """
    source = read_source(path)
    fields = dict(_LOSES.findall(ast.get_docstring(ast.parse(source)) or ""))
    if not fields.get("loses") or not (fields.get("ko") or fields.get("en")):
        raise CatalogError(
            f"{path}:1: its docstring must have the lines 'loses: part, part' and 'ko: ...' or 'en: ...'"
        )
    explanation = Text(ko=" ".join(fields.get("ko", "").split()), en=" ".join(fields.get("en", "").split()))
    loses = frozenset(name.strip() for name in fields["loses"].split(","))
    return Mistake(name=path.stem, explanation=explanation, loses=loses, whole=source)


def text_of_mistake(mistake: Mistake) -> str:
    """Return the text of the file from which :func:`mistake_of_file` reads this whole mistake."""
    said = [f"loses: {', '.join(sorted(mistake.loses))}"]
    said += [f"{name}: {' '.join(text.split())}" for name, text in mistake.explanation.to_json().items()]
    quoted = "\n".join(said).replace("\\", "\\\\").replace('"', '\\"')
    return f'"""\n{quoted}\n"""\n\n{mistake.whole}'
