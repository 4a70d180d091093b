"""The command ``gradescope`` for instructors who use Gradescope."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import Context, Running, common, running_options


@click.command()
@click.argument("exam")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The archive.")
@running_options("isolation")
@common
def gradescope(context: Context, exam: str, output: Path, running: Running) -> None:
    """Write EXAM as an autograder archive for Gradescope.

    The archive has the solutions and the course key: it is not for students.

    \b
    Example:
      autograder gradescope dl2022_midterm --output autograder.zip
    """
    from autograder.integrations.gradescope.bundle import write_bundle

    print(write_bundle(context.course, context.course.exam(exam), output, running.isolation))
