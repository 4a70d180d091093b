"""Writes the archive: Gradescope's two scripts, the engine, and the files of the course that the exam needs.

It has the solutions and the course key, so it is for instructors only.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

from autograder.core.errors import UserError
from autograder.core.text import Text
from autograder.course.catalog import Course, ExamEntry
from autograder.handout.wheel import DISTRIBUTION, archive, package_files
from autograder.records.files import write_whole
from autograder.running.environment import EXTRAS, absence

_OF_A_COURSE = (".py", ".md", ".json")  # the ends of the names of its files
_PROGRAMS = ("setup.sh", "run_autograder", "autograder")


class BundleError(UserError):
    """The archive cannot be made; the message is one line."""


def write_bundle(course: Course, exam: ExamEntry, path: Path, isolation: str) -> Path:
    """Write the archive of an exam and return its path.

    Args:
        course: the course of the exam; its key is included, so that hidden variants stay the same.
        exam: the exam to grade.
        path: the archive's path; an existing file is replaced.
        isolation: the option of ``autograder grade``.

    Raises:
        BundleError: the engine was not installed by pip, or a requirement of the exam is not installed.
        CatalogError: a question cannot be loaded.
        RunError: the file cannot be written.
    """
    settings = f"EXAM={shlex.quote(exam.name)}\nISOLATION={shlex.quote(isolation)}\n"
    content: dict[str, bytes] = {
        "settings.sh": settings.encode(),
        "key": course.key(),
        "requirements.txt": "".join(f"{line}\n" for line in _requirements(exam)).encode(),
    }
    scripts = resources.files("autograder.integrations.gradescope")
    content |= {name: scripts.joinpath(name).read_bytes() for name in _PROGRAMS}
    content |= {f"engine/{name}": data for name, data in package_files()}
    content |= {f"course/{name}": data for name, data in _course(course, exam)}
    write_whole(path, archive(dict(sorted(content.items())), _PROGRAMS))
    return path


def _course(course: Course, exam: ExamEntry) -> Iterator[tuple[str, bytes]]:
    datasets = {name for entry in exam.questions for name in entry.question.datasets}
    folders = [course.root / kind / exam.name for kind in ("exams", "solutions")]
    folders += [course.root / "exams" / "_shared", course.root / "data" / "measured" / exam.name]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in _OF_A_COURSE]
    files += course.root.glob("course.toml")
    embedded = course.root / "data" / "mini"
    files += [path for path in embedded.glob("*") if path.suffix == ".txt" or path.stem in datasets]
    for path in files:
        yield path.relative_to(course.root).as_posix(), path.read_bytes()


def _requirements(exam: ExamEntry) -> Iterator[str]:
    """Yield the engine's requirements for the exam's frameworks, pinned to the versions installed here."""
    for entry in exam.questions:
        if why := absence(entry.question.framework):
            raise BundleError(Text("{question}: {why}").format(question=entry.id, why=why))
    extras = {
        EXTRAS[entry.question.framework] for entry in exam.questions if entry.question.framework in EXTRAS
    }
    for name in sorted(_needed(extras)):
        try:
            yield f"{name}=={metadata.version(name)}"
        except metadata.PackageNotFoundError:
            raise BundleError(
                f"{name} is not installed; pip install '{DISTRIBUTION}[{','.join(sorted(extras))}]'"
            ) from None


def _needed(extras: set[str]) -> set[str]:
    from packaging.requirements import Requirement

    try:
        declared = [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]
    except metadata.PackageNotFoundError:
        raise BundleError(
            f"{DISTRIBUTION} is not installed by pip, so its requirements are unknown"
        ) from None
    needed = set()
    for one in declared:
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ["", *extras]):
            needed |= _needed(one.extras) if one.name == DISTRIBUTION else {one.name}
    return needed
