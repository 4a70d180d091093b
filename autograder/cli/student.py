"""The command ``check`` for students."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import (
    FELL_SHORT,
    FILE,
    FOLDER,
    UNGRADED,
    Context,
    Running,
    common,
    json_option,
    running_options,
)
from autograder.core.text import Text

if TYPE_CHECKING:
    from autograder.cli.console import Console
    from autograder.core.text import Language
    from autograder.core.verdict import Result
    from autograder.handout.own_files import OwnFiles
    from autograder.handout.self_check import SelfCheck
    from autograder.records.forms import PartRow
    from autograder.running.prepared import PreparedQuestion


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--question", help="EXAM/QUESTION, if the file has another name.")
@click.option("--part", "parts", multiple=True, help="Only this part (may be repeated).")
@running_options("device", "isolation")
@click.option("--junit", type=FILE, help="Write JUnit XML to this file.")
@click.option("--summary", type=FILE, help="Append a table in Markdown: $GITHUB_STEP_SUMMARY.")
@click.option("--classroom", type=FILE, help="Append GitHub Classroom's result: $GITHUB_OUTPUT.")
@click.option("--pictures", type=FOLDER, help="Draw the parts' pictures of your results into this folder.")
@json_option
@common
def check(
    context: Context,
    files: tuple[Path, ...],
    question: str | None,
    parts: tuple[str, ...],
    running: Running,
    junit: Path | None,
    summary: Path | None,
    classroom: Path | None,
    pictures: Path | None,
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

    own, console, results = _own_files(context, running), context.console, list[Result]()
    for path in files:
        prepared = own.prepared(path, question)
        result = self_check(path, prepared, own.runner, parts)
        results.append(Result(student=str(path), question=prepared.entry.id, verdicts=tuple(result.verdicts)))
        if not as_json:
            table = part_table(prepared.entry.question, result.verdicts, result.notes, console.language)
            console.show(table, width=110)
        _draw(prepared, result, pictures, console)
    rows = [row for result in results for row in part_rows(result)]
    if as_json:
        console.show_json(rows)
    _write_files(results, console.language, junit, summary, classroom)
    sys.exit(_judgement(rows))


def _own_files(context: Context, running: Running) -> OwnFiles:
    """Return what prepares the questions of files, from releases near them unless a course is given."""
    from autograder.handout.own_files import OwnFiles, confine_own_code
    from autograder.running.executor import Local
    from autograder.running.jobs import Runner

    console, by_course = context.console, context.given is not None
    isolation = confine_own_code(running.isolation, console.say)
    runner = Runner(executor=Local(isolation))
    return OwnFiles(runner=runner, course=lambda: context.course, by_course=by_course, device=running.device)


def _draw(question: PreparedQuestion, result: SelfCheck, folder: Path | None, console: Console) -> None:
    """Draw the student's own results into a folder, if one is given, and say where the pictures are."""
    if folder is None:
        return
    from autograder.handout.drawings import draw_own
    from autograder.records.files import write_whole

    for verdict in result.verdicts:
        part = question.entry.question.part(verdict.part)
        for number, drawn in enumerate(draw_own(question, part, result.attempt), start=1):
            suffix, data = drawn.file()
            path = folder / f"{question.entry.name}-{part.name}-{number}.{suffix}"
            write_whole(path, data)
            console.say(Text(ko=f"{path}: {drawn.caption.ko}", en=f"{path}: {drawn.caption.en}"))


def _write_files(results: Sequence[Result], language: Language, *files: Path | None) -> None:
    """Write what --junit, --summary and --classroom ask for."""
    if not any(files):
        return  # and import nothing
    from autograder.reports.checked import append_classroom, append_summary, write_checked_junit

    for path, write in zip(files, (write_checked_junit, append_summary, append_classroom), strict=True):
        if path is not None:
            write(results, path, language)


def _judgement(rows: Sequence[PartRow]) -> int:
    """Return the exit code: that of a failed check even if another check waits for a person."""
    if any(row.status == "ungraded" for row in rows):
        return UNGRADED
    return FELL_SHORT if any(not finding.passed for row in rows for finding in row.findings) else 0
