"""The languages of a course, from ``languages`` in its ``course.toml``; by default Korean and English."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from autograder.core.text import Language
from autograder.course.modules import CatalogError


def languages_of(course: Path) -> Sequence[Language]:
    """Return the languages that every statement of a course is in.

    Raises:
        CatalogError: ``course.toml`` cannot be read, or names another language.
    """
    path, known = course / "course.toml", get_args(Language)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("languages", known)
    except FileNotFoundError:
        return list(known)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from None
    if not isinstance(found, list | tuple) or not found or not set(found) <= set(known):
        raise CatalogError(f'{path}: languages must be some of ["ko", "en"], got {found!r}')
    return list(found)
