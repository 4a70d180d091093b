"""For instructors who use nbgrader: an exam as a course of nbgrader's."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import FOLDER, Context, common, isolation_option, jobs_option


@click.command()
@click.argument("course_dir", type=FOLDER)
@click.argument("exam")
@click.option("--force", is_flag=True, help="Replace source notebooks that are there and differ.")
@jobs_option
@isolation_option
@common
def nbgrader(context: Context, course_dir: Path, exam: str, force: bool, jobs: int, isolation: str) -> None:
    """Write EXAM as an assignment of the nbgrader course in COURSE_DIR, which is made if it is not there.

    The source notebooks hold the solutions between nbgrader's markers: COURSE_DIR is not for students. What
    nbgrader generate_assignment makes of it is.

    \b
    Example:
      autograder nbgrader course/ dl2022_midterm
      cd course/ && nbgrader generate_assignment dl2022_midterm
    """
    import threading

    from autograder.integrations.nbgrader.course import write_course
    from autograder.records.store import Store
    from autograder.running.executor import Local
    from autograder.running.jobs import Runner
    from autograder.running.references import cache_folder
    from autograder.sandbox.choose import confining

    course = context.course
    with confining(isolation) as confined, context.console.progress() as bar:
        runner = Runner(executor=Local(confined), store=Store(cache_folder()), cancel=threading.Event())
        found = course.exam(exam)
        written = write_course(course, found, course_dir, runner, jobs=jobs, progress=bar, force=force)
    for path in written.files:
        print(path)
    if written.remark:
        context.console.say(written.remark)
