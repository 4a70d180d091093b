"""The command line: arguments, printing and exit codes. Everything heavy is imported when it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder import __version__
from autograder.console import Console, default_language
from autograder.errors import UserError

if TYPE_CHECKING:
    from autograder.catalog import Course
    from autograder.exam import Profile
    from autograder.sandbox import Isolation
    from autograder.text import Language

# Exit codes of every command.
FELL_SHORT, WRONG_USAGE, UNGRADED, INTERRUPTED = 1, 2, 3, 130
_FOLDER = click.Path(file_okay=False, path_type=Path)
_COMMON = (
    click.option("--course", type=_FOLDER, help="The folder that holds exams/ (default: here or above)."),
    click.option("--lang", type=click.Choice(["ko", "en"]), help="Language (default: the locale's)."),
    click.option("-q", "--quiet", is_flag=True, help="No progress and no remarks."),
    click.option("-v", "--verbose", is_flag=True, help="Name every step."),
)


class Context:
    """What all commands share: the console, and the course, found when first asked for."""

    def __init__(self, course: Path | None, lang: Language | None, *, quiet: bool, verbose: bool) -> None:
        self.given = course
        verbosity = -1 if quiet else int(verbose)
        self.console = Console(language=lang or default_language(), verbosity=verbosity)

    @property
    def course(self) -> Course:
        """The course at --course, or the nearest."""
        from autograder.catalog import Course

        return Course.find(self.given)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the common options, as a Context in its first argument."""

    def wrapped(*args: Any, course: Any, lang: Any, quiet: bool, verbose: bool, **options: Any) -> Any:
        return command(Context(course, lang, quiet=quiet, verbose=verbose), *args, **options)

    result = update_wrapper(wrapped, command)
    for option in reversed(_COMMON):
        result = option(result)
    return result


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_jobs = click.option("--jobs", type=click.IntRange(min=1), default=_cores, help="Workers (default: cores).")
_device = click.option("--device", default="auto", help="auto, cpu, cuda or cuda:I.")
_profile = click.option("--profile", type=click.Choice(["mini", "full"]), default="mini", show_default=True)
_isolation = click.option(
    "--isolation",
    type=click.Choice(["auto", "bubblewrap", "none"]),
    default="auto",
    show_default=True,
    help="How student code is confined; none must be asked for by name.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON to standard output.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Deep-learning exams and homework that grade themselves.

    \b
    Examples:
      autograder demo                                         everything, on a sample class
      autograder check q2_linear_regression.py                a student's own check
      autograder grade dl2022_midterm submissions/ --output run/
      autograder rescore run/                                 after a change of a tolerance
    """


@cli.command("list")
@click.argument("exam", required=False)
@_json
@common
def list_command(context: Context, exam: str | None, as_json: bool) -> None:
    """List exams, questions and parts, and whether they can be run here."""
    from autograder.conditions import missing

    exams = [context.course.exam(exam)] if exam else list(context.course.exams())
    rows = [
        {
            "exam": entry.exam,
            "question": entry.name,
            "title": entry.question.title.to_json(),
            "framework": entry.question.framework,
            "points": entry.question.points,
            "parts": [{"part": part.name, "points": part.points} for part in entry.question.parts],
            "missing": missing(entry.question.framework),
        }
        for found in exams
        for entry in found.questions
    ]
    if as_json:
        context.console.show_json(rows)
    else:
        from autograder.reports.table import catalog_table

        context.console.show(catalog_table(rows, context.console.language))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--question", help="EXAM/QUESTION, where the file's name does not say it.")
@click.option("--part", "parts", multiple=True, help="Only this part (may be repeated).")
@_device
@_isolation
@_json
@common
def check(
    context: Context,
    files: tuple[Path, ...],
    question: str | None,
    parts: tuple[str, ...],
    device: str,
    isolation: str,
    as_json: bool,
) -> None:
    """Check your own FILES before handing in: published checks only, no solutions needed.

    Exit code 1 if a part falls short.

    \b
    Example:
      autograder check q2_linear_regression.ipynb --part adam_first_update
    """
    from autograder.conditions import choose_device
    from autograder.reports.table import part_table
    from autograder.selfcheck import check_file, guess_question
    from autograder.verdict import Result

    confined = _confine_own_code(context, isolation)
    rows, statuses = [], []
    for path in files:
        entry = context.course.question(question) if question else guess_question(context.course, path)
        result = check_file(entry, path, confined, choose_device(device), parts)
        statuses += [verdict.status for verdict in result.verdicts]
        rows += [
            Result(student=str(path), question=entry.place, verdict=verdict).to_json()
            for verdict in result.verdicts
        ]
        if not as_json:
            language = context.console.language
            context.console.show(part_table(entry.question, result.verdicts, result.notes, language))
    if as_json:
        context.console.show_json(rows)
    sys.exit(_judgement(statuses))


def _confine_own_code(context: Context, isolation: str) -> Isolation:
    """A student's own code on their own machine may run without a sandbox, if none works there."""
    from autograder.sandbox import IsolationError, Unconfined, choose

    try:
        return choose(isolation)
    except IsolationError:
        if isolation != "auto":
            raise
        context.console.say("No sandbox works here; your code is run without one.")
        return Unconfined()


def _judgement(statuses: Iterable[str]) -> int:
    found = set(statuses)
    if "ungraded" in found:
        return UNGRADED
    return FELL_SHORT if found & {"partial", "failed", "fault"} else 0


@cli.command("grade")
@click.argument("exam")
@click.argument("submissions", type=_FOLDER)
@click.option("--output", required=True, type=_FOLDER, help="The folder of the run; the same one goes on.")
@click.option("--question", "questions", multiple=True, help="Only this question (may be repeated).")
@click.option("--student", "names", multiple=True, help="Only this student (may be repeated).")
@_profile
@_device
@_jobs
@_isolation
@_json
@common
def grade_command(
    context: Context,
    exam: str,
    submissions: Path,
    output: Path,
    questions: tuple[str, ...],
    names: tuple[str, ...],
    profile: Profile,
    device: str,
    jobs: int,
    isolation: str,
    as_json: bool,
) -> None:
    """Grade a class: SUBMISSIONS/<student>/<EXAM>/<question>.py or .ipynb, or without the folder EXAM.

    What is done is kept at once; the same command goes on after an interruption. Exit code 3 if something
    is ungraded.

    \b
    Example:
      autograder grade dl2022_midterm submissions/ --output run/ --jobs 4
    """
    from autograder.conditions import choose_device
    from autograder.pipeline import Request, run_class
    from autograder.sandbox import choose
    from autograder.store import Run

    course = context.course
    found = course.exam(exam)
    request = Request(
        course=course,
        exam=found,
        submissions=submissions,
        run=Run(output),
        isolation=choose(isolation),
        profile=profile,
        device=choose_device(device),
        jobs=jobs,
        only_questions=[course.question(f"{exam}/{name}").name for name in questions],
        only_students=names,
    )
    if isolation == "none":
        context.console.say("WARNING: student code runs without a sandbox (--isolation none).")
    try:
        with context.console.progress() as bar:
            results = run_class(request, bar)
    except KeyboardInterrupt:
        context.console.say(f"Interrupted. What is done is kept in {output}; the same command goes on.")
        raise
    _show_results(context, results, as_json)


def _show_results(context: Context, results: Mapping[str, Any], as_json: bool) -> None:
    from autograder.pipeline import has_ungraded
    from autograder.reports.table import class_table

    if as_json:
        context.console.show_json(results)
    else:
        context.console.show(class_table(results, context.console.language))
    if has_ungraded(results):
        context.console.say(
            "Something is ungraded through no fault of a student; run the same command again."
        )
        sys.exit(UNGRADED)


@cli.command("rescore")
@click.argument("run", type=_FOLDER)
@_json
@common
def rescore_command(context: Context, run: Path, as_json: bool) -> None:
    """Judge RUN again by the exam as it is now, from stored evidence; no student code is run.

    \b
    Example:
      autograder rescore run/
    """
    from autograder.rescore import rescore
    from autograder.store import Run

    with context.console.progress() as bar:
        results = rescore(Run(run), context.given, bar)
    _show_results(context, results, as_json)


@cli.command()
@click.argument("run", type=_FOLDER)
@click.option("--format", "formats", default="table", show_default=True, help="table, csv; comma-separated.")
@click.option("--output", type=_FOLDER, help="Where files go (default: RUN/report).")
@common
def report(context: Context, run: Path, formats: str, output: Path | None) -> None:
    """Render the results of RUN.

    \b
    Example:
      autograder report run/ --format table,csv --output report/
    """
    from autograder.reports import RENDERERS
    from autograder.reports.table import class_table
    from autograder.store import Run, RunError

    wanted = [name.strip() for name in formats.split(",")]
    if unknown := [name for name in wanted if name != "table" and name not in RENDERERS]:
        known = ", ".join(["table", *RENDERERS])
        raise click.UsageError(f"no format is named {', '.join(unknown)}; there are: {known}")
    results = Run(run).results()
    if results is None:
        raise RunError(f"{run}: no results.json; run autograder grade ... --output {run} first")
    language = context.console.language
    for name in wanted:
        if name == "table":
            context.console.show(class_table(results, language))
        else:
            for path in RENDERERS[name](results, output or run / "report", language):
                print(path)


@cli.command()
@click.argument("exam", required=False)
@_profile
@_device
@_jobs
@_isolation
@_json
@common
def verify(
    context: Context,
    exam: str | None,
    profile: Profile,
    device: str,
    jobs: int,
    isolation: str,
    as_json: bool,
) -> None:
    """Verify that solutions pass, templates earn nothing, mistakes lose what they must, nothing drifted.

    Exit code 1 if something does not hold.

    \b
    Example:
      autograder verify dl2022_midterm
    """
    from dataclasses import asdict

    from autograder.conditions import choose_device
    from autograder.reports.table import verify_table
    from autograder.sandbox import choose
    from autograder.verify import verify_questions

    course = context.course
    exams = [course.exam(exam)] if exam else list(course.exams())
    with context.console.progress() as bar:
        lines = verify_questions(
            [entry for found in exams for entry in found.questions],
            key=course.key(),
            isolation=choose(isolation),
            profile=profile,
            device=choose_device(device),
            jobs=jobs,
            progress=bar,
        )
    if as_json:
        context.console.show_json([asdict(line) for line in lines])
    else:
        context.console.show(verify_table(lines))
    if any(line.ungraded for line in lines):
        sys.exit(UNGRADED)
    sys.exit(0 if all(line.holds for line in lines) else FELL_SHORT)


@cli.command("release")
@click.argument("exam")
@click.option("--output", required=True, type=_FOLDER, help="Where the students' files go.")
@common
def release_command(context: Context, exam: str, output: Path) -> None:
    """Write the student version of EXAM: a module to fill in per question, without any answer.

    \b
    Example:
      autograder release dl2022_midterm --output handout/
    """
    from autograder.release import write_release

    for path in write_release(context.course.exam(exam), output):
        print(path)


@cli.command("demo")
@click.option("--output", type=_FOLDER, default=Path("demo"), show_default=True, help="Where it all goes.")
@_jobs
@_isolation
@common
def demo_command(context: Context, output: Path, jobs: int, isolation: str) -> None:
    """Make a sample class from the solutions and mistakes, grade every exam, write and name the report."""
    from autograder.demo import write_class
    from autograder.pipeline import Request, has_ungraded, run_class
    from autograder.reports import RENDERERS
    from autograder.reports.table import class_table
    from autograder.sandbox import choose
    from autograder.store import Run

    course, confined, ungraded = context.course, choose(isolation), False
    for exam in course.exams():
        submissions = output / "submissions"
        students = write_class(exam, submissions)
        context.console.say(f"{exam.name}: {len(students)} students in {submissions}")
        run = output / "runs" / exam.name
        request = Request(
            course=course,
            exam=exam,
            submissions=submissions,
            run=Run(run),
            isolation=confined,
            jobs=jobs,
            only_students=students,
        )
        with context.console.progress() as bar:
            results = run_class(request, bar)
        context.console.show(class_table(results, context.console.language))
        for path in RENDERERS["csv"](results, run / "report", context.console.language):
            print(path)
        ungraded = ungraded or has_ungraded(results)
    sys.exit(UNGRADED if ungraded else 0)


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except UserError as error:
        print(f"autograder: {error}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
