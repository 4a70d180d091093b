"""``course.toml``: the languages of a course, by default Korean and English, and its pass mark."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from autograder.core.text import Language
from autograder.course.modules import CatalogError

COURSE_FILE = "course.toml"
_KEYS = ("languages", "pass_mark", "timezone", "drop_lowest", "policy", "exams")


def languages_of(course: Path) -> Sequence[Language]:
    """Return the languages that every statement of a course is in.

    Raises:
        CatalogError: ``course.toml`` cannot be read, or names another language.
    """
    known = get_args(Language)
    found = course_table(course).get("languages", known)
    if not isinstance(found, list | tuple) or not found or not set(found) <= set(known):
        raise CatalogError(f'{_path(course)}: languages must be some of ["ko", "en"], got {found!r}')
    return list(found)


def pass_mark_of(course: Path) -> float | None:
    """Return how many percent of the points pass; None if the course does not say.

    Raises:
        CatalogError: ``course.toml`` cannot be read, or has no such number.
    """
    found = course_table(course).get("pass_mark")
    if found is not None and not (type(found) in (int, float) and 0 < found <= 100):
        raise CatalogError(
            f"{_path(course)}: pass_mark must be percent of the points, above 0, got {found!r}"
        )
    return found


def course_table(course: Path) -> Mapping[str, Any]:
    """Return what stands in ``course.toml``; nothing if there is no such file.

    Raises:
        CatalogError: the file cannot be read, or has an unknown key.
    """
    path = _path(course)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from None
    for name in found:
        if name not in _KEYS:
            close = get_close_matches(name, _KEYS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(_KEYS)}"
            raise CatalogError(f"{path}: no key is named {name!r}; {hint}")
    return found


def _path(course: Path) -> Path:
    return course / COURSE_FILE
