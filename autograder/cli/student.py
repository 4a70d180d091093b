"""The command ``check`` for students."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import (
    FELL_SHORT,
    UNGRADED,
    Context,
    Running,
    common,
    json_option,
    running_options,
)

if TYPE_CHECKING:
    from autograder.course.question import QuestionEntry
    from autograder.records.forms import PartRow
    from autograder.running.jobs import Runner
    from autograder.running.prepared import PreparedQuestion
    from autograder.sandbox.protocol import Isolation


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--question", help="EXAM/QUESTION, if the file has another name.")
@click.option("--part", "parts", multiple=True, help="Only this part (may be repeated).")
@running_options("device", "isolation")
@json_option
@common
def check(
    context: Context,
    files: tuple[Path, ...],
    question: str | None,
    parts: tuple[str, ...],
    running: Running,
    as_json: bool,
) -> None:
    """Check your own FILES before handing in: the open and sealed checks of a release.

    They are those in the folder autograder_checks/ of a release, beside the file or above it, else those that
    a release of the course would have. Exit code 1 if a check failed.

    \b
    Example:
      autograder check q2_linear_regression.ipynb --part adam_first_update
    """
    from autograder.core.verdict import Result
    from autograder.handout.self_check import self_check
    from autograder.records.forms import part_rows
    from autograder.reports.part import part_table
    from autograder.running.executor import Local
    from autograder.running.jobs import Runner

    runner = Runner(executor=Local(_confine_own_code(context, running.isolation)))
    rows: list[PartRow] = []
    known: dict[QuestionEntry, PreparedQuestion] = {}  # sealing references takes seconds
    for path in files:
        prepared = _prepare(context, path, question, runner, running.device, known)
        entry = prepared.entry
        result = self_check(path, prepared, runner, parts)
        verdicts = tuple(result.verdicts)
        rows += part_rows(Result(student=str(path), question=entry.id, verdicts=verdicts))
        if not as_json:
            language = context.console.language
            table = part_table(entry.question, result.verdicts, result.notes, language)
            context.console.show(table, width=110)
    if as_json:
        context.console.show_json(rows)
    sys.exit(_judgement(rows))


def _prepare(
    context: Context,
    path: Path,
    question: str | None,
    runner: Runner,
    device: str,
    known: dict[QuestionEntry, PreparedQuestion],
) -> PreparedQuestion:
    """Prepare the question of a file, from a release near it or else from the course; once in a course."""
    from autograder.course.modules import CatalogError
    from autograder.course.submission import CHECKS_FOLDER
    from autograder.handout import self_check
    from autograder.handout.check_file import check_files_near
    from autograder.sandbox.gpus import choose_device

    if question is None and not path.exists():
        raise CatalogError(f"{path}: no such file")
    device = choose_device(device)
    if context.given is None and (files := check_files_near(path.absolute().parent)):
        released = self_check.choose_check_file(files, path, question)
        return self_check.question_of_release(released, [file.stem for file in files], device)
    try:
        course = context.course
    except CatalogError as error:
        where = f"{path}: no folder {CHECKS_FOLDER}/ of a release beside it or above it"
        raise CatalogError(f"{where}, and {error}") from None
    entry = course.question(question) if question else self_check.guess_question(course, path)
    if entry not in known:
        known[entry] = self_check.question_of_course(entry, runner, device)
    return known[entry]


def _confine_own_code(context: Context, isolation: str) -> Isolation:
    """Return the isolation; without a working sandbox students may run their own code unconfined."""
    from autograder.sandbox.choose import choose
    from autograder.sandbox.protocol import IsolationError
    from autograder.sandbox.unconfined import Unconfined

    try:  # a single submission needs no warm worker
        return choose("bubblewrap" if isolation == "auto" else isolation)
    except IsolationError:
        if isolation != "auto":
            raise
        context.console.say("No sandbox works here; your code is run without one.")
        return Unconfined()


def _judgement(rows: Sequence[PartRow]) -> int:
    """Return the exit code: that of a failed check even if another check waits for a person."""
    if any(row.status == "ungraded" for row in rows):
        return UNGRADED
    return FELL_SHORT if any(not finding.passed for row in rows for finding in row.findings) else 0
