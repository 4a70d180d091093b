"""Writes an nbgrader course: its configuration, and the source notebooks of an exam."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.core.errors import UserError
from autograder.core.progress import Progress
from autograder.course.catalog import Course, ExamEntry
from autograder.handout.write import write_checks
from autograder.integrations.nbgrader.cells import notebook_name, source_notebook
from autograder.records.files import write_whole
from autograder.running.jobs import Runner

CONFIG, SETTINGS = "nbgrader_config.py", "autograder_nbgrader.py"
COURSE_VARIABLE = "AUTOGRADER_COURSE"
_STUBS = """\
# Students get the stubs as the exam has them, and nothing in the place of a solution.
c.ClearSolutions.code_stub = {"python": ""}
"""
_LOAD = f'load_subconfig("{SETTINGS}")'
_CONFIG = f"""\
c = get_config()
{_LOAD}
# c.CourseDirectory.course_id = "name-of-the-course"
"""
_SETTINGS = '''\
"""What nbgrader needs to know of this course. Written by autograder nbgrader; put your own into {config}."""

import os
import sys
from pathlib import Path

c = get_config()
{stubs}c.Execute.timeout = {timeout}  # seconds for a cell; nbgrader's 30 are too few for a training
c.OverwriteCells.add_missing_cells = True
# Hidden tests find the exam here, and nbgrader finds alembic, wherever it is started from.
os.environ.setdefault({variable!r}, {course!r})
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
'''
_RUNS = 3  # variants that a cell runs


class NbgraderError(UserError):
    """nbgrader is not installed, or its course or gradebook is wrong; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The written files, and a remark if the instructor has to do something."""

    files: tuple[Path, ...]
    remark: str = ""


def write_course(
    course: Course,
    exam: ExamEntry,
    folder: Path,
    runner: Runner,
    *,
    jobs: int,
    progress: Progress,
    force: bool = False,
) -> Written:
    """Write ``source/EXAM`` with a notebook per question, and nbgrader's configuration if there is none.

    Args:
        course: the course of the exam; it must not move, because hidden tests read it.
        exam: the exam; the assignment has the same name.
        folder: nbgrader's course folder.
        runner: runs the solutions, for the checks that students get.
        jobs: the maximum number of workers at a time.
        force: whether notebooks that differ are replaced.

    Raises:
        NbgraderError: another notebook exists, and ``force`` is not given.
        CatalogError, InputsError, NotRunnableError: a question or its solution is wrong or cannot be run.
        RunError: a file cannot be written.
    """
    source = folder / "source" / exam.name
    files = _notebooks(exam, source, force)
    _write_beside(exam, source)
    checks = write_checks(exam, source, key=course.key(), runner=runner, jobs=jobs, progress=progress)
    files[folder / SETTINGS] = _settings(course)
    config = folder / CONFIG
    if not config.exists():
        files[config] = _CONFIG
    for path, text in files.items():
        write_whole(path, text.encode())
    kept = config not in files and SETTINGS not in config.read_text(encoding="utf-8")
    return Written(
        files=(*files, *checks), remark=f"{config} is yours and was kept; add: {_LOAD}" if kept else ""
    )


def _write_beside(exam: ExamEntry, source: Path) -> None:
    """Write the files that lie beside imported notebooks."""
    for entry in exam.questions:
        for name, path in entry.raw_files.items():
            write_whole(source / name, path.read_bytes())


def _notebooks(exam: ExamEntry, source: Path, force: bool) -> dict[Path, str]:
    """Return the notebooks to write; raise NbgraderError if others exist, unless forced."""
    import nbformat

    files = {
        source / f"{notebook_name(entry)}.ipynb": nbformat.writes(source_notebook(entry)) + "\n"
        for entry in exam.questions
    }
    changed = [path for path, text in files.items() if path.exists() and path.read_text("utf-8") != text]
    if changed and not force:
        raise NbgraderError(
            f"{changed[0]} is there already and differs; give --force to replace it, and then run "
            f"nbgrader generate_assignment {exam.name} --force"
        )
    return files


def _settings(course: Course) -> str:
    questions = [entry.question for exam in course.exams() for entry in exam.questions]
    longest = max(part.limit.seconds for question in questions for part in question.parts)
    imported = all(question.notebook for question in questions)  # has nbgrader's own stubs
    return _SETTINGS.format(
        stubs="" if imported else _STUBS,
        config=CONFIG,
        timeout=int(longest * _RUNS) + 30,
        variable=COURSE_VARIABLE,
        course=str(course.root),
    )


def course_directory(folder: Path) -> Any:
    """Return nbgrader's CourseDirectory of a folder, with the folder's configuration if it has one.

    Raises:
        NbgraderError: nbgrader is not installed, or the configuration cannot be read.
    """
    try:
        from nbgrader.coursedir import CourseDirectory
    except ModuleNotFoundError:
        raise NbgraderError("nbgrader is not installed; run: pip install 'dl-autograder[nbgrader]'") from None
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config = Config()
    if (folder / CONFIG).is_file():
        try:
            config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
        except Exception as error:  # the configuration is a program
            raise NbgraderError(f"{folder / CONFIG}: {type(error).__name__}: {error}") from None
    found = CourseDirectory(config=config)
    if "root" not in config.get("CourseDirectory", {}):
        found.root = str(folder.resolve())
    return found
