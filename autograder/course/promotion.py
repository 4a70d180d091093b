"""Writes mistakes into a question's folder: a mutant for its author to explain, or a whole module."""

from __future__ import annotations

import ast
from collections.abc import Collection
from pathlib import Path

from autograder.core.mistake import Mistake
from autograder.course.mistake_file import text_of_mistake
from autograder.course.modules import CatalogError
from autograder.course.mutation import Mutant, mutants
from autograder.course.question import QuestionEntry

_NEW = '"""The mistakes that students make."""\n\nfrom autograder import Mistake, Text\n\nMISTAKES = []\n'


def mutant_numbered(entry: QuestionEntry, number: int) -> Mutant:
    """Return the mutant of the solution with this number, from 1.

    Raises:
        CatalogError: there is none.
    """
    found = mutants(entry.solution_source)
    if not 1 <= number <= len(found):
        raise CatalogError(f"{entry.solution_path}: it has mutants 1 to {len(found)}, not {number}")
    return found[number - 1]


def promote(entry: QuestionEntry, mutant: Mutant, name: str, loses: Collection[str]) -> Path:
    """Append a mutant to MISTAKES as a named mistake, with an explanation to be filled in; return the file.

    Raises:
        CatalogError: the name is no identifier or taken; the file has no list MISTAKES, or cannot be written.
    """
    demand_new(entry, name)
    path = entry.mistakes_path
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else _NEW
        path.write_text(with_mistake(text, _written(entry, mutant, name, loses)), encoding="utf-8")
    except (LookupError, SyntaxError):
        raise CatalogError(f"{path}: there is no list MISTAKES = [...] to append to") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from None
    return path


def demand_new(entry: QuestionEntry, name: str) -> None:
    """Demand that a mistake may be called so.

    Raises:
        CatalogError: the name is no identifier, or another mistake has it.
    """
    if not name.isidentifier() or name in [mistake.name for mistake in entry.mistakes]:
        raise CatalogError(f"{entry.mistakes_path}: a mistake needs an identifier that is new, got {name!r}")


def write_mistake(entry: QuestionEntry, mistake: Mistake) -> Path:
    """Write a whole mistake into ``mistakes/`` and return its file.

    Raises:
        CatalogError: its name is no identifier or taken, or the file cannot be written.
    """
    demand_new(entry, mistake.name)
    path = entry.solutions / "mistakes" / f"{mistake.name}.py"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text_of_mistake(mistake))
    except OSError as error:
        raise CatalogError(f"{path}: cannot be written: {error.strerror}") from None
    return path


def _written(entry: QuestionEntry, mutant: Mutant, name: str, loses: Collection[str]) -> str:
    old, new = mutant.edit(entry.solution_source)
    slip = f"{mutant.before} → {mutant.after}"
    parts = ", ".join(f'"{part}"' for part in loses)
    return f"""    Mistake(
        name="{name}",
        explanation=Text(
            ko={f"무엇이 틀렸는지 적으세요: {slip}"!r},
            en={f"Say what went wrong: {slip}"!r},
        ),
        loses=frozenset({{{parts}}}),
        edits=[({old!r}, {new!r})],
    ),
"""


def with_mistake(text: str, written: str) -> str:
    """Return a module's text with an item appended to its list MISTAKES.

    Raises:
        LookupError: it has no such list.
        SyntaxError: it does not parse, or would not any more.
    """
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else ()
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if isinstance(node, ast.Assign) and "MISTAKES" in names and isinstance(node.value, ast.List):
            lines = text.encode().splitlines(keepends=True)
            end = sum(map(len, lines[: (node.value.end_lineno or 1) - 1])) + (node.value.end_col_offset or 1)
            before, after = text.encode()[: end - 1].decode().rstrip(), text.encode()[end - 1 :].decode()
            comma = "" if before.endswith(("[", ",")) else ","
            changed = f"{before}{comma}\n{written}{after}"
            ast.parse(changed)
            return changed
    raise LookupError("MISTAKES")
