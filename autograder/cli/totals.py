"""The command ``totals`` for instructors: several exams together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.classes import results_so_far
from autograder.cli.options import (
    FOLDER,
    Context,
    MisuseError,
    common,
    formats_of,
    json_option,
    roster_option,
)

if TYPE_CHECKING:
    from autograder.reports.totals import ClassTotals

_FORMATS = ("table", "csv", "xlsx")


@click.command("totals")
@click.argument("runs", nargs=-1, required=True, type=FOLDER)
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=["table"],
    show_default=True,
    help="Any of table, csv, xlsx; with commas, or repeated.",
)
@click.option(
    "--output", type=FOLDER, default=Path(), help="Where totals.csv and totals.xlsx go (default: here)."
)
@roster_option
@json_option
@common
def totals_command(
    context: Context,
    runs: tuple[Path, ...],
    formats: tuple[str, ...],
    output: Path,
    roster: Path | None,
    *,
    as_json: bool,
) -> None:
    """Add up several exams of a course, each a RUN, by the policy in course.toml.

    The lowest exams are dropped if drop_lowest says so, and pass_mark says who passes.

    \b
    Example:
      autograder totals midterm_run/ final_run/ --format table,xlsx
    """
    from autograder.reports.spreadsheet import write_table
    from autograder.reports.totals import totals_sheet, totals_table
    from autograder.reports.workbook import write_workbook

    wanted, language = formats_of(formats, _FORMATS), context.console.language
    totals = _totals(context, runs, roster)
    if as_json:
        context.console.show_json(totals)
        return
    if "table" in wanted:
        context.console.show(totals_table(totals, language))
    if "csv" in wanted:
        print(write_table(output / "totals.csv", totals_sheet(totals, language)))
    if "xlsx" in wanted:
        print(write_workbook(output / "totals.xlsx", [totals_sheet(totals, language)]))


def _totals(context: Context, runs: Sequence[Path], roster: Path | None) -> ClassTotals:
    from autograder.course.catalog import Course
    from autograder.course.policy import policy_of
    from autograder.records.files import RunError
    from autograder.records.run_folder import Run
    from autograder.reports.material import material_of
    from autograder.reports.totals import totals_of
    from autograder.workflows.decided import decided

    exams, names, root = [], set[str](), context.given
    for folder in runs:
        run = Run(folder)
        results = decided(run, results_so_far(context, run), context.given)
        material = material_of(run, context.given, roster)
        if material.exam is None:
            raise RunError(
                f"{folder}: {material.why_no_exam.en}; give --course PATH",
                ko=f"{folder}: {material.why_no_exam.ko}. --course PATH를 주세요",
            )
        if results.header.exam in names:
            raise MisuseError(
                f"{folder}: a second run of {results.header.exam}; give one of each exam",
                ko=f"{folder}: {results.header.exam}의 결과가 이미 있습니다. 시험마다 하나씩만 주세요",
            )
        names.add(results.header.exam)
        root = root or material.exam.course
        exams.append((results, material.standing))
    course = Course.find(root)
    return totals_of(exams, policy_of(course.root, course.exam_names))
