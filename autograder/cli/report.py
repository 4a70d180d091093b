"""The command ``report`` for instructors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.classes import end_with_ungraded, results_so_far, say_who
from autograder.cli.gradebook import FEEDBACK, GRADEBOOKS, Gradebook, pack
from autograder.cli.options import FILE, FOLDER, Context, common, formats_of, roster_option, wide_option
from autograder.records.files import not_a_run

if TYPE_CHECKING:
    from autograder.records.results import ClassResults
    from autograder.records.run_folder import Run

NBGRADER = "nbgrader"  # a format that is written into nbgrader's gradebook


@click.command()
@click.argument("run", type=FOLDER)
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=["table"],
    show_default=True,
    help="Any of table, csv, xlsx, html, feedback-zip, gradescope, junit, nbgrader; with --gradebook one of "
    "canvas, moodle, blackboard, brightspace, ilias, xlsx; with commas, or repeated.",
)
@click.option("--output", type=FOLDER, help="Where files go (default: RUN/report); nbgrader's course folder.")
@click.option("--gradebook", type=FILE, help="The gradebook that the LMS exported, to be filled in.")
@click.option("--column", default="", help="The gradebook's column for the points, where it is not clear.")
@click.option("--scale", is_flag=True, help="Scale the points to the maximum of that column.")
@roster_option
@wide_option
@common
def report(
    context: Context,
    run: Path,
    formats: tuple[str, ...],
    output: Path | None,
    gradebook: Path | None,
    column: str,
    roster: Path | None,
    *,
    scale: bool,
    wide: bool,
) -> None:
    """Render the results of RUN, with what people decided at the desk or gave in formgrader.

    The format nbgrader writes them into the gradebook of the nbgrader course at --output, and reads the
    points given there. The gradebook that an LMS exported is copied with the final points filled in, and
    feedback-zip has the pages by the names that the LMS takes back.

    \b
    Examples:
      autograder report run/ --format table,csv,html --output report/
      autograder report run/ --format moodle --gradebook grades.csv
      autograder report run/ --format nbgrader --output nbgrader_course/
    """
    from autograder.records.run_folder import Run
    from autograder.reports.renderers import RENDERERS

    wanted = formats_of(formats, ["table", *RENDERERS, NBGRADER, *GRADEBOOKS, FEEDBACK])
    book = Gradebook(file=gradebook, column=column, scale=scale)
    _ = book.formats(wanted)
    _render(context, Run(run), wanted, output or run / "report", roster, book, wide=wide)


def _render(
    context: Context,
    run: Run,
    wanted: Sequence[str],
    folder: Path,
    roster: Path | None,
    book: Gradebook,
    *,
    wide: bool,
) -> None:
    from autograder.reports.material import material_of
    from autograder.reports.renderers import RENDERERS, write_pages
    from autograder.workflows.decided import decided

    results = results_so_far(context, run)
    if NBGRADER in wanted:  # first, because it reads points for the other formats
        for path in _enter_into_gradebook(context, run, results, folder):
            print(path)
    results, language = decided(run, results, context.given), context.console.language
    material = material_of(run, context.given, roster)
    for warning in material.warnings() if {"html", FEEDBACK} & set(wanted) else ():
        context.console.say(f"WARNING: {warning.en}", ko=f"경고: {warning.ko}")
    if "table" in wanted:
        context.console.show_class(results, material.standing, wide=wide)
        say_who(context, results, material.standing)
    filled = book.formats(wanted)
    for render in [RENDERERS[name] for name in wanted if name in RENDERERS and name not in filled]:
        for path in render(results, folder, language, material):
            print(path)
    for name in filled:
        print(book.fill(context, name, folder, results, material))
    if FEEDBACK in wanted:
        print(pack(context, write_pages(results, folder, language, material), folder, results, material))
    end_with_ungraded(context, results)


def _enter_into_gradebook(context: Context, run: Run, results: ClassResults, folder: Path) -> Sequence[Path]:
    from autograder.course.catalog import Course
    from autograder.integrations.nbgrader.report import report_to_nbgrader
    from autograder.workflows.decided import decided_for_all

    if (manifest := run.manifest()) is None:
        raise not_a_run(run.folder)
    course = Course.find(context.given or Path(manifest.course))
    results = decided_for_all(run, results, context.given)
    reported = report_to_nbgrader(run, results, course, folder, context.console.language)
    for remark in reported.remarks:
        context.console.say(remark)
    return reported.files
