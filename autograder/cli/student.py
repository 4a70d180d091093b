"""For students: check."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.options import (
    FELL_SHORT,
    UNGRADED,
    Context,
    common,
    device_option,
    isolation_option,
    json_option,
)

if TYPE_CHECKING:
    from autograder.handout.self_check import Subject
    from autograder.sandbox.protocol import Isolation


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--question", help="EXAM/QUESTION, where the file's name does not say it.")
@click.option("--part", "parts", multiple=True, help="Only this part (may be repeated).")
@device_option
@isolation_option
@json_option
@common
def check(
    context: Context,
    files: tuple[Path, ...],
    question: str | None,
    parts: tuple[str, ...],
    device: str,
    isolation: str,
    as_json: bool,
) -> None:
    """Check your own FILES before handing in: published checks only, no solutions needed.

    The checks come from the folder autograder_checks/ of a release, beside the file or above it, or else from
    the course. Exit code 1 if a part falls short.

    \b
    Example:
      autograder check q2_linear_regression.ipynb --part adam_first_update
    """
    from autograder.core.verdict import Result
    from autograder.handout.self_check import self_check
    from autograder.reports.part import part_table
    from autograder.sandbox.gpus import choose_device

    confined = _confine_own_code(context, isolation)
    rows: list[dict[str, Any]] = []
    for path in files:
        subject = _subject(context, path, question, confined, choose_device(device))
        entry = subject.bench.entry
        result = self_check(path, subject, confined, parts)
        verdicts = tuple(result.verdicts)
        rows += Result(student=str(path), question=entry.id, verdicts=verdicts).rows()
        if not as_json:
            language = context.console.language
            table = part_table(entry.question, result.verdicts, result.notes, language)
            context.console.show(table, width=110)
    if as_json:
        context.console.show_json(rows)
    sys.exit(_judgement(rows))


def _subject(
    context: Context, path: Path, question: str | None, isolation: Isolation, device: str
) -> Subject:
    from autograder.course.catalog import CatalogError
    from autograder.course.submission import CHECKS_FOLDER
    from autograder.handout.check_file import check_files_near
    from autograder.handout.self_check import (
        choose_check_file,
        guess_question,
        subject_of_check_file,
        subject_of_course,
    )

    if context.given is None and (files := check_files_near(path.absolute().parent)):
        return subject_of_check_file(
            choose_check_file(files, path, question), [file.stem for file in files], device
        )
    try:
        course = context.course
    except CatalogError as error:
        where = f"{path}: no folder {CHECKS_FOLDER}/ of a release beside it or above it"
        raise CatalogError(f"{where}, and {error}") from None
    entry = course.question(question) if question else guess_question(course, path)
    return subject_of_course(entry, isolation, device)


def _confine_own_code(context: Context, isolation: str) -> Isolation:
    """A student's own code on their own machine may run without a sandbox, if none works there."""
    from autograder.sandbox.choose import choose
    from autograder.sandbox.protocol import IsolationError
    from autograder.sandbox.unconfined import Unconfined

    try:
        return choose(
            "bubblewrap" if isolation == "auto" else isolation
        )  # one worker: nothing to keep warm for
    except IsolationError:
        if isolation != "auto":
            raise
        context.console.say("No sandbox works here; your code is run without one.")
        return Unconfined()


def _judgement(rows: Iterable[Mapping[str, Any]]) -> int:
    """Exit code: a part falls short if a check failed, also where the rest of it waits for a person."""
    rows = list(rows)
    if any(row["status"] == "ungraded" for row in rows):
        return UNGRADED
    return FELL_SHORT if any(not finding["passed"] for row in rows for finding in row["findings"]) else 0
