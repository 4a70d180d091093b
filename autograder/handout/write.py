"""Writes the student version of an exam, without any answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autograder.core.progress import Progress
from autograder.core.text import Language, Text
from autograder.course.catalog import ExamEntry
from autograder.course.modules import CatalogError
from autograder.course.question_files import CHECKS_FOLDER
from autograder.course.template import template
from autograder.handout.check_file import SUFFIX, encode_check_file
from autograder.handout.readme import readme
from autograder.records.files import write_whole
from autograder.running.jobs import Runner


def write_release(
    exam: ExamEntry,
    folder: Path,
    *,
    languages: Sequence[Language],
    key: bytes,
    runner: Runner,
    jobs: int,
    progress: Progress,
    say: Callable[[Text], None] = lambda line: None,
) -> list[Path]:
    """Write notebooks, modules, checks, a page to print, the engine's wheel and a README; return their paths.

    All of it is in a ZIP file too, for those who work on Google Colab.

    Args:
        languages: of the notebooks; the page has both, the first of these first.
        key: the course key, from which the salts of sealed references are derived.
        runner: runs the solutions, whose evidence is sealed.
        jobs: the maximum number of workers at a time.
        say: is told which checks are withheld although their kind is not, and which probes compute an answer.

    Raises:
        CatalogError, InputsError, NotRunnableError: a question cannot be loaded or run.
        WheelError: the wheel cannot be made here.
        RunError: a file cannot be written.
    """
    from autograder.handout.cells import archive_name
    from autograder.handout.wheel import archive

    files = _files(exam, languages)
    written = write_checks(exam, folder, key=key, runner=runner, jobs=jobs, progress=progress, say=say)
    checks = {path.relative_to(folder).as_posix(): path.read_bytes() for path in written}
    files[archive_name(exam.name)] = archive(files | checks)
    return [*_write({folder / name: content for name, content in files.items()}), *written]


def _files(exam: ExamEntry, languages: Sequence[Language]) -> dict[str, bytes]:
    """Return the content of each file but the checks, by its name."""
    import nbformat

    from autograder.handout.cells import imported_notebook, notebook
    from autograder.handout.exam_page import exam_page
    from autograder.handout.wheel import engine_wheel

    wheel, data = engine_wheel()
    files = {wheel: data, "README.md": readme(exam, wheel).encode()}
    files[f"{exam.name}.html"] = exam_page(exam, languages[0])
    for entry in exam.questions:
        if entry.question.notebook:
            if not entry.handout_path.is_file():
                raise CatalogError(
                    f"{entry.handout_path}: no such file; put the students' notebook there",
                    ko=f"{entry.handout_path}: 그런 파일이 없습니다. 학생에게 줄 노트북을 그 자리에 두세요",
                )
            files[f"{entry.question.notebook}.ipynb"] = imported_notebook(entry, languages, wheel)
            files |= {name: path.read_bytes() for name, path in entry.raw_files.items()}
            continue
        made = notebook(entry, languages, wheel)
        files[f"{entry.name}.py"] = template(entry).encode()
        files[f"{entry.name}.ipynb"] = (nbformat.writes(made) + "\n").encode()
    return files


def write_checks(
    exam: ExamEntry,
    folder: Path,
    *,
    key: bytes,
    runner: Runner,
    jobs: int,
    progress: Progress,
    say: Callable[[Text], None] = lambda line: None,
) -> list[Path]:
    """Write ``autograder_checks/`` in a folder; arguments and errors are those of :func:`write_release`."""
    from autograder.handout.make_check_files import make_check_files

    made = make_check_files(exam.questions, key, runner, jobs, progress, say=say)
    names = {entry: entry.question.notebook or entry.name for entry in made}  # of the students' files
    files = {f"{names[entry]}{SUFFIX}": encode_check_file(one) for entry, one in made.items()}
    return _write({folder / CHECKS_FOLDER / name: content for name, content in files.items()})


def _write(files: Mapping[Path, bytes]) -> list[Path]:
    """Write files that everyone may read."""
    for path, content in files.items():
        write_whole(path, content)
        path.chmod(0o644)
    return list(files)
