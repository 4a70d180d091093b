"""The command ``nbgrader`` for instructors who use nbgrader."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import FOLDER, Context, Running, common, running_options


@click.command()
@click.argument("course_dir", type=FOLDER)
@click.argument("exam")
@click.option("--force", is_flag=True, help="Replace source notebooks that differ.")
@running_options("jobs", "isolation")
@common
def nbgrader(context: Context, course_dir: Path, exam: str, force: bool, running: Running) -> None:
    """Write EXAM as an assignment of the nbgrader course in COURSE_DIR, which is made if absent.

    The source notebooks have the solutions between nbgrader's markers, so COURSE_DIR is not for students; the
    output of nbgrader generate_assignment is.

    \b
    Example:
      autograder nbgrader course/ dl2022_midterm
      cd course/ && nbgrader generate_assignment dl2022_midterm
    """
    from autograder.integrations.nbgrader.course import write_course
    from autograder.running.jobs import Runner

    course = context.course
    with running.here() as site, context.console.progress() as bar:
        runner = Runner(executor=site.executor)
        found = course.exam(exam)
        written = write_course(course, found, course_dir, runner, jobs=site.jobs, progress=bar, force=force)
    for path in written.files:
        print(path)
    if written.remark:
        context.console.say(written.remark)
