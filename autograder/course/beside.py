"""Which of the files beside a submission travel along: ordinary ones, as many and as large as is accepted."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from autograder.course.which_file import decoded, is_junk, match

MAX_FILES, MAX_BYTES = 2_000, 256 << 20
_MAX_LOOKED_AT = 20 * MAX_FILES


def files_beside(
    path: Path, other_questions: Collection[str], left_out: Collection[str]
) -> tuple[dict[str, Path], bool]:
    """Return the ordinary files beside a submission by their path, and whether these are all.

    Of too many, modules are brought along first, those at the top before those in folders, and small files
    before large ones.

    Args:
        path: the submission's file.
        other_questions: whose files are left out.
        left_out: names of files and folders beside it that are left out.

    Raises:
        OSError: a file cannot be looked at.
    """
    found: dict[str, Path] = {}
    for relative, inner in _inside(path.parent, {path.name, *left_out}):
        if not any(_answers(relative, question) for question in other_questions):
            found.setdefault(decoded(relative) or relative, inner)
        if len(found) > _MAX_LOOKED_AT:
            break
    sizes = {name: inner.lstat().st_size for name, inner in found.items()}
    size, taken = 0, set[str]()
    for name in sorted(found, key=lambda name: (not name.endswith(".py"), name.count("/"), sizes[name])):
        size += sizes[name]
        if len(taken) == MAX_FILES or size > MAX_BYTES:
            break
        taken.add(name)
    return {name: inner for name, inner in found.items() if name in taken}, len(taken) == len(found)


def _answers(name: str, question: str) -> bool:
    found = match(name, question)
    return found is not None and found.likeness in ("exact", "own")


def _inside(folder: Path, left_out: Collection[str]) -> Iterator[tuple[str, Path]]:
    """Yield (path inside, path) of every ordinary file in a folder, in a fixed order.

    ``left_out`` are names at its top; installed packages are left out too.
    """
    for top, folders, names in os.walk(folder):
        taken = left_out if top == str(folder) else ()
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not is_junk(name) and name not in taken)
        for path in (Path(top) / name for name in sorted(names) if not is_junk(name) and name not in taken):
            if path.is_file() and not path.is_symlink():
                yield str(path.relative_to(folder)), path
