"""The commands ``new`` for authors of questions."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.courses import entries_of
from autograder.cli.options import (
    FELL_SHORT,
    FILE,
    FOLDER,
    Context,
    Running,
    common,
    group_language,
    json_option,
    running_options,
)

if TYPE_CHECKING:
    from autograder.core.framework import Framework
    from autograder.core.text import Language
    from autograder.workflows.calibrate import Calibration
    from autograder.workflows.scaffold import Kind


@click.group()
@group_language
def new() -> None:
    """Start something new in a course."""


@new.command("course")
@click.argument("folder", type=FOLDER)
@click.option("--github", is_flag=True, help="Also workflows: of the course, of students' repositories.")
@click.option(
    "--framework",
    type=click.Choice(["python", "torch", "fastai", "tensorflow"]),
    default="torch",
    show_default=True,
    help="What the first question is written in; python is numpy alone.",
)
@click.option(
    "--language",
    "languages",
    type=click.Choice(["ko", "en"]),
    multiple=True,
    default=("ko", "en"),
    show_default=True,
    help="A language of the course; may be given twice.",
)
@group_language
def course_command(folder: Path, github: bool, framework: Framework, languages: tuple[Language, ...]) -> None:
    """Write a course with one question that passes verify, for you to change.

    With --github a push verifies the course (solutions, drift, mutants), and student/ is the template of the
    students' repositories: put a release into it, and each push checks their work.

    \b
    Examples:
      autograder new course my_course --github
      autograder release exam1 --course my_course --output my_course/student
    """
    from autograder.workflows.scaffold import write_course

    context = Context(None, click.get_current_context().find_object(str), quiet=False, verbose=False)
    for path in write_course(folder, framework, languages, github):
        print(path)
    command = f"autograder verify --course {shlex.quote(str(folder))}"
    context.console.say(f"Try it: {command}", ko=f"실행해 보세요: {command}")


@new.command("question")
@click.argument("question_id", metavar="EXAM/QUESTION")
@click.option(
    "--framework",
    type=click.Choice(["python", "torch", "fastai", "tensorflow"]),
    default="torch",
    show_default=True,
    help="What the question is written in; python is numpy alone.",
)
@click.option(
    "--kind",
    type=click.Choice(["code", "true-false", "essay"]),
    default="code",
    show_default=True,
    help="What students hand in: code, or answers without any.",
)
@click.option(
    "--language",
    "languages",
    type=click.Choice(["ko", "en"]),
    multiple=True,
    default=("ko", "en"),
    show_default=True,
    help="A language of the course, if it is new; may be given twice.",
)
@common
def question_command(
    context: Context, question_id: str, framework: Framework, kind: Kind, languages: tuple[Language, ...]
) -> None:
    """Write a question that passes verify, for you to change.

    \b
    Examples:
      autograder new question my_exam/q1_attention --course my_course
      autograder new question my_exam/q2_softmax --kind true-false --language en
    """
    from autograder.course.catalog import Course
    from autograder.course.modules import CatalogError
    from autograder.workflows.scaffold import write_question

    try:
        root = context.given or Course.find().root
    except CatalogError:
        root = Path.cwd()  # becomes a course
    exam, _, name = question_id.partition("/")
    for path in write_question(root, exam, name, framework, kind, languages):
        print(path)
    folder = f" --course {shlex.quote(str(context.given))}" if context.given else ""
    command = f"autograder verify {question_id}{folder}"
    context.console.say(f"Try it: {command}", ko=f"실행해 보세요: {command}")


@new.command("mistake")
@click.argument("question_id", metavar="EXAM/QUESTION")
@click.argument("number", type=click.IntRange(min=1))
@click.argument("name")
@common
def mistake_command(context: Context, question_id: str, number: int, name: str) -> None:
    """Write mutant NUMBER, as verify --mutants lists it, as the mistake NAME.

    \b
    Example:
      autograder new mistake dl2022_midterm/q2_linear_regression 7 gradient_not_copied
    """
    from autograder.course.promotion import mutant_numbered, promote
    from autograder.workflows.mutants import parts_calling

    entry = context.course.question(question_id)
    mutant = mutant_numbered(entry, number)
    print(promote(entry, mutant, name, parts_calling(entry, mutant.inside)))
    context.console.say(
        f"{mutant.before} → {mutant.after}\n"
        "Write its explanation, and leave of its parts those that shall lose points; "
        "then let a check see it.",
        ko=f"{mutant.before} → {mutant.after}\n"
        "설명을 적고, 소문항 중에서 점수를 잃어야 할 것만 남기세요. 그다음 검사가 알아보게 하세요.",
    )


@click.command("calibrate")
@click.argument("exam", metavar="EXAM[/QUESTION]")
@running_options("profile", "data", "device", "jobs", "isolation")
@click.option(
    "--threads",
    type=click.IntRange(min=2),
    multiple=True,
    default=[4],
    show_default=True,
    help="Another number of threads to try; may be given several times.",
)
@click.option("--plot", type=FILE, help="Draw rounding, tolerance and nearest mistake (.png, .svg or .pdf).")
@click.option("--dry-run", is_flag=True, help="Measure and show; do not write to data/measured/.")
@json_option
@common
def calibrate_command(
    context: Context,
    exam: str,
    running: Running,
    threads: tuple[int, ...],
    plot: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Measure what rounding needs and where the nearest mistake lies, and record the tolerance between.

    The solution is run again with more threads, other instruction sets, in float64 and on a GPU, and compared
    with alternatives/ and mistakes. Checks without rtol and atol use what data/measured/EXAM/QUESTION.json
    records. Exit code 1 if a mistake lies inside the tolerances, or something right outside.

    \b
    Examples:
      autograder calibrate dl2022_midterm/q2_linear_regression --plot tolerances.png
      autograder calibrate dl2022_midterm --device cpu --threads 2 --threads 8
      autograder calibrate dl2022_midterm --dry-run --json > measured.json
    """
    from autograder.reports.calibration import draw_calibrations, require_format
    from autograder.workflows.calibrate import calibrate, record

    require_format(plot)
    course, found = context.course, []
    for entry in entries_of(course, exam):
        with running.here() as site, context.console.progress() as bar:
            done = calibrate(entry, key=course.key(), site=site, threads=threads, progress=bar)
        if done.measurement.quantities and not dry_run:
            record(entry, done)
        if not as_json:
            _show(context, done)
        found.append(done)
    if as_json:
        context.console.show_json(found)
    if plot is not None:
        draw_calibrations(found, plot)
    sys.exit(FELL_SHORT if any(done.misfits for done in found) else 0)


def _show(context: Context, done: Calibration) -> None:
    from autograder.reports.calibration import calibration_table, misfits_table, uncounted_lines

    if not done.measurement.quantities:
        context.console.say(
            f"{done.question}: no check compares arrays",
            ko=f"{done.question}: 배열을 비교하는 검사가 없습니다",
        )
        return
    context.console.show(calibration_table(done, context.console.language))
    if done.misfits:
        context.console.show(misfits_table(done.misfits, context.console.language))
    for line in uncounted_lines(done):
        context.console.say(line)
