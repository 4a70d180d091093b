"""``course.toml``: the languages of a course, by default Korean and English, and its pass mark."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from autograder.core.errors import not_known
from autograder.core.text import Language, Text
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
        raise CatalogError(
            f'{_path(course)}: languages must be some of ["ko", "en"], got {found!r}',
            ko=f'{_path(course)}: languages는 ["ko", "en"] 중에서 고릅니다. 지금은 {found!r}입니다',
        )
    return list(found)


def pass_mark_of(course: Path) -> float | None:
    """Return how many percent of the points pass; None if the course does not say.

    Raises:
        CatalogError: ``course.toml`` cannot be read, or has no such number.
    """
    found = course_table(course).get("pass_mark")
    if found is not None and not (type(found) in (int, float) and 0 < found <= 100):
        raise CatalogError(
            f"{_path(course)}: pass_mark must be percent of the points, above 0, got {found!r}",
            ko=f"{_path(course)}: pass_mark는 만점의 퍼센트로, 0보다 크고 100 이하여야 합니다. 지금은 "
            f"{found!r}입니다",
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
            wrong = not_known(Text(ko="항목", en="key"), name, _KEYS)
            raise CatalogError(f"{path}: {wrong.en}", ko=f"{path}: {wrong.ko}")
    return found


def _path(course: Path) -> Path:
    return course / COURSE_FILE
