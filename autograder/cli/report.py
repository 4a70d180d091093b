"""The command ``report`` for instructors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.classes import end_with_ungraded, results_so_far
from autograder.cli.options import FOLDER, Context, common, formats_of, roster_option, wide_option

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
    help="Any of table, csv, html, gradescope, junit, nbgrader; with commas, or repeated.",
)
@click.option("--output", type=FOLDER, help="Where files go (default: RUN/report); nbgrader's course folder.")
@roster_option
@wide_option
@common
def report(
    context: Context,
    run: Path,
    formats: tuple[str, ...],
    output: Path | None,
    roster: Path | None,
    *,
    wide: bool,
) -> None:
    """Render the results of RUN, with what people decided at the desk or gave in formgrader.

    The format nbgrader writes them into the gradebook of the nbgrader course at --output, and reads the
    points given there.

    \b
    Examples:
      autograder report run/ --format table,csv,html --output report/
      autograder report run/ --format nbgrader --output nbgrader_course/
    """
    from autograder.records.run_folder import Run
    from autograder.reports import RENDERERS
    from autograder.reports.material import material_of
    from autograder.workflows.decided import decided

    wanted = formats_of(formats, ["table", *RENDERERS, NBGRADER])
    results = results_so_far(context, Run(run))
    if NBGRADER in wanted:  # first, because it reads points for the other formats
        for path in _enter_into_gradebook(context, Run(run), results, output or run / "report"):
            print(path)
    results = decided(Run(run), results, context.given)
    material = material_of(Run(run), context.given, roster)
    for warning in material.warnings() if "html" in wanted else ():
        context.console.say(f"WARNING: {warning}")
    if "table" in wanted:
        context.console.show_class(results, material.standing, wide=wide)
    for render in [RENDERERS[name] for name in wanted if name in RENDERERS]:
        for path in render(results, output or run / "report", context.console.language, material):
            print(path)
    end_with_ungraded(context, results)


def _enter_into_gradebook(context: Context, run: Run, results: ClassResults, folder: Path) -> Sequence[Path]:
    from autograder.course.catalog import Course
    from autograder.integrations.nbgrader.report import report_to_nbgrader
    from autograder.records.files import RunError
    from autograder.workflows.decided import decided_for_all

    if (manifest := run.manifest()) is None:
        raise RunError(f"{run.folder}: no run.json; it is not a folder that autograder grade wrote")
    course = Course.find(context.given or Path(manifest.course))
    results = decided_for_all(run, results, context.given)
    reported = report_to_nbgrader(run, results, course, folder, context.console.language)
    for remark in reported.remarks:
        context.console.say(remark)
    return reported.files
