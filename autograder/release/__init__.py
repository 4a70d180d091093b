"""The student version of an exam: what a student fills in and checks, without any answer."""

from __future__ import annotations

import textwrap
from pathlib import Path

from autograder.catalog import ExamEntry
from autograder.release.template import template
from autograder.store import write_whole

__all__ = ["template", "write_release"]

_README = """\
{title}

빈 곳을 채우고 제출하기 전에 스스로 확인하세요. / Fill in the files and check yourself before handing in:

    autograder check FILE
"""


def write_release(exam: ExamEntry, folder: Path) -> list[Path]:
    """Write a notebook and a module per question, and a README; return the files.

    Raises:
        CatalogError: a question cannot be loaded.
        RunError: a file cannot be written.
    """
    import nbformat

    from autograder.release.cells import notebook

    title = f"{exam.exam.title.ko} / {exam.exam.title.en}"
    files = {folder / "README.txt": textwrap.dedent(_README).format(title=title)}
    for entry in exam.questions:
        files[folder / f"{entry.name}.py"] = template(entry)
        files[folder / f"{entry.name}.ipynb"] = nbformat.writes(notebook(entry)) + "\n"
    for path, text in files.items():
        write_whole(path, text.encode())
    return list(files)
