"""``course.toml``: the languages of a course, by default Korean and English, and its pass mark."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from autograder.core.text import Language
from autograder.course.modules import CatalogError


def languages_of(course: Path) -> Sequence[Language]:
    """Return the languages that every statement of a course is in.

    Raises:
        CatalogError: ``course.toml`` cannot be read, or names another language.
    """
    known = get_args(Language)
    found = _read(course).get("languages", known)
    if not isinstance(found, list | tuple) or not found or not set(found) <= set(known):
        raise CatalogError(f'{_path(course)}: languages must be some of ["ko", "en"], got {found!r}')
    return list(found)


def pass_mark_of(course: Path) -> float | None:
    """Return how many percent of the points pass; None if the course does not say.

    Raises:
        CatalogError: ``course.toml`` cannot be read, or has no such number.
    """
    found = _read(course).get("pass_mark")
    if found is not None and not (type(found) in (int, float) and 0 < found <= 100):
        raise CatalogError(
            f"{_path(course)}: pass_mark must be percent of the points, above 0, got {found!r}"
        )
    return found


def _path(course: Path) -> Path:
    return course / "course.toml"


def _read(course: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_path(course).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{_path(course)}: {error}") from None
