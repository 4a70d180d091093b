"""Writes the archive: Gradescope's two scripts, the engine, and of the course what one exam needs.

It holds the solutions and the course key, and is for the instructor's eyes only.
"""

from __future__ import annotations

import io
import shlex
import zipfile
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

from autograder.core.errors import UserError
from autograder.course.catalog import Course, ExamEntry
from autograder.records.files import write_whole
from autograder.running.environment import EXTRAS

_DISTRIBUTION = "dl-autograder"
_PROGRAMS = ("setup.sh", "run_autograder", "autograder")
_MADE_ON = (1980, 1, 1, 0, 0, 0)  # the same content is the same archive


class BundleError(UserError):
    """The archive cannot be made; one line says why."""


def write_bundle(course: Course, exam: ExamEntry, path: Path, isolation: str) -> Path:
    """Write the archive of an exam and return its path.

    Args:
        course: the course that the exam is of; its key goes along, so that hidden variants are the same.
        exam: what is graded.
        path: where to write; an archive that is there is replaced.
        isolation: for ``autograder grade``.

    Raises:
        BundleError: the engine was not installed by pip, or a requirement of the exam is not installed.
        CatalogError: a question cannot be loaded.
        RunError: it cannot be written.
    """
    settings = f"EXAM={shlex.quote(exam.name)}\nISOLATION={shlex.quote(isolation)}\n"
    content: dict[str, bytes] = {
        "settings.sh": settings.encode(),
        "key": course.key(),
        "requirements.txt": "".join(f"{line}\n" for line in _requirements(exam)).encode(),
    }
    scripts = resources.files("autograder.integrations.gradescope")
    content |= {name: scripts.joinpath(name).read_bytes() for name in _PROGRAMS}
    content |= {f"engine/autograder/{name}": data for name, data in _tree(Path(__file__).parents[2])}
    content |= {f"course/{name}": data for name, data in _course(course, exam)}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name, _MADE_ON)
            entry.external_attr = (0o755 if name in _PROGRAMS else 0o644) << 16
            file.writestr(entry, data, zipfile.ZIP_DEFLATED)
    write_whole(path, archive.getvalue())
    return path


def _tree(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _course(course: Course, exam: ExamEntry) -> Iterator[tuple[str, bytes]]:
    datasets = {name for entry in exam.questions for name in entry.question.datasets}
    folders = [course.root / kind / exam.name for kind in ("exams", "solutions")]
    folders.append(course.root / "exams" / "_shared")
    files = [path for folder in folders for path in folder.glob("*.py")]
    embedded = course.root / "data" / "mini"
    files += [path for path in embedded.glob("*") if path.suffix == ".txt" or path.stem in datasets]
    for path in files:
        yield path.relative_to(course.root).as_posix(), path.read_bytes()


def _requirements(exam: ExamEntry) -> Iterator[str]:
    """Yield what the engine needs for the exam's frameworks, in the versions that are installed here."""
    extras = {
        EXTRAS[entry.question.framework] for entry in exam.questions if entry.question.framework in EXTRAS
    }
    for name in sorted(_needed(extras)):
        try:
            yield f"{name}=={metadata.version(name)}"
        except metadata.PackageNotFoundError:
            raise BundleError(
                f"{name} is not installed; pip install '{_DISTRIBUTION}[{','.join(sorted(extras))}]'"
            ) from None


def _needed(extras: set[str]) -> set[str]:
    from packaging.requirements import Requirement

    try:
        declared = [Requirement(line) for line in metadata.requires(_DISTRIBUTION) or []]
    except metadata.PackageNotFoundError:
        raise BundleError(
            f"{_DISTRIBUTION} is not installed by pip, so its requirements are unknown"
        ) from None
    needed = set()
    for one in declared:
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ["", *extras]):
            needed |= _needed(one.extras) if one.name == _DISTRIBUTION else {one.name}
    return needed
