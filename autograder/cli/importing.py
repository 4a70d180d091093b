"""The command ``import`` for instructors who have a course elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.cli.options import FELL_SHORT, FOLDER, Context, Running, common, running_options


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--output", required=True, type=FOLDER, help="The course; made if absent.")
@click.option("--exam", help="The exam's name (default: the source's).")
@click.option(
    "--from",
    "system",
    type=click.Choice(["auto", "nbgrader", "otter", "pytest"]),
    default="auto",
    show_default=True,
    help="Where the assignment comes from.",
)
@click.option("--as-it-is", is_flag=True, help="Make no hidden variants with other inputs.")
@running_options("profile", "device", "jobs", "isolation")
@common
def import_command(
    context: Context,
    source: Path,
    output: Path,
    exam: str | None,
    system: str,
    as_it_is: bool,
    running: Running,
) -> None:
    """Import an assignment of nbgrader, otter or pytest: SOURCE is its folder, or one notebook.

    Test cells become checks outside the sandbox. What became of each is printed, and written to import.md in
    the course. Exit code 1 if points are missing.

    \b
    Examples:
      autograder import nbcourse/source/ps1 --output course/
      autograder --help
    """
    from autograder.integrations.importers.importing import Importing
    from autograder.integrations.importers.report import markdown
    from autograder.integrations.importers.sources import exam_name, read_source
    from autograder.records.files import write_whole

    read = read_source(source, system)
    for line in read.refused:
        context.console.tell(line)
    name = exam or exam_name(source)
    importing = Importing(course=output, exam=name, source=str(source), drawing=not as_it_is)
    with running.here() as site, context.console.progress() as bar:
        reports = importing.run(read.assignments, site, bar, context.console.tell)
    path = output / "exams" / name / "import.md"
    write_whole(path, markdown(reports, str(source), context.console.language).encode())
    print(path)
    missing = any(report.after < report.before for report in reports) or bool(read.refused)
    sys.exit(FELL_SHORT if missing else 0)
